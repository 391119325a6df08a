"""What several kinds share and none owns: the doctor who met the patient, the seat, the day of an act. No kind."""

import re
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import StringConstraints

from domain.acts import Refusal
from domain.base import Value
from domain.effects import Effect
from domain.law.guards import met_the_patient
from domain.law.rows import Level
from domain.people import Actor, Owner
from domain.state import Pending
from domain.tasks import Task
from pathways.core import seats
from pathways.core.draft import StepDraft

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A digest in hex."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""An opaque id of ours or of a provider."""


WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


class Sign(Value):
    """A signature that stands in the record already, checked by the facade through the port ``signing``.

    ``sha256`` is the digest of the bytes it was made over.
    """

    signature: Id
    sha256: Sha256
    level: Level


def word(said: object) -> str:
    """What an outside system said as a code; anything of another shape may hold data and becomes ``other``."""
    return str(said) if WORD.fullmatch(str(said)) else "other"


def today(step: StepDraft) -> date:
    """The day of the act where the consultation is: what the law counts by."""
    return step.now.astimezone(ZoneInfo(step.state.zone)).date()


def meeting_doctor(step: StepDraft) -> str:
    """The person who owes the papers: the doctor who met the patient, else the assigned one.

    Raises:
        Refusal: ``no_doctor``; rule 8 makes it impossible on a checked pathway.
    """
    doctor = step.state.met_by or step.state.doctor
    if doctor is None:
        raise Refusal("no_doctor")
    return doctor


def papers_owner(step: StepDraft) -> Owner:
    """``meeting_doctor`` as the owner of a task."""
    return Owner(person=meeting_doctor(step))


def only_doctor(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: the assigned doctor alone, whoever else an escalation rang."""
    if actor.person != step.state.doctor:
        raise Refusal("not_yours")


def only_meeting_doctor(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: an escalation to the head doctor widens the view, not the right to write and sign."""
    met_the_patient(actor.person, step.state.met_by or step.state.doctor)


def in_flight(step: StepDraft, *effects: type[Effect]) -> bool:
    """Whether an effect of this occurrence is on its way. One held for a person is not: no step waits for it."""
    names = {effect.activity for effect in effects}
    return any(
        p.effect in names and not p.held and (p.step, p.occurrence) == (step.run.step, step.run.occurrence)
        for p in step.state.pending.values()
    )


def waits_for(step: StepDraft, *effects: type[Effect]) -> bool:
    """At the deadline: an act taken before it wins, so what it asked is waited for, and nothing new is begun.

    Closes the tasks and marks the run as ``late`` (``is_late``) when it returns True.
    """
    if not in_flight(step, *effects):
        return False
    step.memory["late"] = True
    close_tasks(step)
    return True


def is_late(step: StepDraft) -> bool:
    """Whether the deadline is over and only an effect was waited for."""
    return bool(step.memory.get("late"))


def close_tasks(step: StepDraft) -> None:
    """Close every open task of this occurrence."""
    for task in [t for t in step.state.tasks.values() if t.step == step.run.step]:
        step.close_task(task.name)


def count(step: StepDraft, name: str) -> int:
    """Raise a counter in the memory and return it: numbers tries, so that each has a key of its own."""
    step.memory[name] = int(step.memory.get(name, 0)) + 1
    return int(step.memory[name])


def late_part(pending: Pending) -> str:
    """The part of what takes back an effect done too late: several of one step are each taken back by themselves."""
    part = pending.body.get("part")
    return f"late.{part}" if part else "late"


def free_seats(step: StepDraft) -> None:
    """Give back every seat a queue took for this consultation: the meeting is over."""
    seats.free(step.state, step.now, step=step.run.step, occurrence=step.run.occurrence)


def let_doctor_go(step: StepDraft) -> None:
    """Whoever looks for a doctor, or did not get one, has none, unless they have met: then he owes the papers."""
    if step.state.met_at is None:
        step.state.doctor = None
    free_seats(step)
