"""Orders at laboratories."""

from datetime import datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Code, Moment, Value
from records.database import Session
from records.ids import new_id
from records.rows import maybe, value

OrderStatus = Literal["sending", "placed", "refused", "cancelled"]


class Order(Value):
    """An order; ``number`` is the laboratory's."""

    id: str
    key: str
    consultation: str
    workflow: str
    step: str
    occurrence: int
    patient: str
    doctor: str
    partner: Code
    content: str
    status: OrderStatus
    number: str | None
    refused: Code | None
    at: Moment


_COLUMNS = """
    id, key, consultation_id AS consultation, workflow, step, occurrence, patient_id AS patient,
    doctor_id AS doctor, partner, content_id AS content, status, number, refused, at
"""
_OPEN = text("""
    INSERT INTO lab_order (clinic_id, id, key, consultation_id, workflow, step, occurrence, patient_id, doctor_id,
                           partner, content_id, status, at)
    VALUES (:clinic, :id, :key, :consultation, :workflow, :step, :occurrence, :patient, :doctor,
            :partner, :content, 'sending', :at)
    ON CONFLICT (clinic_id, key) DO NOTHING
""")
_BY_KEY = text(f"SELECT {_COLUMNS} FROM lab_order WHERE clinic_id = :clinic AND key = :key")
_PLACED = text("""
    UPDATE lab_order SET status = 'placed', number = :number
    WHERE clinic_id = :clinic AND key = :key AND status = 'sending'
""")
_REFUSED = text("""
    UPDATE lab_order SET status = 'refused', refused = :refused
    WHERE clinic_id = :clinic AND key = :key AND status = 'sending'
""")
_CANCELLED = text("""
    UPDATE lab_order SET status = 'cancelled'
    WHERE clinic_id = :clinic AND partner = :partner AND number = :number AND status = 'placed'
""")
_BY_NUMBER = text(
    f"SELECT {_COLUMNS} FROM lab_order WHERE clinic_id = :clinic AND partner = :partner AND number = :number"
)
_LIST = text(f"""
    SELECT {_COLUMNS} FROM lab_order WHERE clinic_id = :clinic AND consultation_id = :consultation ORDER BY at, id
""")


async def begin(
    session: Session,
    key: str,
    consultation: str,
    workflow: str,
    step: str,
    occurrence: int,
    patient: str,
    doctor: str,
    partner: str,
    content: str,
    at: datetime,
) -> Order:
    """Keep an order before it is sent; the same key again is the same order, as it stands now."""
    await session.run(
        _OPEN,
        clinic=session.clinic,
        id=new_id("or"),
        key=key,
        consultation=consultation,
        workflow=workflow,
        step=step,
        occurrence=occurrence,
        patient=patient,
        doctor=doctor,
        partner=partner,
        content=content,
        at=at,
    )
    row = await session.row(_BY_KEY, clinic=session.clinic, key=key)
    assert row is not None
    return value(Order, row)


async def place(session: Session, key: str, number: str) -> None:
    """The laboratory took it under this number."""
    await session.run(_PLACED, clinic=session.clinic, key=key, number=number)


async def refuse(session: Session, key: str, code: str) -> None:
    """The laboratory will not take it."""
    await session.run(_REFUSED, clinic=session.clinic, key=key, refused=code)


async def cancel(session: Session, partner: str, number: str) -> bool:
    """The laboratory dropped it; False when it was not placed."""
    return await session.run(_CANCELLED, clinic=session.clinic, partner=partner, number=number) == 1


async def by_number(session: Session, partner: str, number: str) -> Order | None:
    """An order by the laboratory's number."""
    row = await session.row(_BY_NUMBER, clinic=session.clinic, partner=partner, number=number)
    return maybe(Order, row)


async def list_for(session: Session, consultation: str) -> list[Order]:
    """The orders of a consultation, oldest first."""
    return [value(Order, row) for row in await session.rows(_LIST, clinic=session.clinic, consultation=consultation)]
