"""Work lists: what waits for the caller, and taking or giving back what several may do."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.acts import ANSWERS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.states import TaskId, WorkflowId, write_audit
from pathways.view import View
from records import tasks

router = APIRouter(tags=["tasks"])


class WorkList(BaseModel):
    """A page of a work list, with the numbers for a badge."""

    items: list[tasks.OpenTask]
    next: str | None
    counts: tasks.Counts


@router.get("/tasks", operation_id="list_tasks")
async def list_tasks(
    who: CallerOf,
    shared: ServicesOf,
    scope: Annotated[
        tasks.Scope, Query(description="mine: claimed or mine by name; shared: my roles' and pools'; overdue.")
    ] = "all",
    mine: Annotated[str | None, Query(max_length=5, description="The same as scope=mine.")] = None,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> WorkList:
    """What waits for the caller: his own, his pools', his roles'; the most urgent first."""
    wanted: tasks.Scope = scope if mine in (None, "false", "0") else "mine"
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        now = await shared.now(session)
        page = await tasks.list_for(session, who.actor, wanted, now, cursor=cursor, limit=limit)
        counts = await tasks.count_for(session, who.actor, now)
        await write_audit(session, who, "tasks.list", *(item.patient for item in page.items))
    return WorkList(items=list(page.items), next=page.next, counts=counts)


@router.post("/tasks/{workflow}/{task}/claim", operation_id="claim_task", response_model=View, responses=ANSWERS)
async def claim(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Take a task that several may do: the others see who has it."""
    return (await perform(call, workflow, task, "claim")).response()


@router.post("/tasks/{workflow}/{task}/release", operation_id="release_task", response_model=View, responses=ANSWERS)
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
