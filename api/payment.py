"""Payment: the payer gives a one-time token of his means, or will not pay. No card ever reaches us."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from api.acts import ANSWERS, CallOf, perform
from api.states import TaskId, WorkflowId
from pathways.kinds.payment import Pay
from pathways.view import View

router = APIRouter(tags=["payment"])


@router.post("/tasks/{workflow}/{task}/payment/pay", operation_id="pay", response_model=View, responses=ANSWERS)
async def pay(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[Pay, Body(examples=[{"means": "tok-4111"}])],
) -> Response:
    """Hold the amount on the payer's means."""
    return (await perform(call, workflow, task, "pay", body)).response()


@router.post(
    "/tasks/{workflow}/{task}/payment/refuse",
    operation_id="refuse_payment",
    response_model=View,
    responses=ANSWERS,
)
async def refuse(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Refuse to pay: the consultation ends."""
    return (await perform(call, workflow, task, "refuse")).response()
