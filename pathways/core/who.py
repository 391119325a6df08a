"""Who may act on the consultation itself. Each raises ``Refusal`` where the actor may not."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.acts import Refusal
from domain.law.care import best_care
from domain.people import Actor, Role
from domain.state import Status
from pathways.core.context import Context
from pathways.core.kind import kinds

CANCELS = frozenset({Role.REGISTRAR, Role.CALL_CENTRE, Role.SHIFT_SUPERVISOR, Role.HEAD_DOCTOR, Role.CLINIC_ADMIN})
"""Who answers for bookings."""
ADMINISTERS = frozenset({Role.SHIFT_SUPERVISOR, Role.HEAD_DOCTOR, Role.CLINIC_ADMIN})
"""Who answers for how consultations go: pause, resume, skip, deadlines, doctors, shared tasks."""


def is_patient(c: Context, actor: Actor) -> bool:
    """Whether the actor is the patient or validly acts for him."""
    return actor.patient == c.state.patient


def takes_part(c: Context, actor: Actor, *during: Status) -> None:
    """The patient, the doctor of this consultation, and staff on duty about it; while it is open unless told else."""
    if not (is_patient(c, actor) or actor.person == c.state.doctor or actor.is_(*CANCELS)):
        raise Refusal("not_yours")
    is_open(c, *during)


def administers(c: Context, actor: Actor) -> None:
    """Who answers for how consultations go, while it is open."""
    if not actor.is_(*ADMINISTERS):
        raise Refusal("not_yours")
    is_open(c)


def treats(c: Context, actor: Actor) -> None:
    """The assigned doctor alone, while it is open."""
    if actor.person != c.state.doctor:
        raise Refusal("not_yours")
    is_open(c)


def is_open(c: Context, *during: Status) -> None:
    """Whether the process is a consultation in this phase; a step left behind has no life of its own to act on."""
    if c.state.status not in (during or (Status.OPEN,)) or c.state.root is not None:
        raise Refusal("closed")


def ahead(c: Context, moment: datetime, most: timedelta) -> None:
    """A moment a person names lies ahead, and not further than it may."""
    if moment <= c.now:
        raise Refusal("not_in_the_future")
    if moment > c.now + most:
        raise Refusal("too_far", days=most.days)


def may_treat(c: Context, doctor: str, pools: tuple[str, ...], *, now_is: str | None) -> None:
    """Another doctor than ``now_is``, not who pays, and of the pool the doctor now came from, where he came from one.

    ``pools`` are the other's as the facade found them in the record; it also knows who the patient is as a person.
    """
    if doctor == now_is:
        raise Refusal("same_doctor")
    if doctor == c.state.payer:
        raise Refusal("own_consultation")
    step = assigned_in(c) or came_by(c)
    if step is not None and (pool := c.step(step).fields["pool"]) not in pools:
        raise Refusal("not_of_the_pool", pool=pool)


def assigned_in(c: Context) -> str | None:
    """The open step of a pool in which a doctor was assigned already: a time is agreed and has not come."""
    runs = (run.step for run in c.state.runs.values() if not run.halted and c.step(run.step).kind in kinds())
    return next((step for step in runs if type(c.kind(step)).assigns and "pool" in c.step(step).fields), None)


def is_expected(c: Context) -> bool:
    """Whether the doctor has a duty in the step that assigned him: what was agreed has not come yet."""
    step = assigned_in(c)
    return any(task.step == step is not None and task.owner.person == c.state.doctor for task in c.state.tasks.values())


def came_by(c: Context) -> str | None:
    """The step of a pool by which the doctor came, None where he came by none."""
    for step, outputs in c.state.outputs.items():
        known = step in c.pathway.index and c.pathway.index[step].fields.get("pool") is not None
        if known and outputs.get("doctor") is not None and outputs["doctor"] == c.state.doctor:
            return step
    return None


def care_of(c: Context, doctor: str) -> str:
    """What a doctor may lawfully do for this patient today, at most."""
    today = c.now.astimezone(ZoneInfo(c.state.zone)).date()
    return best_care(c.pathway, c.state, doctor, today).value


def meeting_may(c: Context, what: str) -> list[str]:
    """The open steps whose ``may`` allows something."""
    return [run.step for run in c.state.runs.values() if not run.halted and what in allowed_in(c, run.step)]


def allowed_in(c: Context, step: str) -> Any:
    """The ``may`` of a step, as compiled."""
    return c.step(step).fields.get("may") or ()
