"""The one row of the stepped clock: everybody reads it, only a trial's command line moves it."""

from datetime import datetime, timedelta

from sqlalchemy import text

from domain.clock import Clock
from records.database import Session
from records.rows import value

_GET = text("SELECT anchor, real_anchor, rate FROM clock")
_LOCKED = text("SELECT anchor, real_anchor, rate FROM clock FOR UPDATE")
_SET = text("UPDATE clock SET anchor = :anchor, real_anchor = :real_anchor, rate = :rate")


async def get(session: Session) -> Clock:
    """The clock as it stands."""
    row = await session.row(_GET)
    assert row is not None
    return value(Clock, row)


async def advance(session: Session, by: timedelta, real_now: datetime) -> Clock:
    """Move domain time forward (system role); the caller refuses it in production and tells the open runs."""
    row = await session.row(_LOCKED)
    assert row is not None
    moved = value(Clock, row).advanced(by, real_now)
    await session.run(_SET, anchor=moved.anchor, real_anchor=moved.real_anchor, rate=moved.rate)
    return moved
