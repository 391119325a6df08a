"""A pathway as written: its header, and its steps as a tree that remembers where each stands.

The strict stage ends here; what may not be made sense of is reported and left out, so that the checks still look at the
rest and one run tells all that is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from domain.base import Value
from domain.calendar import Span
from domain.pathway import Step
from pathways import codes
from pathways.core.kind import Kind, kinds
from pathways.grammar import INSIDE, MOST_STEPS, RESERVED, STRUCTURE, Envelope, Header, Repeat
from pathways.reader import Node, Source
from pathways.strict import validate
from pathways.written import Every


@dataclass
class StepOutline:
    """One step as written. ``whole`` is False where something of it was reported: rules about paths then rest."""

    node: Node
    envelope: Envelope
    fields: Value | None
    good: str = "done"
    others: tuple[str, ...] = ()
    whole: bool = True
    said: bool = True
    """Whether its envelope could be read: deadline, outcomes, ways on."""
    steps: list["StepOutline"] = field(default_factory=list)
    branches: dict[str, list["StepOutline"]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its id."""
        return self.envelope.id

    @property
    def structure(self) -> bool:
        """Whether it is repeat, parallel or end."""
        return self.envelope.kind in STRUCTURE

    @property
    def kind(self) -> Kind | None:
        """Its kind; None for structure and unknown words."""
        return None if self.structure else kinds().get(self.envelope.kind)

    @property
    def every(self) -> Every | None:
        """When the turns of this repeat begin; None for all else."""
        return self.fields.every if isinstance(self.fields, Repeat) else None

    @property
    def outcomes(self) -> tuple[str, ...]:
        """All outcomes, the good one first."""
        return (self.good, *self.others)

    def mark(self, *path: str | int) -> Node:
        """Where something of this step stands."""
        return self.node.at(*path)

    def key(self, name: str, within: str | None = None) -> Node:
        """Where a key of this step (or of a mapping in it) stands."""
        node = self.node if within is None else self.node.at(within)
        return node.keys.get(name, self.node)

    def compiled(self) -> Step:
        """The step as a frozen value."""
        own = self.fields.model_dump(mode="json", by_alias=True) if self.fields is not None else {}
        return Step.model_validate(
            {
                **self.envelope.model_dump(exclude={"escalate"}),
                "escalate": [
                    {"after": Span.parse(after), "who": who.value} for after, who in self.envelope.escalate.items()
                ],
                "fields": own,
                "steps": [step.compiled() for step in self.steps],
                "branches": {name: [step.compiled() for step in inner] for name, inner in self.branches.items()},
            }
        )


@dataclass
class Outline:
    """A pathway as written."""

    source: Source
    root: Node
    header: Header | None
    steps: list[StepOutline]

    def walk(self, steps: list[StepOutline] | None = None) -> Iterator[StepOutline]:
        """Every step, outer ones before inner ones."""
        for step in self.steps if steps is None else steps:
            yield step
            yield from self.walk(step.steps)
            for inner in step.branches.values():
                yield from self.walk(inner)

    @property
    def whole(self) -> bool:
        """Whether every step could be read: only then do rules about paths have something to say."""
        return all(step.whole for step in self.walk())


def outline(source: Source, root: Node) -> Outline:
    """Read a pathway's file strictly; findings go to the source."""
    rest = _only(root, lambda key: key != "steps")
    header = validate(source, rest, Header, extra_words=("steps",))
    steps = root.get("steps")
    if steps is None:
        source.report(codes.MISSING_KEY, root, "'steps' is missing")
    result = Outline(source, root, header, _sequence(source, steps) if steps else [])
    seen: dict[str, Node] = {}
    if sum(1 for _ in result.walk()) > MOST_STEPS:
        source.report(codes.BAD_VALUE, root.keys["steps"], f"a pathway has at most {MOST_STEPS} steps")
        result.steps = []
    for step in result.walk():
        first = seen.setdefault(step.id, step.mark("id"))
        if first is not step.mark("id"):
            source.report(codes.TWICE, step.mark("id"), f"a step in line {first.line} is called '{step.id}' already")
            step.whole = False
        if step.id in RESERVED:
            source.report(codes.BAD_VALUE, step.mark("id"), f"'{step.id}' is a word of the condition language")
    return result


def _sequence(source: Source, node: Node) -> list[StepOutline]:
    if node.form != "list":
        source.report(codes.WRONG_TYPE, node, "steps are a list")
        return []
    if not node.items:
        source.report(codes.BAD_VALUE, node, "there is no step here")
    return [step for item in node.items if (step := _step(source, item)) is not None]


def _step(source: Source, node: Node) -> StepOutline | None:
    if node.form != "mapping":
        source.report(codes.WRONG_TYPE, node, "a step is a mapping: {id: ..., kind: ...}")
        return None
    common = {info.alias or name for name, info in Envelope.model_fields.items()}
    word = node.get("kind")
    name = word.value if word is not None and isinstance(word.value, str) else ""
    inner = {INSIDE[name][0]} if name in INSIDE else set()
    envelope = validate(source, _only(node, lambda key: key in common), Envelope)
    whole = envelope is not None
    model = _model(source, word, name)
    own = None
    if model is not None:
        rest = _only(node, lambda key: key not in common and key not in inner)
        own = validate(source, rest, model, extra_words=(*common, *inner))
    if envelope is None:
        id_ = node.at("id").value
        if not isinstance(id_, str):
            return None
        envelope = Envelope.model_construct(id=id_, kind=name, then={}, escalate={}, remind=(), wait=True)
    step = StepOutline(node, envelope, own, whole=whole and own is not None, said=whole)
    if name in STRUCTURE:
        # With 'every' the last turn ends it well: no turn left is no outcome.
        step.others = () if step.every is not None else STRUCTURE[name][1]
    elif step.kind is not None and own is not None:
        step.good, step.others = type(step.kind).outcomes(own)
    for key in inner:
        _inside(source, step, key)
    return step


def _model(source: Source, word: Node | None, name: str) -> type[Value] | None:
    """The fields of a kind; reports a word that is none."""
    if name in STRUCTURE:
        return STRUCTURE[name][0]
    known = {word for word, kind in kinds().items() if not kind.internal}
    if name in known:
        return type(kinds()[name]).fields
    if word is not None and name:
        every = ", ".join(sorted({*known, *STRUCTURE}))
        source.report(codes.NOT_ONE_OF, word, f"there is no kind '{name}'", f"The kinds are: {every}.")
    return None


def _inside(source: Source, step: StepOutline, key: str) -> None:
    node = step.node.get(key)
    if node is None:
        source.report(codes.MISSING_KEY, step.node, f"'{key}' is missing")
        step.whole = False
    elif key == "steps":
        step.steps = _sequence(source, node)
        step.whole = step.whole and bool(step.steps)
    elif node.form != "mapping" or len(node.entries) < 2:
        source.report(codes.WRONG_TYPE, node, "branches are a mapping of two or more names, each with its steps")
        step.whole = False
    else:
        step.branches = {name: _sequence(source, inner) for name, inner in node.entries.items()}
        step.whole = step.whole and all(step.branches.values())


def _only(node: Node, wanted: Any) -> Node:
    """A mapping with some of its keys."""
    kept = {key: value for key, value in node.entries.items() if wanted(key)}
    return Node(node.form, node.line, node.column, keys=node.keys, entries=kept, value=node.value, items=node.items)
