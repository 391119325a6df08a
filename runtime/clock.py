"""The domain clock of processes outside workflows: read from its one row, kept for a second."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from domain.clock import Clock

KEPT = 1.0
"""Seconds the row is kept: after ``clock advance`` every process follows within this."""


def real_now() -> datetime:
    """Real time: retries, leases, token expiry, audit, ``not_after``. Never a deadline of a pathway."""
    return datetime.now(UTC)


def still_clock() -> Clock:
    """Domain time that is real time: what holds before anybody moved it."""
    epoch = datetime(2020, 1, 1, tzinfo=UTC)
    return Clock(anchor=epoch, real_anchor=epoch)


class DomainClock:
    """Domain time. ``load`` reads the row (the clock itself knows no database)."""

    def __init__(self, load: Callable[[], Awaitable[Clock]]) -> None:
        self._load = load
        self._clock: Clock | None = None
        self._read_at = 0.0

    async def clock(self) -> Clock:
        """The clock as of at most a second ago; goes by value into every start input."""
        if self._clock is None or time.monotonic() - self._read_at > KEPT:
            self._clock = await self._load()
            self._read_at = time.monotonic()
        return self._clock

    async def now(self) -> datetime:
        """Domain time now."""
        return (await self.clock()).now(real_now())
