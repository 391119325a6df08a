"""The journal of money: what the provider did for us, once a key. Amounts are in kopecks. Nothing is changed."""

from datetime import datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Moment, Value
from records.database import Session
from records.ids import new_id
from records.rows import value

Entry = Literal["authorised", "declined", "captured", "cancelled"]


class Payment(Value):
    """A line of the journal."""

    id: str
    key: str
    consultation: str
    entry: Entry
    hold: str | None
    amount: int
    receipt: str | None
    at: Moment


_COLUMNS = "id, key, consultation_id AS consultation, entry, hold, amount, receipt, at"
_NOTE = text("""
    INSERT INTO payment (clinic_id, id, key, consultation_id, entry, hold, amount, receipt, at)
    VALUES (:clinic, :id, :key, :consultation, :entry, :hold, :amount, :receipt, :at)
    ON CONFLICT DO NOTHING
""")
_NOTED = text("SELECT id FROM payment WHERE clinic_id = :clinic AND key = :key")
_LIST = text(f"""
    SELECT {_COLUMNS} FROM payment WHERE clinic_id = :clinic AND consultation_id = :consultation
    ORDER BY at, recorded_at, id
""")


async def note(
    session: Session,
    key: str,
    consultation: str,
    entry: Entry,
    amount: int,
    at: datetime,
    *,
    hold: str | None = None,
    receipt: str | None = None,
) -> bool:
    """Write a line; the same key again writes nothing.

    Returns:
        False where nothing stands under this key, because the hold has ended under another one. Two tries at once meet
        at either index, the key's or the hold's: so neither is named as the one that may conflict.
    """
    await session.run(
        _NOTE,
        clinic=session.clinic,
        id=new_id("pm"),
        key=key,
        consultation=consultation,
        entry=entry,
        hold=hold,
        amount=amount,
        receipt=receipt,
        at=at,
    )
    return await session.row(_NOTED, clinic=session.clinic, key=key) is not None


async def list_for(session: Session, consultation: str) -> list[Payment]:
    """The journal of a consultation, oldest first."""
    return [value(Payment, row) for row in await session.rows(_LIST, clinic=session.clinic, consultation=consultation)]
