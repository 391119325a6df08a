"""A medical information system over plain HTTP. The patient's number never stands in a URL."""

from datetime import date, datetime

import httpx
from pydantic import AwareDatetime, Field

from integrations.http import Answer, Nothing, PartnerHttp, segment
from ports.mis import Booking, Slot, Visit
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


class _Slot(Answer):
    id: str = Field(min_length=1)
    doctor: str = Field(min_length=1)
    starts: AwareDatetime
    ends: AwareDatetime


class _Slots(Answer):
    items: tuple[_Slot, ...]


class _Booking(Answer):
    reference: str = Field(min_length=1)
    slot: _Slot
    cancelled: bool = False


class _Bookings(Answer):
    items: tuple[_Booking, ...]


def _slot(said: _Slot) -> Slot:
    return Slot(**said.model_dump())


def _booking(said: _Booking) -> Booking:
    return Booking(reference=said.reference, slot=_slot(said.slot), given_back=said.cancelled)


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

    async def slots(self, pool: str, since: datetime, until: datetime) -> list[Slot]:
        """Free times of a pool that begin in a period, earliest first."""
        body = {"pool": pool, "since": since.isoformat(), "until": until.isoformat()}
        found = await self._http.send("/slots/search", body, _Slots, harmless=True)
        # Whatever the other side returned, what was not asked for is not offered.
        fitting = [slot for slot in found.items if since <= slot.starts < until]
        return [_slot(slot) for slot in sorted(fitting, key=lambda slot: (slot.starts, slot.id))]

    async def book(self, key: str, slot: str, patient_number: str) -> Booking:
        """Take a free time, once a key."""
        body = {"slot": slot, "patient_number": patient_number}
        return _booking(await self._http.send("/bookings", body, _Booking, key=key))

    async def find_booking(self, key: str) -> Booking | None:
        """The booking made with this key, given back or not."""
        found = await self._http.ask("/bookings", _Bookings, {"key": key})
        return _booking(found.items[0]) if found.items else None

    async def cancel_booking(self, reference: str) -> None:
        """Give the time back; a booking is given back once, so its reference is key enough."""
        await self._http.send(f"/bookings/{segment(reference)}/cancel", {}, Nothing, key=f"{reference}:cancel")
