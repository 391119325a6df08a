"""The registry of medical documents over plain HTTP of the port's shape; the real РЭМД speaks SOAP."""

from base64 import b64encode
from typing import Literal

import httpx
from pydantic import Field

from domain.acts import Fact
from domain.base import Json
from integrations.http import Answer, PartnerHttp
from integrations.webhook import Notice, fact, read
from ports.registry import Registration
from runtime.settings import Partner


class _Request(Answer):
    request: str


class _Registration(Answer):
    status: Literal["pending", "registered", "rejected"]
    number: str | None = None
    errors: tuple[str, ...] = ()


class _Registrations(Answer):
    items: tuple[_Registration, ...]


class _Decision(Notice):
    local_uid: str | None = Field(default=None, max_length=200)
    number: str | None = None
    errors: tuple[str, ...] = ()


EVENTS = frozenset({"registered", "rejected"})


class HttpRegistry:
    """Port `Registry`. Errors are mnemonics as НСИ …99.2.305 spells them (``NO_SNILS``)."""

    def __init__(self, partner: Partner, client: httpx.AsyncClient) -> None:
        self._partner = partner
        self._http = PartnerHttp(partner, client)

    async def register(self, key: str, reference: str, metadata: dict[str, Json], signature: bytes) -> str:
        """Ask for registration; the answer only says that the request was taken."""
        body = {
            "reference": reference,
            "metadata": metadata,
            "signature": b64encode(signature).decode(),
        }
        return (await self._http.send("/documents", body, _Request, key=key)).request

    async def find(self, key: str) -> Registration | None:
        """What became of the document sent with this key."""
        found = await self._http.ask("/documents", _Registrations, {"key": key})
        return Registration(**found.items[0].model_dump()) if found.items else None

    def facts(self, headers: dict[str, str], body: bytes) -> list[tuple[str, Fact]]:
        """Verify a callback and read the decision."""
        notice = read(self._partner, headers, body, _Decision)
        if notice.event not in EVENTS:
            return []
        said: dict[str, Json] = {"event": notice.event, "number": notice.number, "errors": list(notice.errors)}
        return fact("registry", notice, said if notice.local_uid is None else {**said, "local_uid": notice.local_uid})
