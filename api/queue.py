"""The line: the patient's place, the doctors' offers, and taking a patient: seat first, act second."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.acts import ANSWERS, CallOf, perform
from api.caller import Caller, CallerOf, ServicesOf
from api.problems import Problem
from api.services import Services
from api.states import Case, TaskId, WorkflowId, open_case, state_of
from api.streams import snapshots, stream
from domain.base import Json
from domain.state import ConsultationState, Status
from domain.tasks import Task
from pathways.view import View
from ports import PortError
from records import duty, seats, tasks
from records.database import Session

router = APIRouter(tags=["queue"])

FINAL = frozenset({"taken", "too_late"})
"""Answers of the workflow that mean: a colleague has this patient."""
LastEvent = Annotated[str | None, Header(alias="Last-Event-ID", max_length=64)]


class Waiting(BaseModel):
    """A patient waiting in one of the doctor's pools: ids and times, nothing clinical."""

    workflow: str
    task: str
    pool: str
    since: datetime
    due: datetime | None


class Offers(BaseModel):
    """Who waits, the longest first; a claimed offer is still listed until the workflow says it is taken."""

    items: list[Waiting]


async def offers_of(shared: Services, who: Caller) -> Offers:
    """The open offers of the caller's pools, from the record: Redis may be empty."""
    raise NotImplementedError


@router.get("/queue/offers", operation_id="list_offers")
async def list_offers(who: CallerOf, shared: ServicesOf) -> Offers:
    """Who waits in the doctor's pools."""
    return await offers_of(shared, who)


@router.get("/queue/events", operation_id="watch_offers", response_class=StreamingResponse)
async def watch_offers(who: CallerOf, shared: ServicesOf, last: LastEvent = None) -> StreamingResponse:
    """The same as a stream: every event is the whole list."""

    async def look() -> tuple[str, str, Json] | None:
        found = await offers_of(shared, who)
        return digest(found), "offers", found.model_dump(mode="json")

    topics = tuple((who.actor.clinic, f"pool:{pool}") for pool in sorted(who.actor.pools))
    return stream(snapshots(shared.hub, topics, look, who.bearer.expires_at, last))


def member_of(state: ConsultationState, task: Task) -> str:
    """The line's name of a waiting patient: workflow, step, occurrence."""
    return f"{state.workflow}:{task.step}:{task.occurrence}"


@router.post(
    "/tasks/{workflow}/{task}/queue/accept", operation_id="accept_offer", response_model=View, responses=ANSWERS
)
async def accept(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Take this patient. The workflow's answer is final; a colleague who is faster leaves ``taken``."""
    shared, actor = call.shared, call.caller.actor
    member = ":".join([workflow, *task.rsplit(".", 2)[:2]])
    claimed = await claim(shared, actor.clinic, member, actor.person)
    if claimed is False:
        raise Problem("colleague_taking")

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        raise NotImplementedError

    try:
        result = await perform(call, workflow, task, "accept", prepare=prepare)
    except Problem as problem:
        if problem.code in UNCERTAIN:
            raise
        await give_back(shared, actor.clinic, member, actor.person)
        raise Problem("taken") from None if problem.code in FINAL else problem
    return result.response()


async def claim(shared: Services, clinic: str, member: str, doctor: str) -> bool | None:
    """The lease that spares losers the trip; None where Redis is away: the seat alone decides then."""
    try:
        return await shared.wiring.line.claim(clinic, member, doctor)
    except PortError:
        return None
