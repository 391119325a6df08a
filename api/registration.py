"""Registration in РЭМД: what the registry named is mended, and the document is sent again."""

from fastapi import APIRouter, Response

from api.acts import ANSWERS, CallOf, perform
from api.states import TaskId, WorkflowId
from pathways.view import View

router = APIRouter(tags=["registration"])


@router.post(
    "/tasks/{workflow}/{task}/registration/resubmit",
    operation_id="resubmit_registration",
    response_model=View,
    responses=ANSWERS,
)
async def resubmit(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Send a rejected document to the registry again: what it named is mended."""
    return (await perform(call, workflow, task, "resubmit")).response()
