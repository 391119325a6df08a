"""A payment provider over plain HTTP. Amounts are in kopecks."""

import httpx

from integrations.http import Answer, Nothing, PartnerHttp, segment
from ports.payments import Hold
from runtime.settings import Partner


class _Hold(Answer):
    hold: str | None = None
    declined: str | None = None

    def model_post_init(self, _: object) -> None:
        if (self.hold is None) == (self.declined is None):
            raise ValueError("a hold or a decline")


class _Holds(Answer):
    items: tuple[_Hold, ...]


class _Capture(Answer):
    receipt: str


class _Captures(Answer):
    items: tuple[_Capture, ...]


def _hold(said: _Hold) -> Hold:
    return Hold(hold=said.hold, declined=said.declined)


class HttpPayments:
    """Port `Payments`."""

    def __init__(self, partner: Partner, client: httpx.AsyncClient) -> None:
        self._http = PartnerHttp(partner, client)

    async def authorise(self, key: str, payer: str, amount: int, means: str) -> Hold:
        """Hold an amount."""
        body = {"payer": payer, "amount": amount, "means": means}
        return _hold(await self._http.send("/holds", body, _Hold, key=key))

    async def find_hold(self, key: str) -> Hold | None:
        """What an authorisation with this key did."""
        holds = await self._http.ask("/holds", _Holds, {"key": key})
        return _hold(holds.items[0]) if holds.items else None

    async def capture(self, key: str, hold: str, amount: int) -> str:
        """Take an amount of a hold; the receipt's number."""
        return (await self._http.send(f"/holds/{segment(hold)}/capture", {"amount": amount}, _Capture, key=key)).receipt

    async def find_capture(self, key: str) -> str | None:
        """The receipt of a capture with this key."""
        captures = await self._http.ask("/captures", _Captures, {"key": key})
        return captures.items[0].receipt if captures.items else None

    async def cancel(self, key: str, hold: str) -> None:
        """Free a hold whole."""
        await self._http.send(f"/holds/{segment(hold)}/cancel", {}, Nothing, key=key)
