"""A laboratory over plain HTTP."""

from datetime import datetime
from typing import Literal

import httpx
from pydantic import Field

from domain.acts import Fact
from domain.base import Json
from integrations.http import Answer, PartnerHttp, segment
from integrations.webhook import PLAIN, Notice, fact, read
from ports.labs import LabResult, Observation
from runtime.settings import Partner


class _Order(Answer):
    order: str


class _Orders(Answer):
    items: tuple[_Order, ...]


class _Cancelled(Answer):
    cancelled: bool


class _Observation(Answer):
    code: str
    name: str
    value: str
    unit: str = ""
    low: str | None = None
    high: str | None = None
    flag: Literal["", "L", "H", "LL", "HH", "A", "AA"] = ""


class _Result(Answer):
    id: str
    order: str
    status: Literal["none", "partial", "final"]
    patient_number: str
    birth_date: str
    at: datetime | None = None
    observations: tuple[_Observation, ...] = ()


class _Notice(Notice):
    order: str = Field(min_length=1, max_length=200, pattern=PLAIN)


EVENTS = frozenset({"material_taken", "result", "refused"})


class HttpLabs:
    """Port `Labs` of one partner."""

    def __init__(self, partner: Partner, client: httpx.AsyncClient) -> None:
        self._partner = partner
        self._http = PartnerHttp(partner, client)

    async def place(self, key: str, reference: str, order: dict[str, Json]) -> str:
        """Place an order; the laboratory's number."""
        return (await self._http.send("/orders", {"reference": reference, "order": order}, _Order, key=key)).order

    async def find(self, key: str) -> str | None:
        """The number of an order placed with this key."""
        found = await self._http.ask("/orders", _Orders, {"key": key})
        return found.items[0].order if found.items else None

    async def cancel(self, key: str, order: str) -> bool:
        """Ask to drop an order; False when it is too late."""
        return (await self._http.send(f"/orders/{segment(order)}/cancel", {}, _Cancelled, key=key)).cancelled

    async def results(self, order: str) -> LabResult:
        """The results as they stand."""
        said = await self._http.ask(f"/orders/{segment(order)}/results", _Result)
        return LabResult(
            **said.model_dump(exclude={"observations"}),
            observations=tuple(Observation(**o.model_dump()) for o in said.observations),
        )

    def facts(self, headers: dict[str, str], body: bytes) -> list[tuple[str, Fact]]:
        """Verify a notice and read it: a hint that something is there, never the values themselves."""
        notice = read(self._partner, headers, body, _Notice)
        if notice.event not in EVENTS:
            return []
        return fact("labs", notice, {"event": notice.event, "order": notice.order})
