"""Reconciling what lies outside the workflows: seats without a meeting, a line that was wiped."""

from datetime import timedelta

from ports.line import Line
from records import seats, waits
from records.database import Database
from runtime.clock import real_now
from runtime.telemetry import get_logger

ORPHAN_AFTER = timedelta(seconds=30)
"""Longer than any accept may take (seat first, act second: at most 5 s to be taken, 10 to be answered)."""

log = get_logger(__name__)


class Reconciler:
    """Frees orphaned seats, so that their offers ring again, and stands everybody who waits in the line again."""

    def __init__(self, database: Database, line: Line) -> None:
        self._database = database
        self._line = line

    async def free_seats(self) -> bool:
        """Free seats whose accept never came through."""
        now = real_now()  # a seat is a lease until its act is answered: real time
        async with self._database.system() as session:
            freed = await seats.free_orphans(session, now - ORPHAN_AFTER, now)
        for seat in freed:
            log.info("seat.freed", clinic=seat.clinic, seat=seat.id)
            member = f"{seat.workflow}:{seat.step}:{seat.occurrence}"
            await self._line.release(seat.clinic, member, seat.doctor)
        return False

    async def rebuild_line(self) -> bool:
        """Stand whoever waits by the record, and is in no line, at his old place."""
        async with self._database.system() as session:
            standing = await waits.all_standing(session)
        lost = [wait for wait in standing if await self._line.position(wait.clinic, wait.pool, _member(wait)) is None]
        for wait in lost:
            await self._line.join(wait.clinic, wait.pool, _member(wait), wait.joined_at, wait.first)
        if lost:
            await self._leave_again(lost)
            log.info("line.rebuilt", waits=len(lost))
        return False

    async def _leave_again(self, joined: list[waits.Wait]) -> None:
        # Whoever left between our look and our join must not be called.
        async with self._database.system() as session:
            still = {_member(wait) for wait in await waits.all_standing(session)}
        for wait in joined:
            if _member(wait) not in still:
                await self._line.leave(wait.clinic, wait.pool, _member(wait))


def _member(wait: waits.Wait) -> str:
    return f"{wait.workflow}:{wait.step}:{wait.occurrence}"
