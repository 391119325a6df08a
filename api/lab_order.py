"""Laboratory orders: the patient chooses a laboratory; a doctor takes note of one that will not come."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from api.acts import ANSWERS, CallOf, perform
from api.states import TaskId, WorkflowId
from pathways.kinds.lab_order import Choose
from pathways.view import View

router = APIRouter(tags=["lab_order"])


@router.post(
    "/tasks/{workflow}/{task}/lab_order/choose",
    operation_id="choose_lab",
    response_model=View,
    responses=ANSWERS,
)
async def choose(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[Choose, Body(examples=[{"partner": "north"}])],
) -> Response:
    """Choose the laboratory that gets the order."""
    return (await perform(call, workflow, task, "choose", body)).response()


@router.post(
    "/tasks/{workflow}/{task}/lab_order/refuse",
    operation_id="refuse_lab",
    response_model=View,
    responses=ANSWERS,
)
async def refuse(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Not have the tests done here."""
    return (await perform(call, workflow, task, "refuse")).response()


@router.post(
    "/tasks/{workflow}/{task}/lab_order/acknowledge",
    operation_id="acknowledge_lab_order",
    response_model=View,
    responses=ANSWERS,
)
async def acknowledge(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """The doctor has read the order's result and opens it to the patient."""
    return (await perform(call, workflow, task, "acknowledge")).response()
