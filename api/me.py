"""The person behind the token: for whom he may act here."""

from fastapi import APIRouter

from api.caller import CallerOf, ServicesOf
from api.states import write_audit
from records import people

router = APIRouter(tags=["me"])


@router.get("/me/patients", operation_id="list_my_patients")
async def list_my_patients(who: CallerOf, shared: ServicesOf) -> list[people.PatientOf]:
    """Whom the caller may act for: himself first. Name one in ``Carepath-Patient`` with each request for him."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        found = await people.patients_of(session, who.actor.person, await shared.today(session))
        await write_audit(session, who, "patients.list", *(item.patient for item in found))
    return found
