"""Moving the stepped clock of a trial: the row first, then every open run."""

import asyncio
from datetime import timedelta

from integrations.consultations.temporal import TemporalConsultations
from records import clock, consultations
from records.database import Database
from runtime.clock import KEPT, real_now
from runtime.settings import Settings
from runtime.temporal import connect


async def advance(settings: Settings, by: timedelta) -> int:
    """Move domain time forward for everybody; how many open runs were told.

    When it returns, every process reads the new time.

    Raises:
        PermissionError: In production nobody moves the clock.
    """
    if settings.environment == "production":
        raise PermissionError("the clock of production is never moved")
    client = await connect(settings)
    database = Database(settings)
    try:
        async with database.system() as session:
            moved = await clock.advance(session, by, real_now())
        # Processes keep the row for this long: what they start meanwhile still gets the old clock, and is told with
        # the rest.
        await asyncio.sleep(KEPT)
        async with database.system() as session:
            known = [run.workflow for run in await consultations.open_runs(session)]
    finally:
        await database.close()
    return await TemporalConsultations(client).move_clock(moved, known)
