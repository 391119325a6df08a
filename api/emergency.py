"""Emergencies: who is called back, taking the call, and the named person's record that ends it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from api.acts import ANSWERS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.states import Case, TaskId, WorkflowId, open_case
from domain.base import Json
from domain.people import Owner
from domain.tasks import Task
from pathways.core.emergency import Record
from pathways.view import View
from records import content, people, staff
from records.database import Session
from records.people import Patient

router = APIRouter(tags=["emergency"])

KIND = "emergency"


class CallBack(BaseModel):
    """Whom to call, and where he is: as he said himself on the form's first page.

    Where he has not said a phone yet, it is the one that he, or who acts for him, logs in with.
    """

    patient: str
    family_name: str
    given_name: str
    flag: str
    callback_phone: Json = None
    phone_from: Literal["form", "login"] | None = Field(
        None, description="Where the phone is from: said on the form, or the one logged in with; null without a phone."
    )
    present_address: Json = None


class RecordBody(BaseModel):
    """What was done: ``real`` ends the consultation, after ``false_alarm`` it goes on."""

    verdict: Literal["real", "false_alarm"]
    text: str = Field(min_length=1, max_length=20_000)


def call_back_of(case: Case, task: str) -> Task:
    """The call back task.

    Raises:
        Problem: ``no_such_task``.
    """
    found = case.task(task)
    if found.name != "call_back":
        raise Problem("no_such_task")
    return found


async def login_phone(session: Session, case: Case, patient: Patient) -> str | None:
    """The phone the patient logs in with, else that of one who may act for him."""
    reached = await staff.contacts(session, Owner(patient=patient.id), case.today)
    phones = {contact.person: contact.phone for contact in reached}
    return next((phones[who] for who in (patient.person, *phones) if who in phones), None)


@router.get("/tasks/{workflow}/{task}/emergency/contact", operation_id="get_callback")
async def contact(who: CallerOf, shared: ServicesOf, workflow: WorkflowId, task: TaskId) -> CallBack:
    """Whom to call back and where he is now."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "emergency.contact", task=task)
        found = call_back_of(case, task)
        patient = await people.patient(session, case.state.patient)
        address = found.data.get("address") or case.state.address
        written = await content.read(session, address["content"], address["sha256"]) if address else None
        if patient is None:
            raise Problem("not_found")
        said = written.body if written else {}
        on_form = said.get("callback_phone")
        phone = on_form or await login_phone(session, case, patient)
    return CallBack(
        patient=patient.id,
        family_name=patient.family_name,
        given_name=patient.given_name,
        flag=str(found.data.get("flag", "")),
        callback_phone=phone,
        phone_from="form" if on_form else "login" if phone else None,
        present_address=said.get("present_address"),
    )


@router.post(
    "/tasks/{workflow}/{task}/emergency/acknowledge",
    operation_id="acknowledge_emergency",
    response_model=View,
    responses=ANSWERS,
)
async def acknowledge(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Take the call back; the ringing stops."""
    return (await perform(call, workflow, task, "acknowledge")).response()


@router.post(
    "/tasks/{workflow}/{task}/emergency/record",
    operation_id="record_emergency",
    response_model=View,
    responses=ANSWERS,
)
async def record(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[RecordBody, Body(examples=[{"verdict": "real", "text": "Вызвана бригада 103, пациент на связи."}])],
) -> Response:
    """Write what was done; only this ends the emergency."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        call_back_of(case, task)
        kept = await content.write(
            session,
            KIND,
            case.state.consultation,
            workflow,
            task,
            call.caller.actor.person,
            {"text": body.text, "verdict": body.verdict},
            case.now,
            id=call.id("ct"),
        )
        return Record(content=kept.id, sha256=kept.sha256, verdict=body.verdict).model_dump(mode="json")

    return (await perform(call, workflow, task, "record", body, prepare=prepare)).response()
