"""Who writes a pathway: by choices drawn from Hypothesis, step by step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.properties.tree import Written, outcomes_of

Draw = Callable[[st.SearchStrategy[Any]], Any]

LONG = ("30m", "2h", "1d", "3d", "1h working", "5h working")
SHORT = ("20m", "1h", "5h")
"""Inside of turns that have their time: none may still run when the next one begins."""
BEFORE = {
    "20m": "5m", "30m": "10m", "1h": "20m", "2h": "45m", "5h": "2h", "1d": "6h", "3d": "20h",
    "1h working": "20m working", "5h working": "2h working",
}  # fmt: skip
"""A moment before each deadline, to remind and to escalate at."""
STAFF = ("registrar", "nurse", "shift_supervisor", "head_doctor")
GO = "go"


@dataclass(frozen=True)
class Place:
    """What is so where a step stands."""

    turn: bool = False
    """In a repeat: ``again`` and ``leave`` mean something."""
    branch: bool = False
    """In a branch of a parallel: nothing ends the consultation."""
    timed: bool = False
    """In a turn that has its time."""
    depth: int = 0
    doctor: bool = False
    note: str | None = None
    """A signed protocol, what papers are ``of``."""

    @property
    def ways(self) -> tuple[str, ...]:
        """Where an outcome may lead when nothing is owed."""
        return (
            "next",
            "next",
            *(() if self.branch else ("end away", "end turned")),
            GO,
            *(("again", "again", "leave") if self.turn else ()),
        )


class Author:
    """Writes one pathway by the choices drawn."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.numbers: dict[str, int] = {}
        self.readable: list[str] = []
        """Conditions on what was written so far."""
        self.labs: list[str] = []
        self.record = self.maybe(3)
        self.care = self.pick("advice", "follow_up", "follow_up", "monitoring")

    # --- drawing -------------------------------------------------------------------------------------------------

    def pick(self, *options: Any) -> Any:
        """One of some options; shrinks to the first."""
        return self.draw(st.sampled_from(options))

    def maybe(self, one_in: int) -> bool:
        """Sometimes True; shrinks to False."""
        return bool(self.draw(st.integers(0, one_in - 1)) == one_in - 1)

    def some(self, most: int) -> range:
        """A few times; shrinks to none."""
        return range(self.draw(st.integers(0, most)))

    def name(self, kind: str) -> str:
        """The next id of a kind."""
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return f"{kind}_{self.numbers[kind]}"

    # --- a step --------------------------------------------------------------------------------------------------

    def step(self, kind: str, place: Place, *, within: bool = True, **fields: Any) -> Written:
        """A step with its deadline and what only tells."""
        made: Written = {"id": self.name(kind), "kind": kind, **fields}
        if not within:
            return made
        span = made["within"] = self.pick(*(SHORT if place.timed else LONG))
        if self.maybe(5):
            made["remind"] = [BEFORE[span]]
        if self.maybe(4):
            made["escalate"] = {BEFORE[span]: self.pick(*STAFF, *(("doctor",) if place.doctor else ()))}
        if self.maybe(6):
            made["alarm"] = self.pick(*STAFF)
        return made

    def ways_on(self, step: Written, ways: tuple[str, ...], **others: tuple[str, ...]) -> Written:
        """Say where each outcome but the good one leads."""
        found = outcomes_of(step)[1]
        if found:
            step["then"] = {outcome: self.pick(*others.get(outcome, ways)) for outcome in found}
        return step

    def tells(self, step: Written) -> None:
        """Remember what a later condition may ask of a step."""
        good, others = outcomes_of(step)
        name = step["id"]
        self.readable += [f'has({name}.outcome) && {name}.outcome == "{outcome}"' for outcome in (good, *others)[:3]]
        more = {
            "intake": f"has({name}.severity) && {name}.severity > 3",
            "repeat": f"has({name}.missed) && {name}.missed_in_a_row < {name}.count",
            "protocol": f"has({name}.orders) && size({name}.orders) > 0",
            "chat": f"has({name}.messages) && ({name}.video || {name}.messages > 1)",
            "survey": f"!has({name}.score) || {name}.score >= 7",
        }
        if step["kind"] in more:
            self.readable.append(more[step["kind"]])
