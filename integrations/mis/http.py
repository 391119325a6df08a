"""A medical information system over plain HTTP. The patient's number never stands in a URL."""

from datetime import date

import httpx

from integrations.http import Answer, PartnerHttp
from ports.mis import Visit
from runtime.settings import Partner


class _Visit(Answer):
    id: str
    doctor: str | None = None
    diagnosis: str
    on: date
    speciality: str


class _Visits(Answer):
    items: tuple[_Visit, ...]


class _Request(Answer):
    reference: str


class _Requests(Answer):
    items: tuple[_Request, ...]


class HttpMis:
    """Port `Mis`."""

    def __init__(self, partner: Partner, client: httpx.AsyncClient) -> None:
        self._http = PartnerHttp(partner, client)

    async def visits(self, patient_number: str, speciality: str, since: date) -> list[Visit]:
        """In-person visits since a day, newest first."""
        body = {"patient_number": patient_number, "speciality": speciality, "since": since.isoformat()}
        found = await self._http.send("/visits/search", body, _Visits, harmless=True)
        # Whatever the other side returned, what was not asked for is no evidence.
        fitting = [v for v in found.items if v.speciality == speciality and v.on >= since]
        return [Visit(**v.model_dump()) for v in sorted(fitting, key=lambda v: v.on, reverse=True)]

    async def request_visit(self, key: str, patient_number: str, to: str) -> str:
        """Ask for an in-person visit."""
        body = {"patient_number": patient_number, "to": to}
        return (await self._http.send("/visit-requests", body, _Request, key=key)).reference

    async def find_visit(self, key: str) -> str | None:
        """The reference of a request with this key."""
        found = await self._http.ask("/visit-requests", _Requests, {"key": key})
        return found.items[0].reference if found.items else None
