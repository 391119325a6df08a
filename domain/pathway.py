"""The compiled pathway: what a checked file becomes; goes by value into the start input."""

import hashlib
import json
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import Literal

from domain.base import Code, Json, Text, Value
from domain.calendar import Calendar, Span
from domain.people import Role


class Care(StrEnum):
    """Ceiling of lawful acts, lowest first."""

    ADVICE = "advice"
    FOLLOW_UP = "follow_up"
    MONITORING = "monitoring"

    @property
    def rank(self) -> int:
        """The place in the order advice < follow_up < monitoring."""
        return list(Care).index(self)


class Jump(Value):
    """Where an outcome leads."""

    to: Literal["next", "go", "end", "again", "leave"]
    target: Code | None = None


class Escalation(Value):
    """After ``after`` from the step's opening the task is shown to, and rings, ``who`` as well."""

    after: Span
    who: str


class Step(Value):
    """One stage. ``fields`` are the kind's own, validated by its model; ``steps`` are the inside of a structure.

    ``branches`` belong to ``parallel``: each is a sequence by name.
    """

    id: Code
    kind: Code
    fields: dict[str, Json] = {}
    when: str | None = None
    within: Span | None = None
    wait: bool = True
    alarm: Role | None = None
    escalate: tuple[Escalation, ...] = ()
    remind: tuple[Span, ...] = ()
    then: dict[Code, Jump] = {}
    steps: tuple["Step", ...] = ()
    branches: dict[Code, tuple["Step", ...]] = {}


class End(Value):
    """How a consultation may end: what is paid, what is offered, who is alarmed."""

    charge: Literal["full", "costs", "none"] | None = None
    """What is taken of the money held: all of it, what a late cancel costs, or nothing."""
    offer: Code | None = None
    """The text in texts/ that the patient is offered."""
    alarm: Role | None = None
    """The role that is rung."""


class People(Value):
    """Who takes part. ``patient_age`` is an inclusive range in years."""

    patient_age: tuple[int, int | None] = (0, None)
    payer: Code = "patient"
    doctor: Literal["attending", "any"] = "any"
    invited: tuple[Code, ...] = ()


class EmergencyPlan(Value):
    """Who calls back on a red flag, how soon, and who after them."""

    call_back: Role
    within: Span
    otherwise: Role


class Pinned(Value):
    """A form, consent or text as it stood at publishing: ``id@version+sha256`` and its content."""

    id: Code
    version: int
    sha256: str
    content: dict[str, Json]


class Pathway(Value):
    """A published pathway version. Never changes; named elsewhere by ``digest`` alone."""

    code: Code
    version: int
    title: Text
    speciality: Code
    care: Care
    people: People
    emergency: EmergencyPlan
    ends: dict[Code, End]
    steps: tuple[Step, ...]
    forms: dict[Code, Pinned] = {}
    consents: dict[Code, Pinned] = {}
    texts: dict[Code, Pinned] = {}
    services: dict[Code, Json] = {}
    calendar: Calendar | None = None
    """The clinic's working time."""
    calendars: dict[Code, Calendar] = {}
    """Working time of the pools the pathway names, as it stood at publishing."""

    def calendar_of(self, step: Step) -> Calendar | None:
        """The calendar that ``working`` spans of a step are counted in: its pool's, else the clinic's."""
        pool = step.fields.get("pool")
        return self.calendars.get(str(pool), self.calendar)

    @cached_property
    def digest(self) -> str:
        """sha256 of the canonical JSON."""
        return digest_of(self.model_dump(mode="json"))

    def only_for(self, step: Step) -> "Pathway":
        """This version with only the papers and prices one step names: what a step left behind carries.

        Most of a pathway are its papers, and each child keeps its start input in two histories. The version is still
        named by the state's digest; the one of this value is another.
        """
        words = set(_words(step.model_dump(mode="json")))
        shelves = {name: getattr(self, name) for name in ("forms", "consents", "texts", "services")}
        kept = {name: {id_: it for id_, it in shelf.items() if id_ in words} for name, shelf in shelves.items()}
        return self.model_copy(update=kept)

    @cached_property
    def index(self) -> dict[str, Step]:
        """Every step by id, nested ones too."""
        found: dict[str, Step] = {}

        def walk(steps: tuple[Step, ...]) -> None:
            for step in steps:
                found[step.id] = step
                walk(step.steps)
                for branch in step.branches.values():
                    walk(branch)

        walk(self.steps)
        return found

    @cached_property
    def parents(self) -> dict[str, tuple[str | None, tuple[Step, ...], int]]:
        """For every step id: the structure it stands in (None at the top), its sequence and its place there."""
        found: dict[str, tuple[str | None, tuple[Step, ...], int]] = {}

        def walk(parent: str | None, steps: tuple[Step, ...]) -> None:
            for place, step in enumerate(steps):
                found[step.id] = (parent, steps, place)
                walk(step.id, step.steps)
                for branch in step.branches.values():
                    walk(step.id, branch)

        walk(None, self.steps)
        return found


def _words(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inside in value.values() if isinstance(value, dict) else value:
            yield from _words(inside)


def digest_of(value: Json) -> str:
    """sha256 (hex) of a value's canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
