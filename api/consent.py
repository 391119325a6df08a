"""Consents: the exact pinned texts, accepted or declined; and those the patient has given."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from api.acts import ANSWERS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.services import Services
from api.states import Case, TaskId, WorkflowId, audited, open_case
from domain.base import Json
from pathways.core.own import Withdraw
from pathways.kinds.consent import Accept
from pathways.view import View
from records import consents, consultations
from records.database import Session

router = APIRouter(tags=["consent"])

EVERYTHING = "intervention"
"""The purpose without which a consultation ends."""


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


class WithdrawBody(BaseModel):
    """The consent by its id; what it was for is the document's to say."""

    consent: str = Field(min_length=1, max_length=64)


@router.post(
    "/consultations/{workflow}/withdraw", operation_id="withdraw_consent", response_model=View, responses=ANSWERS
)
async def withdraw(
    call: CallOf, workflow: WorkflowId, body: Annotated[WithdrawBody, Body(examples=[{"consent": "cs-1"}])]
) -> Response:
    """Take a consent back. It acts at once: what it permitted stops, or the consultation ends by wish."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        given = await consents.list_for(session, case.state.patient)
        found = next((consent for consent in given if consent.id == body.consent), None)
        if call.caller.actor.patient != case.state.patient or found is None:
            raise Problem("not_found")
        act = Withdraw(consent=found.id, purpose=await purpose_of(call.shared, session, case, found))
        await consents.withdraw(session, found.id, call.caller.actor.person, case.now)
        return act.model_dump(mode="json")

    return (await perform(call, workflow, None, "withdraw", body, prepare=prepare)).response()


async def purpose_of(shared: Services, session: Session, case: Case, given: consents.Consent) -> str:
    """What a consent was for, as its document says in the pathway it was given in, else in this one.

    A document that neither knows is taken for one without which nothing goes on.
    """
    pathway = case.pathway
    if given.consultation != case.state.consultation:
        origin = await consultations.get(session, given.consultation)
        pathway = pathway if origin is None else await shared.pathway(session, origin.pathway)
    for known in (pathway, case.pathway):
        pinned = known.consents.get(given.document)
        if pinned is not None and pinned.sha256 == given.sha256:
            return str(pinned.content.get("purpose", EVERYTHING))
    return EVERYTHING


@router.get("/tasks/{workflow}/{task}/consent/texts", operation_id="get_consent_texts")
async def texts(who: CallerOf, shared: ServicesOf, workflow: WorkflowId, task: TaskId) -> list[ConsentText]:
    """The texts that wait for this person's consent."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "consent.texts", task=task)
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
        Accept, Body(examples=[{"documents": [{"id": "intervention", "version": 1, "sha256": "9f86d081" * 8}]}])
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
    """Decline the consents: the consultation ends."""
    return (await perform(call, workflow, task, "decline")).response()
