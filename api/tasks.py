"""Work lists: what waits for the caller, and taking or giving back what several may do."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.acts import ANSWERS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.states import TaskId, WorkflowId
from domain.base import Json
from pathways import words
from pathways.view import View
from records import audit, tasks
from records.pages import BadCursor

router = APIRouter(tags=["tasks"])


class Work(BaseModel):
    """One open duty on a work list."""

    workflow: str
    task: str
    consultation: str
    name: str
    who: str
    actions: list[str]
    opened_at: datetime
    due: datetime | None
    overdue: bool
    claimed_by: str | None
    data: dict[str, Json]


class WorkList(BaseModel):
    """A page of a work list."""

    items: list[Work]
    next: str | None = None


@router.get("/tasks", operation_id="list_tasks", response_model=WorkList)
async def list_tasks(
    who: CallerOf,
    shared: ServicesOf,
    mine: Annotated[bool, Query(description="Only what the caller himself may act on now.")] = True,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> WorkList:
    """What waits for the caller: his own, his pools', his roles'; the earliest due first."""
    raise NotImplementedError


@router.post("/tasks/{workflow}/{task}/claim", operation_id="claim_task", response_model=View, responses=ANSWERS)
async def claim(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Take a task that several may do: the others see who has it."""
    return (await perform(call, workflow, task, "claim")).response()


@router.post(
    "/tasks/{workflow}/{task}/release", operation_id="release_task", response_model=View, responses=ANSWERS
)
async def release(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Give a claimed task back."""
    return (await perform(call, workflow, task, "release")).response()


@router.post("/tasks/{workflow}/{task}/retry", operation_id="retry_effect", response_model=View, responses=ANSWERS)
async def retry(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Have an action that could not be done tried again."""
    return (await perform(call, workflow, task, "retry")).response()


@router.post(
    "/tasks/{workflow}/{task}/write_off",
    operation_id="write_off_effect",
    response_model=View,
    responses=ANSWERS,
)
async def write_off(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Say that what could not be undone was dealt with by hand."""
    return (await perform(call, workflow, task, "write_off")).response()


@router.post(
    "/tasks/{workflow}/{task}/alarm/acknowledge",
    operation_id="acknowledge_alarm",
    response_model=View,
    responses=ANSWERS,
)
async def acknowledge(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Take note of an alarm: a step did not end well."""
    return (await perform(call, workflow, task, "acknowledge")).response()
