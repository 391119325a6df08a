"""Consents: the exact pinned texts, accepted or declined; and those the patient has given."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel

from api.acts import ANSWERS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.states import TaskId, WorkflowId, audited, open_case
from domain.base import Json
from pathways.kinds.consent import Accept
from pathways.view import View
from records import consents

router = APIRouter(tags=["consent"])


class ConsentText(BaseModel):
    """A document as it was pinned when the pathway was published: what is accepted is exactly this."""

    id: str
    version: int
    sha256: str
    content: dict[str, Json]


@router.get("/consents", operation_id="list_consents")
async def list_consents(who: CallerOf, shared: ServicesOf) -> list[consents.Consent]:
    """The consents the patient has given, withdrawn ones too."""
    patient = who.actor.patient
    if patient is None:
        raise Problem("patient_needed")
    async with audited(shared, who, "consents.list", patient) as session:
        return await consents.list_for(session, patient)


@router.get("/tasks/{workflow}/{task}/consent/texts", operation_id="get_consent_texts")
async def texts(who: CallerOf, shared: ServicesOf, workflow: WorkflowId, task: TaskId) -> list[ConsentText]:
    """The texts that wait for this person's consent."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "consent.texts")
    shown = case.task(task).data.get("documents", ())
    found = [case.pathway.consents[document["id"]] for document in shown]
    return [ConsentText(id=p.id, version=p.version, sha256=p.sha256, content=p.content) for p in found]


@router.post(
    "/tasks/{workflow}/{task}/consent/accept",
    operation_id="accept_consents",
    response_model=View,
    responses=ANSWERS,
)
async def accept(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[
        Accept, Body(examples=[{"documents": [{"id": "intervention", "version": 2, "sha256": "9f86d081" * 8}]}])
    ],
) -> Response:
    """Accept exactly the documents shown, each by id, version and digest."""
    return (await perform(call, workflow, task, "accept", body)).response()


@router.post(
    "/tasks/{workflow}/{task}/consent/decline",
    operation_id="decline_consents",
    response_model=View,
    responses=ANSWERS,
)
async def decline(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Not agree: the consultation ends."""
    return (await perform(call, workflow, task, "decline")).response()
