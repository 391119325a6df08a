"""What happened in a story, moment by moment: the same value whichever world it was played in."""

from collections.abc import Mapping
from datetime import datetime

from domain.base import Json, Text, Value
from domain.names import CLOCK_SOURCE
from domain.state import Transition
from pathways.stories.people import word_of

DID = "did"
"""The code of an effect carried out; all other codes are those of transitions."""
FAILED = "did.not"
"""The code of an effect that could not be."""


class Entry(Value):
    """One thing that happened. ``workflow`` is the end of its id: empty for the consultation itself."""

    at: datetime
    workflow: str
    revision: int
    code: str
    step: str | None = None
    occurrence: int | None = None
    who: str | None = None
    """Who did it, in a story's words."""
    detail: dict[str, Json] = {}


class Failure(Value):
    """What went otherwise than the story says, and the line of its file."""

    line: int
    what: Text


class Duty(Value):
    """An open task at the end."""

    who: Text
    what: Text
    until: datetime | None


class Played(Value):
    """A story that was played."""

    story: str
    title: Text
    pathway: str
    zone: str
    timeline: tuple[Entry, ...]
    failure: Failure | None
    end: str | None
    duties: tuple[Duty, ...]
    closed: bool
    calls: int
    """How often a door of the core was used."""


def timeline(consultation: str, happened: Mapping[str, list[Transition]], did: list[Entry]) -> tuple[Entry, ...]:
    """Everything in order: by moment, then by process in the order of birth, then as it happened in each.

    That a clock was moved is nothing that happened to anybody.
    """
    born = {workflow: place for place, workflow in enumerate(happened)}
    entries = [
        entry_of(consultation, workflow, transition)
        for workflow, transitions in happened.items()
        for transition in transitions
        if not (transition.code == "fact" and transition.detail.get("source") == CLOCK_SOURCE)
    ]
    places = {suffix(consultation, workflow): place for workflow, place in born.items()}
    # The sort is stable: what was done after a transition of the same number stands behind it.
    return tuple(sorted([*entries, *did], key=lambda entry: (entry.at, places[entry.workflow], entry.revision)))


def entry_of(consultation: str, workflow: str, transition: Transition) -> Entry:
    """A transition as a timeline shows it."""
    return Entry(
        at=transition.at,
        workflow=suffix(consultation, workflow),
        revision=transition.revision,
        code=transition.code,
        step=transition.step,
        occurrence=transition.occurrence,
        who=word_of(transition.actor),
        detail={name: of_any(consultation, value) for name, value in transition.detail.items()},
    )


def of_any(consultation: str, value: Json) -> Json:
    """A detail without what is this consultation's own: ids of people as words, of processes by their ends."""
    if not isinstance(value, str):
        return value
    return word_of(value) if not value.startswith(consultation) else suffix(consultation, value).removeprefix(":")


def suffix(consultation: str, workflow: str) -> str:
    """What tells a process from the consultation it belongs to."""
    return workflow.removeprefix(consultation).removeprefix(".")
