"""The clinic's medical information system."""

from datetime import date
from typing import Protocol

from domain.base import Value


class Visit(Value):
    """An in-person visit on record in the MIS: the evidence of the gate. ``doctor`` is our person id, if known."""

    id: str
    doctor: str | None
    diagnosis: str
    on: date
    speciality: str


class Mis(Protocol):
    """A MIS, asked by the patient's number in it."""

    async def visits(self, patient_number: str, speciality: str, since: date) -> list[Visit]:
        """In-person visits of a speciality since a day, newest first."""

    async def request_visit(self, key: str, patient_number: str, to: str) -> str:
        """Ask for an in-person visit to be booked; the MIS's reference."""

    async def find_visit(self, key: str) -> str | None:
        """The reference of a request with this key."""
