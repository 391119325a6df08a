"""A message gateway over plain HTTP."""

from typing import Literal

import httpx

from integrations.http import Answer, Nothing, PartnerHttp
from runtime.settings import Partner


class _Messages(Answer):
    items: tuple[Nothing, ...]


class HttpNotifier:
    """Port `Notifier`."""

    def __init__(self, partner: Partner, client: httpx.AsyncClient) -> None:
        self._http = PartnerHttp(partner, client)

    async def send(self, key: str, address: str, text: str, channel: Literal["sms", "voice"]) -> None:
        """Send a message once a key."""
        body = {"address": address, "text": text, "channel": channel}
        await self._http.send("/messages", body, Nothing, key=key)

    async def find(self, key: str) -> bool:
        """Whether a message with this key was sent."""
        return bool((await self._http.ask("/messages", _Messages, {"key": key})).items)
