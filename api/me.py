"""The person behind the token: for whom he may act here, and who saw what of him."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.audit_words import GUESTS, words_of
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.states import audited, write_audit
from domain.base import Code
from pathways.words import ROLES
from records import access_log, people
from records.access_log import Access

router = APIRouter(tags=["me"])


class AccessLine(BaseModel):
    """One look or deed. ``who`` tells whose it was; an employee by name, role and in the words of ``what``."""

    at: datetime
    who: Literal["own", "representative", "employee", "guest", "other"]
    name: str | None
    role: str | None
    action: Code
    what: str


class AccessLog(BaseModel):
    """A page of the log, newest first."""

    items: list[AccessLine]
    next: str | None


@router.get("/me/patients", operation_id="list_my_patients")
async def list_my_patients(who: CallerOf, shared: ServicesOf) -> list[people.PatientOf]:
    """Whom the caller may act for: himself first. Name one in ``Carepath-Patient`` with each request for him."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        found = await people.patients_of(session, who.actor.person, await shared.today(session))
        await write_audit(session, who, "patients.list", *(item.patient for item in found))
    return found


@router.get("/me/access-log", operation_id="get_access_log")
async def get_access_log(
    who: CallerOf,
    shared: ServicesOf,
    others: Annotated[bool, Query(description="Leave out what the patient did himself.")] = False,
    cursor: Annotated[str | None, Query(max_length=512, description="``next`` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AccessLog:
    """Who saw or did what of the patient, newest first."""
    patient = who.actor.patient
    if patient is None:
        raise Problem("patient_needed")
    async with audited(shared, who, "log.read", patient) as session:
        page = await access_log.of_patient(session, patient, others=others, cursor=cursor, limit=limit)
    return AccessLog(items=[line_of(row, who.language) for row in page.items], next=page.next)


def line_of(row: Access, language: str) -> AccessLine:
    """A row in words: an employee's first role names him, as he is known in the clinic."""
    known = ROLES[row.roles[0]] if row.roles else GUESTS.get(row.guest or "")
    return AccessLine(
        at=row.at,
        who=row.whose,
        name=row.name,
        role=None if known is None else known.in_(language),
        action=row.action,
        what=words_of(row.action).in_(language),
    )
