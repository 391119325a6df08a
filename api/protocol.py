"""Protocol: the doctor's draft saves itself; submitting computes the facts the law judges."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from api.acts import ANSWERS, CallOf, perform
from api.bodies import Sound
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.states import Case, TaskId, WorkflowId, open_case
from domain.base import Json
from domain.protocol import ProtocolContent, protocol_facts
from pathways.kinds.protocol import Facts, Submit
from pathways.view import View
from records import content, staff
from records.database import Session

router = APIRouter(tags=["protocol"])

KIND = "protocol"
EXAMPLE = {
    "visit": "repeat",
    "complaints": "Повышение давления по утрам до 150/95.",
    "history": "Гипертоническая болезнь, лечение назначено очно.",
    "diagnosis": [{"kind": "main", "code": "I10", "wording": "Гипертоническая болезнь II стадии"}],
    "treatment": {"change": "correct", "text": "Бисопролол 5 мг утром."},
    "recommendations": "Контроль давления дважды в день.",
    "orders": [{"code": "1033425", "name": "Креатинин"}],
}


class ProtocolDraft(BaseModel):
    """What the doctor has written so far; unfinished is fine."""

    body: Sound = Field(max_length=100)


class DraftSaved(BaseModel):
    """A kept draft."""

    sha256: str
    at: datetime


class HandedDraft(BaseModel):
    """What the doctor wrote from whom this protocol was taken over: to read, and to take words from."""

    body: dict[str, Json]
    at: datetime
    author: str
    author_name: str | None


class ProtocolDraftOut(BaseModel):
    """The last draft, None when nothing was written yet; ``handed`` is the former doctor's, which stays his."""

    body: dict[str, Json] | None
    sha256: str | None = None
    at: datetime | None = None
    handed: HandedDraft | None = None


def must_own(case: Case, task: str) -> None:
    """Only who must write it writes it; an escalation widens the view, not the pen.

    Raises:
        Problem: ``no_such_task`` or ``not_yours``.
    """
    if not case.task(task).owner.admits(case.caller.actor):
        raise Problem("not_yours")


@router.get("/tasks/{workflow}/{task}/protocol/draft", operation_id="get_protocol_draft")
async def get_draft(who: CallerOf, shared: ServicesOf, workflow: WorkflowId, task: TaskId) -> ProtocolDraftOut:
    """The doctor's last draft of this protocol, and that of the doctor he took it over from."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "protocol.draft", task=task)
        must_own(case, task)
        found = await content.latest_draft(session, workflow, task, who.actor.person)
        handed = await handed_to(session, workflow, task, who.actor.person)
    if found is None:
        return ProtocolDraftOut(body=None, handed=handed)
    return ProtocolDraftOut(body=found.body, sha256=found.sha256, at=found.at, handed=handed)


async def handed_to(session: Session, workflow: str, task: str, doctor: str) -> HandedDraft | None:
    """The draft that came with the duty: only its owner drafts a protocol, so another's is a former owner's."""
    found = await content.handed_draft(session, workflow, task, doctor)
    if found is None:
        return None
    names = await staff.names(session, {found.author})
    return HandedDraft(body=found.body, at=found.at, author=found.author, author_name=names.get(found.author))


@router.put("/tasks/{workflow}/{task}/protocol/draft", operation_id="save_protocol_draft")
async def save_draft(
    who: CallerOf,
    shared: ServicesOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[ProtocolDraft, Body(examples=[{"body": {"complaints": "Повышение давления"}}])],
) -> DraftSaved:
    """Save the draft of the protocol. Nothing of it is decided on."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "protocol.autosave", task=task)
        must_own(case, task)
        kept = await content.write(
            session,
            KIND,
            case.state.consultation,
            workflow,
            task,
            who.actor.person,
            body.body,
            case.now,
            draft=True,
        )
    return DraftSaved(sha256=kept.sha256, at=kept.at)


@router.post(
    "/tasks/{workflow}/{task}/protocol/submit",
    operation_id="submit_protocol",
    response_model=View,
    responses=ANSWERS,
)
async def submit(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[ProtocolContent, Body(examples=[EXAMPLE])],
) -> Response:
    """Submit the protocol. What goes beyond the lawful level is refused, with the article."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        must_own(case, task)
        kept = await content.write(
            session,
            KIND,
            case.state.consultation,
            workflow,
            task,
            call.caller.actor.person,
            body.model_dump(mode="json"),
            case.now,
            id=call.id("ct"),
        )
        facts = Facts.model_validate(protocol_facts(body).model_dump())
        return Submit(content=kept.id, sha256=kept.sha256, facts=facts).model_dump(mode="json")

    return (await perform(call, workflow, task, "submit", body, prepare=prepare)).response()
