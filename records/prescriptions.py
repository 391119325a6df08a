"""Issued prescriptions: one for each (consultation, step, occurrence, item), whatever is killed."""

from datetime import datetime

from sqlalchemy import text

from domain.base import Moment, Value
from records.database import Session
from records.ids import new_id
from records.rows import maybe, value


class Prescription(Value):
    """A prescription in force."""

    id: str
    number: str
    consultation: str
    step: str
    occurrence: int
    item: int
    patient: str
    doctor: str
    document: str
    signature: str
    at: Moment


_COLUMNS = """
    id, number, consultation_id AS consultation, step, occurrence, item, patient_id AS patient,
    doctor_id AS doctor, document_id AS document, signature_id AS signature, at
"""
_FIND = text(f"""
    SELECT {_COLUMNS} FROM prescription
    WHERE clinic_id = :clinic AND consultation_id = :consultation AND step = :step AND occurrence = :occurrence
      AND item = :item
""")
_ISSUE = text("""
    INSERT INTO prescription (clinic_id, id, number, consultation_id, step, occurrence, item, patient_id, doctor_id,
                              document_id, signature_id, at)
    VALUES (:clinic, :id, :number, :consultation, :step, :occurrence, :item, :patient, :doctor,
            :document, :signature, :at)
    ON CONFLICT DO NOTHING
""")
_GET = text(f"SELECT {_COLUMNS} FROM prescription WHERE clinic_id = :clinic AND id = :id")
_LIST = text(f"""
    SELECT {_COLUMNS} FROM prescription WHERE clinic_id = :clinic AND consultation_id = :consultation
    ORDER BY step, occurrence, item
""")


async def issue(
    session: Session,
    number: str,
    consultation: str,
    step: str,
    occurrence: int,
    item: int,
    patient: str,
    doctor: str,
    document: str,
    signature: str,
    at: datetime,
) -> Prescription | None:
    """Put a signed form into force under its printed number; the same item again is the same prescription.

    None where another prescription bears this number. Two tries at once meet at either index, the item's or the
    number's, whichever comes first: so neither is named as the one that may conflict.
    """
    key = {
        "clinic": session.clinic,
        "consultation": consultation,
        "step": step,
        "occurrence": occurrence,
        "item": item,
    }
    await session.run(
        _ISSUE,
        **key,
        id=new_id("rx"),
        number=number,
        patient=patient,
        doctor=doctor,
        document=document,
        signature=signature,
        at=at,
    )
    return maybe(Prescription, await session.row(_FIND, **key))


async def get(session: Session, prescription: str) -> Prescription | None:
    """A prescription."""
    return maybe(Prescription, await session.row(_GET, clinic=session.clinic, id=prescription))


async def list_for(session: Session, consultation: str) -> list[Prescription]:
    """The prescriptions of a consultation."""
    rows = await session.rows(_LIST, clinic=session.clinic, consultation=consultation)
    return [value(Prescription, row) for row in rows]
