"""Consultations: begin, look, watch, cancel, call for help."""

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from api.access import concerned, reads_clinical
from api.acts import ANSWERS, Call, CallOf, perform
from api.caller import CallerOf, ServicesOf, again
from api.keys import body_digest
from api.problems import Problem
from api.states import Case, WorkflowId, open_case, state_of, write_audit
from api.streams import LastEvent, snapshots, stream
from domain.base import Code, Json
from domain.pathway import Pathway
from domain.state import ConsultationState, Start, Status
from pathways.view import View
from ports.consultations import NotConfirmed
from records import catalogue, clock, consultations, people, requests
from records.database import Session
from records.pages import Page

router = APIRouter(tags=["consultations"])

Cursor = Annotated[str | None, Query(max_length=512, description="``next`` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]


class Begin(BaseModel):
    """What to begin."""

    pathway: Code = Field(description="One of /pathways: its latest version is begun, and kept to the end.")


@router.post(
    "/consultations", operation_id="start_consultation", status_code=201, response_model=View, responses=ANSWERS
)
async def start(call: CallOf, body: Annotated[Begin, Body(examples=[{"pathway": "therapist-follow-up"}])]) -> Response:
    """Begin a consultation of the patient named in ``Carepath-Patient``; the same key is the same consultation."""
    shared, actor = call.shared, call.caller.actor
    digest = body_digest(body.model_dump(mode="json"))
    async with shared.wiring.database.clinic(actor.clinic) as session:
        try:
            begun = await requests.recall(session, call.begun, digest)
            known = None if begun is None else await requests.recall(session, call.hash, digest)
        except requests.KeyReused:
            raise Problem("key_reused") from None
        if known is not None:
            return JSONResponse(known.body, known.status, known.headers)
        if begun is None:
            state = await first_state(call, session, body.pathway)
            row = requests.Recorded(status=202, body=state.model_dump(mode="json"))
            await requests.remember(session, call.begun, digest, row, datetime.now(UTC))
        else:
            state = ConsultationState.model_validate(begun.body)
        pathway = await shared.pathway(session, state.pathway)
    await shared.wiring.consultations.start(Start(state=state, compiled=pathway, continue_always=continues(call)))
    with suppress(NotConfirmed):  # The server has it, though no worker may have opened its first step yet.
        state = await shared.wiring.consultations.state(state.workflow)
    view = Case(state, pathway, call.caller).view()
    answer = requests.Recorded(
        status=201,
        body=view.model_dump(mode="json"),
        headers={"Location": f"/consultations/{state.workflow}", "Cache-Control": "no-store"},
    )
    async with shared.wiring.database.clinic(actor.clinic) as session:
        answer = await requests.remember(session, call.hash, digest, answer, datetime.now(UTC))
    return JSONResponse(answer.body, answer.status, answer.headers)


def continues(call: Call) -> bool:
    """The test setting: continue as new at every quiet moment."""
    return call.shared.wiring.settings.continue_always


async def first_state(call: Call, session: Session, code: str) -> ConsultationState:
    """The state a consultation begins with: nothing opened yet."""
    actor = call.caller.actor
    if actor.patient is None:
        raise Problem("patient_needed")
    patient = await people.patient(session, actor.patient)
    pathway = await catalogue.latest(session, code)
    if patient is None or pathway is None:
        raise Problem("no_such_pathway")
    moves = await clock.get(session)
    now = moves.now(datetime.now(UTC))
    must_fit(pathway, patient.birth_date, now.date())
    id_ = call.id("c")
    await write_audit(session, call.caller, "consultation.start", actor.patient, id_)
    return ConsultationState(
        workflow=id_,
        consultation=id_,
        clinic=actor.clinic,
        patient=actor.patient,
        language=call.caller.language,
        zone=patient.zone,
        pathway=pathway.digest,
        started_at=now,
        clock=moves,
    )


def must_fit(pathway: Pathway, born: date, on: date) -> None:
    """The pathway is for patients of this age.

    Raises:
        Problem: ``patient_age``.
    """
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    least, most = pathway.people.patient_age
    if age < least or (most is not None and age > most):
        raise Problem("patient_age")


@router.get("/consultations", operation_id="list_consultations")
async def list_consultations(
    who: CallerOf,
    shared: ServicesOf,
    status: Status | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[consultations.Consultation]:
    """The consultations the caller is concerned with, newest first."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        page = await consultations.list_for(session, who.actor, status, cursor, limit)
        await write_audit(session, who, "consultations.list", *(item.patient for item in page.items))
    return page


@router.get("/consultations/{workflow}", operation_id="get_consultation")
async def get(who: CallerOf, shared: ServicesOf, workflow: WorkflowId) -> View:
    """The consultation as the caller sees it: stage, open tasks (who, what, until when), what he may do now."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        return (await open_case(shared, session, who, workflow, "consultation.read")).view()


@router.get("/consultations/{workflow}/timeline", operation_id="get_timeline")
async def timeline(who: CallerOf, shared: ServicesOf, workflow: WorkflowId) -> list[consultations.TimelineEntry]:
    """All that happened, oldest first: codes and ids. Which flag was raised, is for those who read what was said."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "consultation.timeline")
        lines = await consultations.timeline(session, case.state.consultation)
    return lines if reads_clinical(who.actor, case.state) else [without_symptoms(line) for line in lines]


def without_symptoms(line: consultations.TimelineEntry) -> consultations.TimelineEntry:
    """The line as the desk may see it: the code of a red flag names a symptom."""
    return line.model_copy(update={"detail": {k: v for k, v in line.detail.items() if k != "flag"}})


@router.get("/consultations/{workflow}/events", operation_id="watch_consultation", response_class=StreamingResponse)
async def watch(who: CallerOf, shared: ServicesOf, workflow: WorkflowId, last: LastEvent = None) -> StreamingResponse:
    """The consultation as a stream: every event is the whole view; until the token ends.

    Its id is ``<epoch>.<revision>``.
    """
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "consultation.watch")

    latest = case.state

    async def look() -> tuple[str, str, Json] | None:
        nonlocal latest
        now = await again(shared, who, "watch_consultation")
        if now is None:
            return None
        async with shared.wiring.database.clinic(who.actor.clinic) as session:
            state = await state_of(shared, session, workflow)
            pathway = await shared.pathway(session, state.pathway)
        if (state.epoch, state.revision) < (latest.epoch, latest.revision):
            state = latest  # The first look may have been at the run itself; the record follows.
        latest = state
        if not concerned(now.actor, state):
            return None
        view = Case(state, pathway, now).view()
        return f"{view.epoch}.{view.revision}", "view", view.model_dump(mode="json")

    topics = ((who.actor.clinic, f"consultation:{case.state.workflow}"),)
    return stream(snapshots(shared.hub, topics, look, who.bearer.expires_at, last))


@router.post(
    "/consultations/{workflow}/cancel", operation_id="cancel_consultation", response_model=View, responses=ANSWERS
)
async def cancel(call: CallOf, workflow: WorkflowId) -> Response:
    """End the consultation by wish; after the meeting this means 'finish'."""
    return (await perform(call, workflow, None, "cancel")).response()


@router.post(
    "/consultations/{workflow}/flag_emergency",
    operation_id="flag_emergency",
    response_model=View,
    responses=ANSWERS,
)
async def flag_emergency(call: CallOf, workflow: WorkflowId) -> Response:
    """Call for help: somebody is called back at once. Contact goes on."""
    return (await perform(call, workflow, None, "flag_emergency")).response()
