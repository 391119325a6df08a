"""A story as a clinic writes it: who does what and when, what the world answers, and what must be seen.

Every line is one of a closed set of forms; the word of ``LINES`` that stands in it says which. ``docs/stories.md`` is
the reference.
"""

from typing import Annotated, Literal

from pydantic import Field

from domain.base import Code, Json, Value
from domain.calendar import Span
from pathways.stories.expectations import EXPECTATIONS as EXPECTATIONS
from pathways.stories.expectations import Expectation
from pathways.stories.spelling import LocalMoment, Side, Who, WrittenUntil
from pathways.written import Both, Id, Name, Zone


class Patient(Value):
    """What a story says of its patient."""

    zone: Zone | None = None
    """His time zone; the clinic's where it is not written."""
    language: Literal["ru", "en"] = "ru"
    """What he reads."""


class Doctor(Value):
    """The visit in person that the record knows of: by ``doctor``, with this diagnosis, so long before the story."""

    diagnosis: Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?$")] = "I10"
    """The diagnosis, МКБ-10."""
    seen: Span = Span(seconds=14 * 86_400)
    """How long before the story the visit was."""


class Act(Value):
    """Somebody does something with a task of a step, or (without ``on``) with the consultation itself."""

    who: Who
    """Who does it."""
    does: Code
    """What he does: an action of the task, or an act on the consultation itself."""
    on: Code | None = None
    """The step; without it the act is on the consultation itself."""
    task: Code | None = None
    """Which task of the step, where it has several."""
    turn: Annotated[int, Field(ge=1)] | None = None
    """Which turn, where the step stands in a repeat."""
    with_: dict[str, Json] = Field(default={}, alias="with")
    """What he says with it; the rest is filled in."""
    refused: Code | None = None
    """The code of the refusal, where it must be refused."""


class Comes(Value):
    """People enter the video room."""

    comes: Side | tuple[Side, ...]
    """Who comes in."""
    on: Id | None = None
    """The video step."""


class Leaves(Value):
    """People leave the video room."""

    leaves: Side | tuple[Side, ...]
    """Who goes out."""
    on: Id | None = None
    """The video step."""


class Machine(Value):
    """An outside system reports something about a step."""

    source: Literal["video", "labs", "registry", "payments", "identity", "mis", "line"] = Field(alias="from")
    """Which system reports."""
    event: Code
    """What it reports."""
    on: Code | None = None
    """The step it is about."""
    turn: Annotated[int, Field(ge=1)] | None = None
    """Which turn, where the step stands in a repeat."""
    with_: dict[str, Json] = Field(default={}, alias="with")
    """What it says with it."""


class Wait(Value):
    """Time passes; everything due meanwhile happens in its turn."""

    wait: Span
    """How much time passes."""


class Until(Value):
    """Time passes up to a moment: the next ``deadline`` (of a step), whatever is ``due`` next, an hour, a moment."""

    until: WrittenUntil
    """Until when: ``deadline``, ``due``, an hour like 10:00, or a moment like 2026-03-02 09:40."""
    on: Code | None = None
    """The step whose deadline it is."""


class Answer(Value):
    """What the world answers to effects from now on, over the usual answer; ``once``: to the next one only."""

    world: Annotated[dict[str, dict[str, Json]], Field(min_length=1)]
    """The answer of each effect, by the effect's name."""
    on: Code | None = None
    """Only for effects of this step."""
    once: bool = False
    """Only the next one."""


class Fails(Value):
    """An effect cannot be done from now on; ``once``: the next one only.

    ``Refused``: the other side will not. ``Timeout``: nobody answered in its patience. ``Uncertain``: an answer was
    lost and stayed lost.
    """

    fails: str
    """The effect that cannot be done."""
    error: Literal["Refused", "Timeout", "Unavailable", "Uncertain"] = "Timeout"
    """Why not."""
    on: Code | None = None
    """Only for this step."""
    once: bool = False
    """Only the next one."""


class Works(Value):
    """What was said of an effect before is over: it is answered as usual again."""

    works: str
    """The effect that is done as usual again."""


LINES: dict[str, type[Value]] = {
    "does": Act,
    "comes": Comes,
    "leaves": Leaves,
    "from": Machine,
    "wait": Wait,
    "until": Until,
    "world": Answer,
    "fails": Fails,
    "works": Works,
}
"""The forms of a line, by the word that tells them; ``expect`` holds one of ``EXPECTATIONS``."""

EXPECT = "expect"
SAYS = "says"
"""The key of a story that holds its lines."""

Said = Act | Comes | Leaves | Machine | Wait | Until | Answer | Fails | Works | Expectation


class Header(Value):
    """Everything of a story but its lines."""

    story: Name
    """The story's name, the same as the file's."""
    pathway: Name
    """The pathway it is about."""
    title: Both
    """What people read above it."""
    starts: LocalMoment
    """When it begins, such as 2026-03-02 09:40, in the clinic's time."""
    patient: Patient = Patient()
    """What is special about the patient."""
    doctor: Doctor = Doctor()
    """The visit in person that the record knows of."""
    ends: Id | None = None
    """The end it must come to."""
    open: bool = False
    """Whether it must still be open after its last line."""


class Line(Value):
    """One line of a story, and the line of the file it stands in (0 for one that stands in none)."""

    at: int
    said: Said


class Story(Value):
    """A story, read and found sound."""

    header: Header
    lines: tuple[Line, ...]
    file: str | None = None
