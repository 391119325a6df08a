"""What a condition surely knows: the and-or-not above its parts, and which outcomes are left where a part is read.

CEL's ``&&`` and ``||`` forgive a failed side when the other one decides. So ``has(form.pain) && form.pain > 7`` is safe
in either order, and a part is judged knowing that its neighbours did not decide already.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from pathways.conditions import Token, tokens

Outcomes = dict[str, frozenset[str]]
"""For every step the outcomes it may have had so far; ``ABSENT`` while it may not have ended."""

ABSENT = "absent"
OPEN = "open"
"""Of a repeat whose turn is running: what it counts can be read, its outcome cannot."""


@dataclass
class Part:
    """A piece of a condition. ``words`` only where ``sign`` is empty."""

    sign: str
    parts: list["Part"] = field(default_factory=list)
    words: list[Token] = field(default_factory=list)


def parse(text: str) -> Part:
    """The skeleton of a condition that the binding has found well-formed."""
    return _ternary(list(tokens(text)))


def _split(words: list[Token], sign: str) -> list[list[Token]]:
    """Split at a sign outside of brackets."""
    found: list[list[Token]] = [[]]
    depth = 0
    for word in words:
        if word.kind == "sign" and word.text in "([{":
            depth += 1
        elif word.kind == "sign" and word.text in ")]}":
            depth -= 1
        if depth == 0 and word.kind == "sign" and word.text == sign:
            found.append([])
        else:
            found[-1].append(word)
    return found


def _ternary(words: list[Token]) -> Part:
    asked = _split(words, "?")
    if len(asked) > 1:
        # What stands in a choice of three is judged without what the choice knows: safe, only stricter.
        inner = [piece for part in asked for piece in _split(part, ":")]
        return Part("?", [_ternary(piece) for piece in inner if piece])
    return _level(words, "||", lambda piece: _level(piece, "&&", _unary))


def _level(words: list[Token], sign: str, inner: Callable[[list[Token]], Part]) -> Part:
    pieces = [piece for piece in _split(words, sign) if piece]
    if len(pieces) == 1:
        return inner(pieces[0])
    return Part(sign, [inner(piece) for piece in pieces])


def _unary(words: list[Token]) -> Part:
    if words[0].text == "!" and len(words) > 1:
        rest = words[1:]
        whole = _bracketed(rest) or len(rest) == 1 or (rest[0].text == "has" and _bracketed(rest[1:]))
        return Part("!", [_unary(rest)]) if whole else Part("", words=words)
    if _bracketed(words):
        return _ternary(words[1:-1])
    return Part("", words=words)


def _bracketed(words: list[Token]) -> bool:
    """Whether one pair of round brackets holds all the words."""
    if len(words) < 3 or words[0].text != "(" or words[-1].text != ")":
        return False
    depth = 0
    for place, word in enumerate(words):
        if word.kind == "sign":
            depth += word.text == "("
            depth -= word.text == ")"
        if depth == 0 and place < len(words) - 1:
            return False
    return True


@dataclass
class Known:
    """What each step's outcomes are worth: ``gives`` says with which outcomes a step has an output."""

    gives: dict[str, frozenset[str]]
    """Output by whole name (``form.pain``) → outcomes with which it is there."""

    def narrow(self, part: Part, truth: bool, outcomes: Outcomes) -> Outcomes | None:
        """The outcomes left when a part is true (or false); None when it cannot be."""
        match part.sign, truth:
            case ("!", _):
                return self.narrow(part.parts[0], not truth, outcomes)
            case ("&&", True) | ("||", False):
                left: Outcomes | None = outcomes
                for piece in part.parts:
                    left = self.narrow(piece, truth, left) if left is not None else None
                return left
            case ("&&", False) | ("||", True):
                return joined([self.narrow(piece, truth, outcomes) for piece in part.parts])
            case ("", _):
                return self._atom(part.words, truth, outcomes)
        return outcomes

    def _atom(self, words: list[Token], truth: bool, outcomes: Outcomes) -> Outcomes | None:
        texts = [word.text for word in words]
        if len(texts) == 1 and texts[0] in ("true", "false"):
            return outcomes if (texts[0] == "true") == truth else None
        if len(texts) == 4 and texts[0] == "has" and texts[2] in self.gives:
            return only(outcomes, texts[2].split(".")[0], self.gives[texts[2]]) if truth else outcomes
        if len(texts) >= 3 and texts[0].endswith(".outcome") and texts[0].count(".") == 1:
            step, values = texts[0].split(".")[0], _values(words[2:])
            if step in outcomes and values is not None:
                if (texts[1] in ("==", "in")) == truth and texts[1] in ("==", "!=", "in"):
                    return only(outcomes, step, values)
                if texts[1] in ("==", "!=", "in"):
                    # An absent outcome is an error, not a 'no': it is judged where it is read.
                    return only(outcomes, step, outcomes[step] - values)
        return outcomes

    def unsafe(self, part: Part, outcomes: Outcomes) -> list[Token]:
        """The words that read what may not be there."""
        if part.sign in ("&&", "||"):
            found = []
            for place, piece in enumerate(part.parts):
                left: Outcomes | None = outcomes
                for other, neighbour in enumerate(part.parts):
                    if other != place and left is not None:
                        left = self.narrow(neighbour, part.sign == "&&", left)
                if left is not None:
                    found += self.unsafe(piece, left)
            return found
        if part.sign:
            return [word for piece in part.parts for word in self.unsafe(piece, outcomes)]
        found = []
        for place, word in enumerate(part.words):
            guarded = place >= 2 and part.words[place - 2].text == "has" and part.words[place - 1].text == "("
            if word.kind != "name" or guarded:
                continue
            name = ".".join(word.text.split(".")[:2])
            if name in self.gives and not outcomes.get(name.split(".")[0], frozenset({ABSENT})) <= self.gives[name]:
                found.append(word)
        return found


def _values(words: list[Token]) -> frozenset[str] | None:
    """The texts of ``"a"`` or ``["a", "b"]``; None for anything else."""
    strings = [word for word in words if word.kind == "string" and word.text[0] in "\"'"]
    signs = "".join(word.text for word in words if word.kind != "string")
    if (len(words) == 1 and strings) or (signs.startswith("[") and signs.endswith("]") and not signs.strip("[,]")):
        return frozenset(word.text[1:-1] for word in strings)
    return None


def only(outcomes: Outcomes, step: str, left: frozenset[str]) -> Outcomes | None:
    """The outcomes with those of a step cut down; None where none is left."""
    kept = outcomes.get(step, frozenset({ABSENT})) & left
    return {**outcomes, step: kept} if kept else None


def joined(ways: list[Outcomes | None]) -> Outcomes | None:
    """What may be so when any of some ways was gone."""
    there = [way for way in ways if way is not None]
    if not there:
        return None
    steps = {step for way in there for step in way}
    return {step: frozenset().union(*(way.get(step, frozenset({ABSENT})) for way in there)) for step in sorted(steps)}
