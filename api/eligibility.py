"""Eligibility: a registrar's decision on papers, and other decisions of the staff."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from api.acts import ANSWERS, CallOf, perform
from api.problems import Problem
from api.states import Case, TaskId, WorkflowId
from domain.base import Code, Json
from domain.effects.eligibility import Proof
from domain.tasks import Task
from pathways.kinds.task import Decide
from pathways.view import View
from records import evidence
from records.database import Session

router = APIRouter(tags=["eligibility"])


class VisitPaper(BaseModel):
    """An in-person visit as it stands on paper, seen by the registrar."""

    doctor: str | None = Field(
        None, pattern=r"^p-[a-z0-9-]{1,64}$", description="Person id of the doctor, where he works here."
    )
    diagnosis: str = Field(pattern=r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?$", description="МКБ-10.", examples=["I10"])
    on: date


class Decision(BaseModel):
    """One of the task's choices; with ``paper`` where the task gives evidence and the choice is the good one."""

    choice: Code
    paper: VisitPaper | None = None


def must_give_evidence(case: Case, task: Task, body: Decision) -> None:
    """Evidence counts from the moment it stands in the record: what the act would refuse must not come to stand there.

    Raises:
        Problem: ``not_yours``, ``evidence_not_asked``, ``bad_evidence``.
    """
    if case.caller.actor.patient is not None:
        raise Problem("not_yours")
    if task.data.get("gives") != "evidence" or body.choice != task.data["choices"][0]:
        raise Problem("evidence_not_asked")
    if body.paper is not None and body.paper.on > case.today:
        raise Problem("bad_evidence")


@router.post("/tasks/{workflow}/{task}/task/decide", operation_id="decide_task", response_model=View, responses=ANSWERS)
async def decide(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[
        Decision,
        Body(examples=[{"choice": "confirmed", "paper": {"diagnosis": "I10", "on": "2026-10-02"}}]),
    ],
) -> Response:
    """Take the decision. The evidence is written first, the act names it."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        found = case.task(task)
        if not found.admits(call.caller.actor):
            raise Problem("not_yours")
        proof = None
        if body.paper is not None:
            must_give_evidence(case, found, body)
            proof = Proof(
                evidence=call.id("ev"),
                doctor=body.paper.doctor,
                diagnosis=body.paper.diagnosis,
                on=body.paper.on,
                source="papers",
            )
            by = call.caller.actor.person
            speciality = case.pathway.speciality
            await evidence.add(session, case.state.patient, speciality, [proof], by, case.now)
        return Decide(choice=body.choice, evidence=proof).model_dump(mode="json")

    return (await perform(call, workflow, task, "decide", body, prepare=prepare)).response()
