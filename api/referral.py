"""Referral in person: the patient accepts it or not."""

from fastapi import APIRouter, Response

from api.acts import ANSWERS, CallOf, perform
from api.states import TaskId, WorkflowId
from pathways.view import View

router = APIRouter(tags=["referral"])


@router.post(
    "/tasks/{workflow}/{task}/referral/accept",
    operation_id="accept_referral",
    response_model=View,
    responses=ANSWERS,
)
async def accept(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Have the clinic asked to book the visit in person."""
    return (await perform(call, workflow, task, "accept")).response()


@router.post(
    "/tasks/{workflow}/{task}/referral/decline",
    operation_id="decline_referral",
    response_model=View,
    responses=ANSWERS,
)
async def decline(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Decline the visit: nothing is booked."""
    return (await perform(call, workflow, task, "decline")).response()
