"""What the plays held, counted from what happened in them: a play counts once for each thing that happened in it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from domain.effects import load
from domain.pathway import Pathway, Step
from domain.state import Transition
from pathways.core import own
from pathways.core.draft import step_of
from pathways.core.kind import kinds
from pathways.grammar import STRUCTURE
from tests.properties.process import Process

LEAST = 50
"""How many plays must hold each thing that was asked for."""

Row = tuple[str, str]

TASK = ("the good choice", "another choice", "timed_out")
"""The outcomes of a kind whose outcomes are the pathway's own words."""
OVER = ("skipped", "closed")
"""How any step may be over without an outcome of its own: passed by or skipped, or ended from outside."""
STRUCTURES = ("repeat", "timed repeat", "parallel", "first of parallel")
WAYS = ("next", "go", "end", "again", "leave")
ENDS = ("completed", "cancelled", "cancelled_by_us", "emergency", "unsigned", "one of its own")
TOLD = (
    "hand_over.offered", "hand_over.accepted", "hand_over.declined", "hand_over.refused", "hand_over.lapsed",
    "hand_over.done", "emergency.opened", "emergency.escalated", "emergency.flagged_again", "emergency.recorded",
    "paused", "resumed", "consent.withdrawn", "reassigned", "end.wished", "step.left", "child.left", "step.reminded",
    "step.escalated", "step.expired", "turn.opened", "turn.awaited", "recording.started", "recording.stopped",
    "recording.failed", "effect.held", "effect.given_up", "effect.written_off", "undone", "met.goes_on",
)  # fmt: skip
"""Transitions that say by themselves what happened."""


def wanted() -> list[Row]:
    """Every row that must be there ``LEAST`` times."""
    rows: list[Row] = []
    ours = {name: kind for name, kind in kinds().items() if type(kind).__module__.startswith("pathways.kinds.")}
    for name, kind in sorted(ours.items()):
        rows.append(("kind", name))
        outcomes = TASK if name == "task" else (kind.good, *kind.others)
        rows += [("outcome", f"{name}: {outcome}") for outcome in outcomes]
        rows += [("action", f"{name}: {action}") for action in type(kind).actions()]
    rows += [("kind", name) for name in STRUCTURE]
    rows += [("outcome", name) for name in ("repeat: done", "repeat: exhausted", "timed repeat: done")]
    rows += [("outcome", name) for name in ("parallel: done", "parallel: timed_out", "first of parallel: done")]
    rows += [("outcome", f"any step: {how}") for how in OVER]
    rows += [("action", f"without a task: {action}") for action in own.OWN]
    rows += [("action", f"any task: {action}") for action in own.ANY_TASK]
    rows += [("action", f"{task}: {action}") for task, actions in own.OWN_TASKS.items() for action in actions]
    rows.remove(("action", "halted: retry"))  # Never opened on what the checker accepts: that is a rule.
    rows += [("nested", f"{inner} in {outer}") for outer in STRUCTURES for inner in STRUCTURES]
    rows += [("way", f"an outcome leads {way}") for way in WAYS]
    rows += [("end", end) for end in ENDS]
    rows += [("happened", code) for code in TOLD]
    rows += [("effect", name) for name in sorted(load())]
    return rows


def held(process: Process) -> set[Row]:
    """What one play held."""
    found: set[Row] = set()
    for workflow, happened in process.happened.items():
        state = process.states[workflow]
        for one in happened:
            step = None
            if one.step is not None and (one.step in process.pathway.index or state.inner is not None):
                step = step_of(process.pathway, state, one.step)
            found.update(rows_of(process.pathway, one, step))
    return found


def rows_of(pathway: Pathway, one: Transition, step: Step | None) -> Iterator[Row]:
    """What one transition says."""
    if one.code in TOLD:
        yield "happened", one.code
    match one.code:
        case "step.opened" if step is not None:
            yield "kind", step.kind
            if step.kind in ("repeat", "parallel"):
                yield from (("nested", f"{word(step)} in {word(outer)}") for outer in around(pathway, step.id))
        case "step.ended" if step is not None:
            yield from ended(step, str(one.detail["outcome"]))
        case "step.skipped" | "step.closed":
            yield "outcome", f"any step: {one.code.removeprefix('step.')}"
        case "ending":
            end = str(one.detail["end"])
            yield "end", end if end in ENDS else "one of its own"
            if any(s.kind == "end" and s.fields["as"] == end for s in pathway.index.values()):
                yield "kind", "end"
        case code if code.startswith("act."):
            yield "action", f"{whose(one, step)}: {code.removeprefix('act.')}"


def ended(step: Step, outcome: str) -> Iterator[Row]:
    """A step has its outcome."""
    name = word(step) if step.kind in ("repeat", "parallel") else step.kind
    if step.kind == "task":
        good, *_ = step.fields["choices"]
        yield "outcome", f"task: {TASK[0] if outcome == good else TASK[2] if outcome == TASK[2] else TASK[1]}"
    else:
        yield "outcome", f"{name}: {outcome}"
        if name == "first of parallel":
            yield "outcome", f"parallel: {outcome}"
    if outcome in step.then:
        yield "way", f"an outcome leads {step.then[outcome].to}"


def whose(one: Transition, step: Step | None) -> str:
    """Whose act it was: of a kind, of a duty of the consultation, of any task, of none."""
    task, action = one.detail.get("task"), one.code.removeprefix("act.")
    if task is None:
        return "without a task"
    if action in own.ANY_TASK:
        return "any task"
    return step.kind if step is not None else str(task).split(".", 2)[2]


def word(step: Step) -> str:
    """Which structure a step is."""
    if step.kind == "repeat":
        return "timed repeat" if step.fields.get("every") else "repeat"
    return "first of parallel" if step.fields.get("join") == "first" else "parallel"


def around(pathway: Pathway, step: str) -> Iterator[Step]:
    """The structures around a step, the nearest first."""
    parent = pathway.parents[step][0]
    while parent is not None:
        yield pathway.index[parent]
        parent = pathway.parents[parent][0]


def effects_of(asked: Iterable[str]) -> set[Row]:
    """Which effects were asked for, by their keys."""
    return {("effect", key.split(":")[3]) for key in asked}


def table(counts: Counter[Row], cases: int) -> str:
    """The table as it is printed."""
    lines, section = [f"{cases} plays held:"], ""
    for name, what in wanted():
        if name != section:
            section = name
            lines.append(f"  {section}")
        count = counts[name, what]
        lines.append(f"    {count:6}  {what}{'' if count >= LEAST else f'  (fewer than {LEAST})'}")
    return "\n".join(lines)


def lacking(counts: Counter[Row]) -> list[str]:
    """What too few plays held."""
    return [f"{name} {what}: {counts[name, what]}" for name, what in wanted() if counts[name, what] < LEAST]
