"""Handing over: a doctor gives a consultation to a colleague, who accepts; the patient is told and may refuse."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from api.acts import ANSWERS, Call, CallOf, Result, perform
from api.colleagues import colleague, near
from api.problems import Problem
from api.states import Case, TaskId, WorkflowId
from domain.base import Code, Json
from domain.tasks import Task
from pathways.core.handing import Offer
from pathways.view import View
from records.database import Session

router = APIRouter(tags=["colleagues"])


class HandOverBody(BaseModel):
    """To whom, and why; his pools are the record's to say."""

    to: str = Field(min_length=1, max_length=64)
    reason: Code


def own_task(case: Case, task: str, name: str) -> Task:
    """The caller's own task of this name.

    Raises:
        Problem: ``no_such_task`` or ``not_yours``.
    """
    found = case.task(task)
    if found.step is not None or found.name != name:
        raise Problem("no_such_task")
    if not found.owner.admits(case.caller.actor):
        raise Problem("not_yours")
    return found


async def answer(call: Call, workflow: str, task: str, name: str, action: str) -> Result:
    """An act without a body on one of the consultation's own tasks."""

    async def prepare(_: Session, case: Case) -> dict[str, Json]:
        own_task(case, task, name)
        return {}

    return await perform(call, workflow, task, action, prepare=prepare)


@router.post("/consultations/{workflow}/hand_over", operation_id="hand_over", response_model=View, responses=ANSWERS)
async def hand_over(
    call: CallOf,
    workflow: WorkflowId,
    body: Annotated[HandOverBody, Body(examples=[{"to": "p-colleague", "reason": "shift_over"}])],
) -> Response:
    """Offer the consultation to a colleague. Who offers it answers for it until the patient has heard of it."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        to = await colleague(session, case, body.to)
        offer = Offer(to=to.person, pools=tuple(sorted(to.pools)), reason=body.reason)
        return offer.model_dump(mode="json")

    return (await perform(call, workflow, None, "hand_over", body, prepare=prepare)).response()


@router.post(
    "/tasks/{workflow}/{task}/hand_over/accept",
    operation_id="accept_hand_over",
    response_model=View,
    responses=ANSWERS,
)
async def accept(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Take a consultation over: the patient is told what the new doctor may lawfully do, and may refuse."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        own_task(case, task, "take_over")
        # He may have come to act for this patient since it was offered.
        if call.caller.actor.person in await near(session, case):
            raise Problem("own_consultation")
        return {}

    return (await perform(call, workflow, task, "accept", prepare=prepare)).response()


@router.post(
    "/tasks/{workflow}/{task}/hand_over/decline",
    operation_id="decline_hand_over",
    response_model=View,
    responses=ANSWERS,
)
async def decline(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Not take a consultation over: it stays with who offered it."""
    return (await answer(call, workflow, task, "take_over", "decline")).response()


@router.post(
    "/tasks/{workflow}/{task}/new_doctor/agree",
    operation_id="agree_to_new_doctor",
    response_model=View,
    responses=ANSWERS,
)
async def agree(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Agree to the new doctor: he goes on at once."""
    return (await answer(call, workflow, task, "new_doctor", "agree")).response()


@router.post(
    "/tasks/{workflow}/{task}/new_doctor/refuse",
    operation_id="refuse_new_doctor",
    response_model=View,
    responses=ANSWERS,
)
async def refuse(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Refuse the new doctor: the one there is goes on."""
    return (await answer(call, workflow, task, "new_doctor", "refuse")).response()
