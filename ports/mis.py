"""The clinic's medical information system."""

from datetime import date, datetime
from typing import Protocol

from domain.base import Moment, Value


class Visit(Value):
    """An in-person visit on record in the MIS: the evidence of the gate. ``doctor`` is our person id, if known."""

    id: str
    doctor: str | None
    diagnosis: str
    on: date
    speciality: str


class Slot(Value):
    """A free time of a doctor of ours. ``doctor`` is our person id; ``id`` is the MIS's own."""

    id: str
    doctor: str
    starts: Moment
    ends: Moment


class Booking(Value):
    """A time taken for a patient; ``given_back`` once it was cancelled, by us or at the clinic's desk."""

    reference: str
    slot: Slot
    given_back: bool = False


NOT_TO_BE_HAD = frozenset({"slot_taken", "no_such_slot", "slot_over"})
"""Codes by which a MIS refuses a time that somebody has, that was withdrawn, or that has begun."""


class Mis(Protocol):
    """A MIS, asked by the patient's number in it."""

    async def visits(self, patient_number: str, speciality: str, since: date) -> list[Visit]:
        """In-person visits of a speciality since a day, newest first."""

    async def request_visit(self, key: str, patient_number: str, to: str) -> str:
        """Ask for an in-person visit to be booked; the MIS's reference."""

    async def find_visit(self, key: str) -> str | None:
        """The reference of a request with this key."""

    async def slots(self, pool: str, since: datetime, until: datetime) -> list[Slot]:
        """Free times of a pool's doctors that begin in a period, ``until`` not in it, earliest first.

        A clinic's calendar is read by people, so its times are domain times, as everywhere in the house.
        """

    async def book(self, key: str, slot: str, patient_number: str) -> Booking:
        """Take a free time; the same key again is the same booking.

        Raises:
            Refused: One of ``NOT_TO_BE_HAD``: this time is not to be had, another may be.
        """

    async def find_booking(self, key: str) -> Booking | None:
        """The booking made with this key, given back or not; None when there never was one."""

    async def cancel_booking(self, reference: str) -> None:
        """Give the time back; giving back one given back is fine."""
