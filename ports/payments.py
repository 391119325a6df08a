"""Money held, taken and freed. Amounts are in kopecks."""

from typing import Protocol

from domain.base import Value


class Hold(Value):
    """A hold, or a decline with the provider's code."""

    hold: str | None = None
    declined: str | None = None


class Payments(Protocol):
    """A payment provider."""

    async def authorise(self, key: str, payer: str, amount: int, means: str) -> Hold:
        """Hold an amount on a one-time token of the payer's means."""

    async def find_hold(self, key: str) -> Hold | None:
        """What an authorisation with this key did."""

    async def capture(self, key: str, hold: str, amount: int) -> str:
        """Take ``amount`` of a hold, free the rest; the receipt's number."""

    async def find_capture(self, key: str) -> str | None:
        """The receipt of a capture with this key."""

    async def cancel(self, key: str, hold: str) -> None:
        """Free a hold whole; freeing a freed one is fine."""
