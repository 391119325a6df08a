"""The sweeper: autosaves that were superseded and photos nobody sent go after a day, with their bytes."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from records.database import Database
from records.sweeping import Forget, sweep
from runtime.telemetry import get_logger

KEPT = timedelta(days=1)
"""How long a draft is kept beyond its use, in domain time: somebody may come back to it."""

log = get_logger(__name__)


class Sweeper:
    """Sweeps every clinic, round by round."""

    def __init__(self, database: Database, now: Callable[[], Awaitable[datetime]], forget: Forget) -> None:
        self._database = database
        self._now = now
        self._forget = forget

    async def sweep(self) -> bool:
        """One round. Nothing is left for a next one at once."""
        swept = await sweep(self._database, await self._now() - KEPT, self._forget)
        if swept.drafts or swept.photos:
            log.info("swept", drafts=swept.drafts, photos=swept.photos)
        return False
