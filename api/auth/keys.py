"""The public keys of issuers: fetched, kept for minutes, asked again for an unknown key id, but not for every one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.problems import Problem

Fetch = Callable[[str], Awaitable[dict[str, Any]]]

KEPT = 300.0
"""Seconds a fetched key set is used without asking again."""
PAUSE = 10.0
"""Seconds between two fetches: unknown key ids in forged tokens must not make us hammer the issuer."""


async def fetch(url: str) -> dict[str, Any]:
    """Read a JWKS document over HTTP."""
    async with httpx.AsyncClient(timeout=3.0, follow_redirects=False) as client:
        answer = await client.get(url)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


class Keys:
    """One issuer's keys. Old keys serve on while the issuer does not answer."""

    def __init__(self, url: str, fetch: Fetch = fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._fetch = fetch
        self._clock = clock
        self._keys: KeySet | None = None
        self._at = -KEPT
        self._tried = -PAUSE
        self._asking = asyncio.Lock()

    async def holding(self, kid: str) -> KeySet:
        """The keys, among which ``kid``.

        Raises:
            Problem: ``unauthenticated`` when the issuer has no such key, ``unavailable`` when it never answered.
        """
        fresh = self._clock() - self._at < KEPT
        if self._keys is None or not fresh or not self._has(kid):
            # Who comes while another asks waits for that answer: at a start or a rotation nobody is turned away.
            async with self._asking:
                await self._refresh()
        if self._keys is None:
            raise Problem("unavailable")
        if not self._has(kid):
            raise Problem("unauthenticated")
        return self._keys

    def _has(self, kid: str) -> bool:
        return self._keys is not None and any(key.kid == kid for key in self._keys.keys)

    async def _refresh(self) -> None:
        if self._clock() - self._tried < PAUSE:
            return
        self._tried = self._clock()
        try:
            self._keys = KeySet.import_key_set(await self._fetch(self._url))  # type: ignore[arg-type]
            self._at = self._clock()
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError):
            # An issuer that is away must not log everybody out: what we hold serves on.
            return
