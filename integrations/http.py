"""One HTTP call to a partner, its every failure told in the three words of ``ports``.

The mapping is the whole point: `Unavailable` only when surely nothing was done, `Refused` only when the other side
answered so, `Uncertain` for everything else. A call that changes nothing there (``harmless``) is never uncertain.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from ports import PortError, Refused, Unavailable, Uncertain
from runtime.settings import Partner

TIMEOUT = httpx.Timeout(5.0, connect=2.0, pool=2.0)
WHOLE = 10.0
"""Seconds for a whole call: a read timeout alone lets an answer drip forever."""
CODE = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
IN_PROGRESS = "in_progress"
"""The refusal of a key whose first request is still at work there: what it will have done, only ``find`` can tell."""
LATER = frozenset({408, 425, 429, 503})
"""Statuses by which the other side says that it did nothing for now."""
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Answer(BaseModel):
    """The base of what a partner answers: fields we do not know are not an error of ours."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Nothing(Answer):
    """An answer of which only the status matters."""


A = TypeVar("A", bound=BaseModel)


def segment(id_: str) -> str:
    """An outside id as one segment of a path: what another system named cannot lead elsewhere."""
    return quote(id_, safe="")


def code_of(body: object, status: int) -> str:
    """The stable word of a refusal; the partner's words of any other shape are dropped, they may hold data."""
    said = body.get("code") if isinstance(body, dict) else None
    if isinstance(said, str) and CODE.fullmatch(said.lower()):
        return said.lower()
    return f"http_{status}"


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:  # UnicodeDecodeError is one too
        return None


class PartnerHttp:
    """The HTTP side of one partner. The client is shared and closed by who made it."""

    def __init__(self, partner: Partner, client: httpx.AsyncClient) -> None:
        self._base = partner.url.rstrip("/")
        self._token = partner.token.get_secret_value()
        self._client = client

    async def send(
        self, path: str, body: Mapping[str, Any], answer: type[A], *, key: str | None = None, harmless: bool = False
    ) -> A:
        """POST a JSON body.

        Args:
            path: Path below the partner's address.
            body: What is sent.
            answer: The type of what comes back.
            key: Our idempotency key.
            harmless: Sending it twice changes nothing, so that a lost answer is `Unavailable`.

        Raises:
            Refused: A 4xx; ``code`` is the partner's word for it.
            Unavailable: Not reached, or told to come later.
            Uncertain: The answer was lost, broken or a failure of theirs.
        """
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self._call("POST", path, answer, harmless, headers=headers, json=dict(body))

    async def ask(self, path: str, answer: type[A], params: Mapping[str, str] | None = None) -> A:
        """GET; changes nothing, so it is never uncertain.

        Raises:
            Refused: A 4xx.
            Unavailable: No usable answer.
        """
        return await self._call("GET", path, answer, True, params=dict(params or {}))

    async def _call(self, method: str, path: str, answer: type[A], harmless: bool, **kwargs: Any) -> A:
        lost: type[PortError] = Unavailable if harmless else Uncertain
        headers = {"Authorization": f"Bearer {self._token}", **kwargs.pop("headers", {})}
        try:
            async with asyncio.timeout(WHOLE):
                response = await self._client.request(
                    method, self._base + path, headers=headers, timeout=TIMEOUT, follow_redirects=False, **kwargs
                )
        except NOT_SENT:
            raise Unavailable("unreachable") from None
        except (httpx.HTTPError, TimeoutError):
            raise lost("no_answer") from None
        if response.status_code in LATER:
            raise Unavailable("busy")
        if 400 <= response.status_code < 500:
            code = code_of(_json(response), response.status_code)
            raise lost(code) if code == IN_PROGRESS else Refused(code)
        if not response.is_success:
            raise lost("failed")
        try:
            return answer.model_validate(_json(response))
        except ValidationError:
            raise lost("broken_answer") from None
