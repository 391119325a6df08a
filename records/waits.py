"""Waits in line: what was predicted and what it was. Also what the line in Redis is rebuilt from."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import text

from domain.base import Code, Moment, Value
from records.database import Session
from records.rows import value

Outcome = Literal["accepted", "left"]


class Wait(Value):
    """A place in line. ``low`` and ``high`` are the seconds predicted on joining."""

    clinic: str
    pool: Code
    workflow: str
    step: str
    occurrence: int
    first: bool
    joined_at: Moment
    low: int
    high: int


_JOIN = text("""
    INSERT INTO wait (clinic_id, workflow, step, occurrence, pool, first, joined_at, low, high)
    VALUES (:clinic, :workflow, :step, :occurrence, :pool, :first, :at, :low, :high)
    ON CONFLICT (clinic_id, workflow, step, occurrence) DO NOTHING
""")
_COLUMNS = 'clinic_id AS clinic, pool, workflow, step, occurrence, "first", joined_at, low, high'
_GET = text(f"""
    SELECT {_COLUMNS} FROM wait
    WHERE clinic_id = :clinic AND workflow = :workflow AND step = :step AND occurrence = :occurrence
""")
_LEAVE = text("""
    UPDATE wait SET ended_at = :at, outcome = :outcome
    WHERE clinic_id = :clinic AND workflow = :workflow AND step = :step AND occurrence = :occurrence
      AND ended_at IS NULL
""")
_OPEN = text(f"""
    SELECT {_COLUMNS} FROM wait AS w WHERE clinic_id = :clinic AND pool = :pool AND ended_at IS NULL
      AND NOT EXISTS (SELECT FROM consultation AS c
                      WHERE c.clinic_id = w.clinic_id AND c.workflow = w.workflow AND c.paused)
    ORDER BY "first" DESC, joined_at, workflow
""")
_ALL_OPEN = text(f"SELECT {_COLUMNS} FROM wait WHERE ended_at IS NULL ORDER BY joined_at, workflow")
_RECENT = text("""
    SELECT ended_at - joined_at AS took FROM wait
    WHERE clinic_id = :clinic AND pool = :pool AND outcome = 'accepted' AND ended_at >= :since
    ORDER BY ended_at DESC LIMIT :limit
""")


async def join(
    session: Session,
    workflow: str,
    step: str,
    occurrence: int,
    pool: str,
    first: bool,
    low: int,
    high: int,
    at: datetime,
) -> Wait:
    """Keep that somebody stands in line and what was predicted; the first prediction stands."""
    key = {"clinic": session.clinic, "workflow": workflow, "step": step, "occurrence": occurrence}
    await session.run(_JOIN, **key, pool=pool, first=first, low=low, high=high, at=at)
    row = await session.row(_GET, **key)
    assert row is not None
    return value(Wait, row)


async def leave(session: Session, workflow: str, step: str, occurrence: int, outcome: Outcome, at: datetime) -> bool:
    """The wait is over; False when it was already."""
    touched = await session.run(
        _LEAVE,
        clinic=session.clinic,
        workflow=workflow,
        step=step,
        occurrence=occurrence,
        outcome=outcome,
        at=at,
    )
    return touched == 1


async def standing(session: Session, pool: str) -> list[Wait]:
    """Who stands in a pool's line, first in line first. Whom a pause holds back keeps his place and is not offered."""
    return [value(Wait, row) for row in await session.rows(_OPEN, clinic=session.clinic, pool=pool)]


async def all_standing(session: Session) -> list[Wait]:
    """Who stands in any clinic's line; to rebuild a wiped Redis from (system role)."""
    return [value(Wait, row) for row in await session.rows(_ALL_OPEN)]


async def recent(session: Session, pool: str, since: datetime, limit: int = 50) -> list[timedelta]:
    """How long those waited whom a doctor took since then, the last first: what estimates are made of."""
    rows = await session.rows(_RECENT, clinic=session.clinic, pool=pool, since=since, limit=limit)
    return [row.took for row in rows]
