"""Appointments: free times as the MIS has them now; one is chosen by its id alone, and the MIS says when it begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.acts import ANSWERS, PROBLEMS, Call, CallOf, Result, known, perform
from api.caller import Caller, CallerOf, ServicesOf
from api.problems import Problem
from api.services import Services
from api.states import Case, TaskId, WorkflowId, open_case
from domain.base import Json
from domain.people import Owner
from pathways.kinds.appointment import Choose
from pathways.view import View
from ports.mis import Slot
from records import staff
from records.database import Session

router = APIRouter(tags=["appointment"])

CHOOSING = frozenset({"choose", "come"})
"""The patient's tasks: before a time is agreed, and after."""
EXAMPLE = {"slot": "slot-2026-10-02-09-00"}


class FreeTime(BaseModel):
    """A time that is free now."""

    slot: str
    starts: datetime
    ends: datetime
    doctor: str
    doctor_name: str | None


class Choice(BaseModel):
    """The time by its id; when it begins is the MIS's to say."""

    slot: str = Field(min_length=1, max_length=200)


@dataclass(frozen=True)
class Window:
    """Where a step may look for times: whose, between when, and which doctors are too near to the patient."""

    pool: str
    since: datetime
    until: datetime
    not_by: frozenset[str]


async def window(shared: Services, session: Session, who: Caller, workflow: str, task: str) -> Window:
    """What the caller's task lets him choose from: only what lies ahead, and before the deadline.

    Raises:
        Problem: ``no_such_task`` or ``not_yours``.
    """
    case = await open_case(shared, session, who, workflow, "appointment.slots", task=task)
    found = case.task(task)
    if found.name not in CHOOSING or found.step is None:
        raise Problem("no_such_task")
    if not found.owner.admits(who.actor):
        raise Problem("not_yours")
    near = await staff.people_of(session, Owner(patient=case.state.patient), case.today)
    return Window(
        pool=str(found.data["pool"]),
        since=case.now,
        until=case.state.runs[found.step].deadline or case.now,
        not_by=frozenset({*near, *filter(None, [case.state.payer])}),
    )


async def free(shared: Services, where: Window, since: datetime | None = None) -> list[Slot]:
    """The free times of a window, earliest first. The MIS away is a temporary problem."""
    begin = max(where.since, since or where.since)
    found = await shared.wiring.mis.slots(where.pool, begin, where.until) if begin < where.until else []
    return [slot for slot in found if slot.starts > where.since and slot.doctor not in where.not_by]


@router.get("/tasks/{workflow}/{task}/appointment/slots", operation_id="list_slots", responses=PROBLEMS)
async def slots(
    who: CallerOf,
    shared: ServicesOf,
    workflow: WorkflowId,
    task: TaskId,
    since: Annotated[AwareDatetime | None, Query(description="Only times from then on.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[FreeTime]:
    """The free times of the pool, earliest first: what is free now may be taken a moment later."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        where = await window(shared, session, who, workflow, task)
    found = (await free(shared, where, since))[:limit]
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        names = await staff.names(session, {slot.doctor for slot in found})
    return [
        FreeTime(
            slot=slot.id,
            starts=slot.starts,
            ends=slot.ends,
            doctor=slot.doctor,
            doctor_name=names.get(slot.doctor),
        )
        for slot in found
    ]


async def choose_by(call: Call, workflow: str, task: str, action: str, body: Choice) -> Result:
    """Look the time up, then act. A resend gets its own answer, though the time be gone by now."""
    shared, slot = call.shared, None
    if not await known(call):
        async with shared.wiring.database.clinic(call.caller.actor.clinic) as session:
            where = await window(shared, session, call.caller, workflow, task)
        slot = next((one for one in await free(shared, where) if one.id == body.slot), None)
        if slot is None:
            raise Problem("no_such_slot")

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        if slot is None:
            raise Problem("no_such_slot")
        return Choose(slot=slot.id, starts=slot.starts).model_dump(mode="json")

    return await perform(call, workflow, task, action, body, prepare=prepare)


@router.post(
    "/tasks/{workflow}/{task}/appointment/choose", operation_id="choose_time", response_model=View, responses=ANSWERS
)
async def choose(
    call: CallOf, workflow: WorkflowId, task: TaskId, body: Annotated[Choice, Body(examples=[EXAMPLE])]
) -> Response:
    """Choose a free time. It is booked a moment later; where somebody was faster, the task says so."""
    return (await choose_by(call, workflow, task, "choose", body)).response()


@router.post(
    "/tasks/{workflow}/{task}/appointment/reschedule",
    operation_id="reschedule",
    response_model=View,
    responses=ANSWERS,
)
async def reschedule(
    call: CallOf, workflow: WorkflowId, task: TaskId, body: Annotated[Choice, Body(examples=[EXAMPLE])]
) -> Response:
    """Choose another time; the one agreed stands until the new one is booked."""
    return (await choose_by(call, workflow, task, "reschedule", body)).response()


@router.post(
    "/tasks/{workflow}/{task}/appointment/decline",
    operation_id="decline_appointment",
    response_model=View,
    responses=ANSWERS,
)
async def decline(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Want no time, or not come at the agreed one: it is given back."""
    return (await perform(call, workflow, task, "decline")).response()
