"""Who answers for how consultations go: pause, resume, skip, another deadline, another doctor, another's task.

Every one has a reason, a code of the clinic's own, which stands in the history.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from api.acts import ANSWERS, CallOf, perform
from api.colleagues import colleague, employee
from api.problems import Problem
from api.states import Case, TaskId, WorkflowId
from domain.base import Code, Json
from pathways.core.changing import Assign, Deadline, Skip
from pathways.core.doctors import Reassign
from pathways.core.pausing import PauseBody
from pathways.view import View
from records.database import Session

router = APIRouter(tags=["oversight"])

PAUSE = {"reason": "patient_travels", "until": "2026-10-05T09:00:00+03:00"}
SKIP = {"step": "nps", "reason": "asked_by_phone"}
DEADLINE = {"step": "form", "until": "2026-10-05T09:00:00+03:00", "reason": "patient_asked"}


class ReassignBody(BaseModel):
    """The other doctor, and why; his pools are the record's to say."""

    doctor: str = Field(min_length=1, max_length=64)
    reason: Code


class AssignBody(BaseModel):
    """Whose the task is from now on, and why."""

    to: str = Field(min_length=1, max_length=64)
    reason: Code


@router.post(
    "/consultations/{workflow}/pause", operation_id="pause_consultation", response_model=View, responses=ANSWERS
)
async def pause(call: CallOf, workflow: WorkflowId, body: Annotated[PauseBody, Body(examples=[PAUSE])]) -> Response:
    """Hold a consultation back until a moment: its deadlines rest. A call for help is heard all the same."""
    return (await perform(call, workflow, None, "pause", body)).response()


@router.post(
    "/consultations/{workflow}/resume", operation_id="resume_consultation", response_model=View, responses=ANSWERS
)
async def resume(call: CallOf, workflow: WorkflowId) -> Response:
    """Let a paused consultation go on before its time."""
    return (await perform(call, workflow, None, "resume")).response()


@router.post("/consultations/{workflow}/skip", operation_id="skip_step", response_model=View, responses=ANSWERS)
async def skip(call: CallOf, workflow: WorkflowId, body: Annotated[Skip, Body(examples=[SKIP])]) -> Response:
    """Pass an open step by, where its kind may be skipped and nothing later reads it."""
    return (await perform(call, workflow, None, "skip", body)).response()


@router.post(
    "/consultations/{workflow}/deadline", operation_id="change_deadline", response_model=View, responses=ANSWERS
)
async def deadline(
    call: CallOf, workflow: WorkflowId, body: Annotated[Deadline, Body(examples=[DEADLINE])]
) -> Response:
    """Give an open step another deadline; its tasks are due by then."""
    return (await perform(call, workflow, None, "change_deadline", body)).response()


@router.post(
    "/consultations/{workflow}/reassign", operation_id="reassign_doctor", response_model=View, responses=ANSWERS
)
async def reassign(
    call: CallOf,
    workflow: WorkflowId,
    body: Annotated[ReassignBody, Body(examples=[{"doctor": "p-colleague", "reason": "doctor_ill"}])],
) -> Response:
    """Give a consultation another doctor before the meeting; afterwards only its doctor hands it over."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        found = await colleague(session, case, body.doctor)
        act = Reassign(doctor=found.person, pools=tuple(sorted(found.pools)), reason=body.reason)
        return act.model_dump(mode="json")

    return (await perform(call, workflow, None, "reassign", body, prepare=prepare)).response()


@router.post("/tasks/{workflow}/{task}/assign", operation_id="assign_task", response_model=View, responses=ANSWERS)
async def assign(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[AssignBody, Body(examples=[{"to": "p-colleague", "reason": "absent"}])],
) -> Response:
    """Give a shared task to one of those it is shown to, whoever has it now."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        found = case.state.tasks.get(task)
        if found is None:
            raise Problem("no_such_task")
        if not found.shown_to(await employee(session, case, body.to)):
            raise Problem("not_their_task")
        return Assign(to=body.to, reason=body.reason).model_dump(mode="json")

    return (await perform(call, workflow, task, "assign", body, prepare=prepare)).response()
