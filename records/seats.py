"""Seats: a doctor's place for one patient. What makes a doctor on three devices unable to take two patients.

Three partial unique indexes decide the races: one active seat for each (doctor, slot), and one for each occurrence.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Moment, Value
from records.database import Session
from records.ids import new_id
from records.rows import maybe, value


class SeatRefused(Exception):
    """No seat: ``taken`` (a colleague has this patient) or ``busy`` (the doctor has no free slot)."""

    def __init__(self, code: Literal["taken", "busy"]) -> None:
        super().__init__(code)
        self.code: Literal["taken", "busy"] = code


class Seat(Value):
    """A seat, active until freed."""

    id: str
    clinic: str
    doctor: str
    workflow: str
    step: str
    occurrence: int
    slot: int
    taken_at: Moment
    freed_at: Moment | None


_COLUMNS = "id, clinic_id AS clinic, doctor_id AS doctor, workflow, step, occurrence, slot, taken_at, freed_at"
_OF_OCCURRENCE = text(f"""
    SELECT {_COLUMNS} FROM seat
    WHERE clinic_id = :clinic AND workflow = :workflow AND step = :step AND occurrence = :occurrence
      AND freed_at IS NULL
""")
_TAKE = text(f"""
    INSERT INTO seat (clinic_id, id, doctor_id, workflow, step, occurrence, slot, capacity, taken_at)
    SELECT :clinic, :id, :doctor, :workflow, :step, :occurrence, slot, :capacity, :at
    FROM generate_series(1, :capacity) AS slot
    WHERE NOT EXISTS (SELECT FROM seat AS s WHERE s.clinic_id = :clinic AND s.doctor_id = :doctor
                      AND s.slot = slot.slot AND s.freed_at IS NULL)
    ORDER BY slot LIMIT 1
    ON CONFLICT DO NOTHING
    RETURNING {_COLUMNS}
""")
_FREE = text("UPDATE seat SET freed_at = :at WHERE clinic_id = :clinic AND id = :id AND freed_at IS NULL")
_FREE_OCCURRENCE = text("""
    UPDATE seat SET freed_at = :at
    WHERE clinic_id = :clinic AND workflow = :workflow AND step = :step AND occurrence = :occurrence
      AND freed_at IS NULL
""")
_OF_DOCTOR = text(f"""
    SELECT {_COLUMNS} FROM seat WHERE clinic_id = :clinic AND doctor_id = :doctor AND freed_at IS NULL
    ORDER BY slot
""")
# An accepted seat's process is open and has this doctor; the record lags by far less than the caller's patience.
_FREE_ORPHANS = text(f"""
    UPDATE seat AS s SET freed_at = :at
    WHERE s.freed_at IS NULL AND s.taken_at < :before
      AND NOT EXISTS (SELECT FROM consultation AS c
                      WHERE c.clinic_id = s.clinic_id AND c.workflow = s.workflow AND c.status <> 'closed'
                        AND c.doctor_id = s.doctor_id)
    RETURNING {_COLUMNS}
""")


async def take(
    session: Session, doctor: str, workflow: str, step: str, occurrence: int, capacity: int, at: datetime
) -> Seat:
    """Take a seat for one occurrence. The doctor's own again (another device, a resend) is the same seat.

    Raises:
        SeatRefused: A colleague has it, or the doctor is full.
    """
    key = {"clinic": session.clinic, "workflow": workflow, "step": step, "occurrence": occurrence}
    # A race for one slot leaves the next slot to try: at most as often as there are slots.
    for _ in range(capacity):
        known = await session.row(_OF_OCCURRENCE, **key)
        if known is not None:
            if known.doctor == doctor:
                return value(Seat, known)
            raise SeatRefused("taken")
        row = await session.row(_TAKE, **key, id=new_id("st"), doctor=doctor, capacity=capacity, at=at)
        if row is not None:
            return value(Seat, row)
    known = await session.row(_OF_OCCURRENCE, **key)
    if known is None:
        raise SeatRefused("busy")
    if known.doctor != doctor:
        raise SeatRefused("taken")
    return value(Seat, known)


async def free(session: Session, seat: str, at: datetime) -> bool:
    """Free a seat; False when it was free already."""
    return await session.run(_FREE, clinic=session.clinic, id=seat, at=at) == 1


async def free_occurrence(session: Session, workflow: str, step: str, occurrence: int, at: datetime) -> bool:
    """Free whatever seat an occurrence has."""
    touched = await session.run(
        _FREE_OCCURRENCE, clinic=session.clinic, workflow=workflow, step=step, occurrence=occurrence, at=at
    )
    return touched == 1


async def of_doctor(session: Session, doctor: str) -> list[Seat]:
    """The doctor's active seats."""
    return [value(Seat, row) for row in await session.rows(_OF_DOCTOR, clinic=session.clinic, doctor=doctor)]


async def of_occurrence(session: Session, workflow: str, step: str, occurrence: int) -> Seat | None:
    """The active seat of an occurrence."""
    row = await session.row(_OF_OCCURRENCE, clinic=session.clinic, workflow=workflow, step=step, occurrence=occurrence)
    return maybe(Seat, row)


async def free_orphans(session: Session, before: datetime, at: datetime) -> list[Seat]:
    """Free seats taken before that moment whose process has ended or has another doctor (system role).

    Their offers must ring again: the caller wakes the lines.
    """
    return [value(Seat, row) for row in await session.rows(_FREE_ORPHANS, before=before, at=at)]
