"""A compiled pathway as a Mermaid flowchart: what a head doctor looks at before a pathway is published.

Steps are boxes, conditions hexagons, ends stadiums; repeats and parallel groups are frames around what they hold; what
is left behind hangs on a dotted line. Every id gets a letter in front, because Mermaid has words of its own (``end``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.base import Text
from domain.pathway import Jump, Pathway, Step
from pathways import words
from pathways.compare.change import span_said
from pathways.core.kind import kinds
from pathways.outcomes import said

WITHIN = Text(ru="срок", en="within")
SKIP = Text(ru="нет", en="no")
DO = Text(ru="да", en="yes")
REPEAT = Text(ru="повтор, не больше {times}", en="repeat, at most {times}")
TIMED = Text(ru="{times} раз, каждые {days} дн. в {at}", en="{times} times, every {days} days at {at}")
PARALLEL = {
    "all": Text(ru="параллельно, ждём всех", en="side by side, all of them"),
    "first": Text(ru="параллельно, до первого", en="side by side, until the first"),
}
NEXT_TURN = Text(ru="следующий раз", en="next turn")
LEFT = Text(ru="идёт отдельно", en="on its own")
BEGIN = Text(ru="начало", en="begin")
STYLE = ("classDef condition fill:#fff7d6,stroke:#b08900", "classDef ending fill:#e8f0fe,stroke:#3b6fb6")


def diagram(pathway: Pathway, language: str = "ru") -> str:
    """The flowchart of a pathway, with words in a language."""
    drawing = _Drawing(pathway, language)
    drawing.node("begin", "((", BEGIN.in_(language), "))")
    for way in drawing.sequence(pathway.steps, [_Way("begin")], None):
        drawing.edge(way, "e_completed")
    for end in drawing.ends():
        drawing.node(f"e_{end}", "([", _end(end, language), "])", style="ending")
    return "\n".join(["flowchart TD", *(f"    {line}" for line in (*drawing.lines, *drawing.edges(), *STYLE))]) + "\n"


@dataclass(frozen=True)
class _Way:
    """A way that leads on: from which node, and what it is called."""

    source: str
    label: str = ""
    dotted: bool = False


@dataclass
class _Turn:
    """The repeat around: where its turns begin, and the ways that leave it."""

    first: str
    every: bool
    left: list[_Way] = field(default_factory=list)


@dataclass
class _Drawing:
    """The lines so far."""

    pathway: Pathway
    language: str
    lines: list[str] = field(default_factory=list)
    depth: int = 0
    drawn: dict[tuple[str, str, bool, bool], list[str]] = field(default_factory=dict)
    """Edges by their ends, with their labels: two outcomes that lead to one place are one line, apart from the good
    one, which has no label."""

    def sequence(self, steps: tuple[Step, ...], entry: list[_Way], turn: _Turn | None) -> list[_Way]:
        """Draw some steps; what comes in at the first one, and what falls off the last."""
        arriving: list[list[_Way]] = [list(entry), *([] for _ in steps)]
        places = {step.id: place for place, step in enumerate(steps)}
        for place, step in enumerate(steps):
            for jump, way in self.step(step, arriving[place]):
                match jump.to:
                    case "go":
                        arriving[places[jump.target or ""]].append(way)
                    case "end":
                        self.edge(way, f"e_{jump.target}")
                    case "again" if turn is not None:
                        self.edge(way, turn.first)
                        if turn.every:
                            turn.left.append(way)
                    case "leave" if turn is not None:
                        turn.left.append(way)
                    case _:
                        arriving[place + 1].append(way)
        return arriving[-1]

    def step(self, step: Step, entry: list[_Way]) -> Iterator[tuple[Jump, _Way]]:
        """Draw one step; the ways on from it."""
        following = Jump(to="next")
        if step.when is not None:
            self.node(f"w_{step.id}", "{{", step.when, "}}", style="condition")
            for way in entry:
                self.edge(way, f"w_{step.id}")
            entry = [_Way(f"w_{step.id}", DO.in_(self.language))]
            yield following, _Way(f"w_{step.id}", SKIP.in_(self.language))
        if not step.wait:
            fork = f"f_{step.id}"
            self.node(fork, "((", " ", "))")
            self.box(step)
            for way in entry:
                self.edge(way, fork)
            self.edge(_Way(fork, LEFT.in_(self.language), dotted=True), f"s_{step.id}")
            yield following, _Way(fork)
            return
        match step.kind:
            case "end":
                for way in entry:
                    self.edge(way, f"e_{step.fields['as']}")
                return
            case "repeat":
                done, good = self.repeat(step, entry), "done"
            case "parallel":
                done, good = self.parallel(step, entry), "done"
            case _:
                self.box(step)
                for way in entry:
                    self.edge(way, f"s_{step.id}")
                done, good = [_Way(f"s_{step.id}")], ""
        for way in done:
            yield following, way
        for outcome, jump in step.then.items():
            if outcome != good:
                yield jump, _Way(_name(step), said(outcome, self.language))

    def repeat(self, step: Step, entry: list[_Way]) -> list[_Way]:
        """Draw a repeat around its steps."""
        every = step.fields.get("every")
        text = (TIMED if every else REPEAT).in_(self.language)
        self.open(_name(step), f"{step.id}: {text.format(times=step.fields['times'], **(every or {}))}")
        turn = _Turn(_first(step.steps), every is not None)
        fall = self.sequence(step.steps, entry, turn)
        self.close()
        if every is not None:
            for way in fall:
                self.edge(_Way(way.source, NEXT_TURN.in_(self.language)), turn.first)
        return [*fall, *turn.left]

    def parallel(self, step: Step, entry: list[_Way]) -> list[_Way]:
        """Draw a parallel group around its branches."""
        self.open(_name(step), f"{step.id}: {PARALLEL[str(step.fields.get('join', 'all'))].in_(self.language)}")
        fall: list[_Way] = []
        for name, steps in step.branches.items():
            self.open(f"b_{step.id}_{name}", name)
            fall += self.sequence(steps, entry, None)
            self.close()
        self.close()
        return fall

    def box(self, step: Step) -> None:
        """The box of a step: what people read, its name and its deadline."""
        kind = kinds()[step.kind]
        within = (
            f", {WITHIN.in_(self.language)} {span_said(step.within).in_(self.language)}"
            if step.within is not None
            else ""
        )
        self.node(f"s_{step.id}", "[", f"{type(kind).title.in_(self.language)}\n{step.id}{within}", "]")

    def node(self, name: str, left: str, label: str, right: str, *, style: str = "") -> None:
        """A node of some form."""
        self.line(f'{name}{left}"{_escaped(label)}"{right}{f":::{style}" if style else ""}')

    def open(self, name: str, label: str) -> None:
        """Begin a frame."""
        self.line(f'subgraph {name}["{_escaped(label)}"]')
        self.depth += 1

    def close(self) -> None:
        """End a frame."""
        self.depth -= 1
        self.line("end")

    def line(self, text: str) -> None:
        """A line, as deep as its frame."""
        self.lines.append("    " * self.depth + text)

    def edge(self, way: _Way, target: str) -> None:
        """A way that arrives."""
        labels = self.drawn.setdefault((way.source, target, way.dotted, not way.label), [])
        if way.label not in labels:
            labels.append(way.label)

    def ends(self) -> list[str]:
        """The ends some way leads to; those that may come at any time would hang in the air."""
        reached = {target for _, target, *_ in self.drawn}
        return [end for end in self.pathway.ends if f"e_{end}" in reached]

    def edges(self) -> list[str]:
        """Every way, those between two nodes as one."""
        found = []
        for (source, target, dotted, _), labels in self.drawn.items():
            label = ", ".join(filter(None, labels))
            arrow = "-.->" if dotted else "-->"
            told = f'|"{_escaped(label)}"|' if label else ""
            found.append(f"{source} {arrow}{told} {target}")
        return found


def _name(step: Step) -> str:
    """The node of a step, or its frame."""
    return {"repeat": "r_", "parallel": "p_"}.get(step.kind, "s_") + step.id


def _first(steps: tuple[Step, ...]) -> str:
    """The node a sequence begins at."""
    step = steps[0]
    if step.when is not None:
        return f"w_{step.id}"
    if not step.wait:
        return f"f_{step.id}"
    if step.kind == "end":
        return f"e_{step.fields['as']}"
    inside = step.steps or next(iter(step.branches.values()), ())
    return _first(inside) if inside else _name(step)


def _end(end: str, language: str) -> str:
    return words.ENDS[end].in_(language) if end in words.ENDS else end


def _escaped(label: str) -> str:
    """A label in double quotes: Mermaid's own signs as entities, lines as lines."""
    signs = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "`": "#96;", "&": "#amp;", "\\": "#92;"}
    return "".join(signs.get(letter, letter) for letter in label).replace("\n", "<br/>")
