"""Doctors on duty, by pool. Heartbeats are not here: a lost one ends no duty."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from domain.base import Code, Moment, Value
from records.database import Session
from records.rows import value


class Duty(Value):
    """A doctor's duty in a pool; ``capacity`` is how many patients at once."""

    doctor: str
    pool: Code
    capacity: int
    since: Moment


class NotInPool(Exception):
    """The doctor does not belong to one of the pools."""


_ON = text("""
    INSERT INTO duty (clinic_id, doctor_id, pool, capacity, since)
    SELECT clinic_id, person_id, pool, :capacity, :at FROM staff_pool
    WHERE clinic_id = :clinic AND person_id = :doctor AND pool = ANY(CAST(:pools AS text[]))
    ON CONFLICT (clinic_id, doctor_id, pool) WHERE ended_at IS NULL DO UPDATE SET capacity = excluded.capacity
""")
_OFF = text("""
    UPDATE duty SET ended_at = :at WHERE clinic_id = :clinic AND doctor_id = :doctor AND ended_at IS NULL
""")
_COLUMNS = "doctor_id AS doctor, pool, capacity, since"
_OF = text(f"SELECT {_COLUMNS} FROM duty WHERE clinic_id = :clinic AND doctor_id = :doctor AND ended_at IS NULL")
_IN_POOL = text(f"""
    SELECT {_COLUMNS} FROM duty JOIN staff_pool AS p USING (clinic_id, pool)
    WHERE clinic_id = :clinic AND pool = :pool AND ended_at IS NULL AND p.person_id = doctor_id
    ORDER BY since, doctor_id
""")

_ALL = text(f"SELECT {_COLUMNS} FROM duty WHERE clinic_id = :clinic AND ended_at IS NULL ORDER BY since, doctor_id")


async def on(session: Session, doctor: str, pools: Sequence[str], at: datetime, capacity: int = 1) -> None:
    """Go on duty in some pools; where on duty already only the capacity changes.

    Raises:
        NotInPool: The doctor does not belong to one of the pools.
    """
    touched = await session.run(_ON, clinic=session.clinic, doctor=doctor, pools=list(pools), capacity=capacity, at=at)
    if touched < len(set(pools)):
        raise NotInPool


async def off(session: Session, doctor: str, at: datetime) -> bool:
    """Go off duty everywhere; False when not on duty."""
    return await session.run(_OFF, clinic=session.clinic, doctor=doctor, at=at) > 0


async def of_doctor(session: Session, doctor: str) -> list[Duty]:
    """Where a doctor is on duty now."""
    return [value(Duty, row) for row in await session.rows(_OF, clinic=session.clinic, doctor=doctor)]


async def all_on(session: Session) -> list[Duty]:
    """Every duty of the clinic now."""
    return [value(Duty, row) for row in await session.rows(_ALL, clinic=session.clinic)]


async def doctors_on(session: Session, pool: str) -> list[Duty]:
    """Who is on duty in a pool now, longest first."""
    return [value(Duty, row) for row in await session.rows(_IN_POOL, clinic=session.clinic, pool=pool)]
