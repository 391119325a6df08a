"""What a story may expect to be seen, each a form of its own."""

from typing import Annotated, Literal

from pydantic import Field

from domain.base import Code, Json, Value
from pathways.stories.spelling import LocalMoment, Who
from pathways.written import Id


class TaskThere(Value):
    """A task is open; ``until`` is the moment it is due."""

    task: Code
    """The task that is open."""
    on: Code | None = None
    """The step it is of."""
    owner: Who | None = Field(default=None, alias="for")
    """Who has it."""
    until: LocalMoment | None = None
    """When it is due."""


class NoTask(Value):
    """A task is not open (for somebody)."""

    no_task: Code
    """The task that is not open."""
    on: Code | None = None
    """The step it would be of."""
    owner: Who | None = Field(default=None, alias="for")
    """Who does not have it."""


class StepIs(Value):
    """A step is open, or over with an outcome; ``outputs`` it must have among its own."""

    step: Code
    """The step."""
    outcome: Code | None = None
    """The outcome it is over with."""
    open: bool | None = None
    """Whether it is open."""
    turn: Annotated[int, Field(ge=1)] | None = None
    """Which turn, where the step stands in a repeat."""
    outputs: dict[str, Json] = {}
    """What it must have given."""


class EndIs(Value):
    """The consultation has come to an end, of this name."""

    end: Id
    """The end, one of the pathway's."""


class Told(Value):
    """Somebody was sent a message, at some time since the beginning."""

    told: Who
    """Who was told."""
    text: Code | None = None
    """What he was told, by its code."""


class Did(Value):
    """An effect was carried out so many times since the beginning (at least once where no number stands)."""

    did: str
    """The effect, by its name."""
    times: Annotated[int, Field(ge=0)] | None = None
    """How often."""


class StateIs(Value):
    """What the consultation as a whole is."""

    state: Literal["open", "ending", "closed", "paused", "emergency"]
    """What it is."""


class DoctorIs(Value):
    """Who the doctor of the consultation is."""

    doctor: Literal["doctor", "colleague", "nobody"]
    """Who it is."""


class MayDo(Value):
    """Somebody may do something now, with a task of a step or with the consultation itself."""

    may: Code
    """What may be done."""
    who: Who
    """Who may."""
    on: Code | None = None
    """The step; without it the consultation itself."""


class MayNot(Value):
    """Somebody may not do something now."""

    may_not: Code
    """What may not be done."""
    who: Who
    """Who may not."""
    on: Code | None = None
    """The step; without it the consultation itself."""


EXPECTATIONS: dict[str, type[Value]] = {
    "task": TaskThere,
    "no_task": NoTask,
    "step": StepIs,
    "end": EndIs,
    "told": Told,
    "did": Did,
    "state": StateIs,
    "doctor": DoctorIs,
    "may": MayDo,
    "may_not": MayNot,
}
"""What may be expected, by the word it begins with."""

Expectation = TaskThere | NoTask | StepIs | EndIs | Told | Did | StateIs | DoctorIs | MayDo | MayNot
