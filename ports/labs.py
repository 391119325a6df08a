"""Laboratories: the clinic's partners, by code."""

from datetime import datetime
from typing import Literal, Protocol

from domain.acts import Fact
from domain.base import Json, Value


class Observation(Value):
    """One measured value. ``code`` is ФСЛИ (LOINC in brackets of the same row); ``flag`` HL7 v2-0078."""

    code: str
    name: str
    value: str
    unit: str = ""
    low: str | None = None
    high: str | None = None
    flag: Literal["", "L", "H", "LL", "HH", "A", "AA"] = ""


class LabResult(Value):
    """The laboratory's report of an order. Identity attributes are matched before it is kept."""

    id: str
    order: str
    status: Literal["none", "partial", "final"]
    patient_number: str
    birth_date: str
    at: datetime | None = None
    observations: tuple[Observation, ...] = ()


class Labs(Protocol):
    """One laboratory."""

    async def place(self, key: str, reference: str, order: dict[str, Json]) -> str:
        """Place an order; the laboratory's number. ``reference`` comes back in its notices.

        Raises:
            Refused: The laboratory will not take it; ``code`` says why.
        """

    async def find(self, key: str) -> str | None:
        """The number of an order placed with this key."""

    async def cancel(self, key: str, order: str) -> bool:
        """Ask to drop an order; False when it is too late."""

    async def results(self, order: str) -> LabResult:
        """The results as they stand."""

    def facts(self, headers: dict[str, str], body: bytes) -> list[tuple[str, Fact]]:
        """Verify a notice and read it. Fact bodies: ``{"event": "material_taken" | "result" | "refused", "order": N}``.

        Raises:
            Refused: The signature is wrong.
        """
