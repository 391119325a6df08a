"""The person behind the token: for whom he may act here."""

from fastapi import APIRouter

from api.caller import CallerOf, ServicesOf
from records import audit, people

router = APIRouter(tags=["me"])


@router.get("/me/patients", operation_id="list_my_patients")
async def list_my_patients(who: CallerOf, shared: ServicesOf) -> list[people.PatientOf]:
    """Whom the caller may act for: himself first. Name one of them in ``Carepath-Patient`` with every request."""
    raise NotImplementedError
