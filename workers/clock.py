"""Letting days pass on a trial: the clock's one row is moved, then every open run is told."""

from datetime import timedelta

from domain.clock import Clock
from integrations.consultations.temporal import TemporalConsultations
from records import clock, consultations
from records.database import Database
from runtime.clock import real_now
from runtime.settings import Settings
from runtime.temporal import connect

PAGE = 500


class ProductionClock(Exception):
    """A production clock is never moved."""


async def advance(settings: Settings, by: timedelta) -> tuple[Clock, int]:
    """Move domain time forward; the new clock and how many open runs were told of it.

    Raises:
        ProductionClock: This is no trial.
        ValueError: Time does not go back.
    """
    if settings.environment == "production":
        raise ProductionClock
    if by < timedelta():
        raise ValueError("time does not go back")
    port = TemporalConsultations(await connect(settings))
    database = Database(settings)
    try:
        async with database.system() as session:
            moved = await clock.advance(session, by, real_now())
        # The record's open runs too: visibility lags, and a run it does not list yet would sleep on.
        return moved, await port.move_clock(moved, await _recorded(database))
    finally:
        await database.close()


async def _recorded(database: Database) -> list[str]:
    found: list[str] = []
    while True:
        async with database.system() as session:
            page = await consultations.open_runs(session, found[-1] if found else "", PAGE)
        found += [run.workflow for run in page]
        if len(page) < PAGE:
            return found
