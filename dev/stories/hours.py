"""The one clock of a house in which several stories are played at once.

A story that wants time to pass says until when, and waits. Time passes only when every story that is being played
waits for it, and only to the earliest moment asked for: so each sees exactly the time it asked for, and nobody's
deadline passes while he is in the middle of something.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from domain.clock import Clock
from records import clock
from records.database import Database
from runtime.clock import real_now
from runtime.settings import Settings
from workers.clock import advance

Passed = tuple[Clock, int]
"""The clock as it is now, and how many open runs were told."""


class Hours:
    """Moves the clock as `carepath clock advance` does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._playing = 0
        self._waiting: list[tuple[datetime, asyncio.Future[Passed]]] = []
        self._moving = asyncio.Lock()

    @asynccontextmanager
    async def played(self) -> AsyncIterator[None]:
        """While a story is being played; whoever has ended keeps nobody waiting."""
        self._playing += 1
        try:
            yield
        finally:
            self._playing -= 1
            await self._move()

    async def now(self) -> datetime:
        """The present domain time."""
        database = Database(self._settings)
        try:
            async with database.system() as session:
                known: Clock = await clock.get(session)
            return known.now(real_now())
        finally:
            await database.close()

    async def until(self, moment: datetime) -> Passed:
        """Wait until a moment has come."""
        asked = (moment, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        try:
            await self._move()
            passed: Passed = await asked[1]
            return passed
        finally:
            if asked in self._waiting:
                self._waiting.remove(asked)

    async def _move(self) -> None:
        async with self._moving:
            while self._waiting and len(self._waiting) >= self._playing:
                earliest = min(moment for moment, _ in self._waiting)
                passed = await advance(self._settings, max(timedelta(), earliest - await self.now()))
                for asked in [one for one in self._waiting if one[0] <= earliest]:
                    self._waiting.remove(asked)
                    asked[1].set_result(passed)
