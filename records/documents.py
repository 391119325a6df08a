"""Papers made from content: their bytes lie in the store, here stands what they are and their digest."""

from datetime import datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Moment, Value
from records.database import Session
from records.ids import new_id
from records.rows import maybe, value

Paper = Literal["protocol", "prescription", "referral", "lab_order"]


class Document(Value):
    """A rendered paper. ``stored`` names its bytes in the store; ``sha256`` is of exactly these bytes."""

    id: str
    key: str
    paper: Paper
    consultation: str
    patient: str
    doctor: str
    content: str
    item: int
    sha256: str
    size: int
    stored: str
    at: Moment


_COLUMNS = """
    id, key, paper, consultation_id AS consultation, patient_id AS patient, doctor_id AS doctor,
    content_id AS content, item, sha256, size, stored, at
"""
_ADD = text("""
    INSERT INTO document (clinic_id, id, key, paper, consultation_id, patient_id, doctor_id, content_id, item,
                          sha256, size, stored, at)
    VALUES (:clinic, :id, :key, :paper, :consultation, :patient, :doctor, :content, :item,
            :sha256, :size, :stored, :at)
    ON CONFLICT (clinic_id, key) DO NOTHING
""")
_BY_KEY = text(f"SELECT {_COLUMNS} FROM document WHERE clinic_id = :clinic AND key = :key")
_GET = text(f"SELECT {_COLUMNS} FROM document WHERE clinic_id = :clinic AND id = :id")
_LIST = text(f"""
    SELECT {_COLUMNS} FROM document WHERE clinic_id = :clinic AND consultation_id = :consultation ORDER BY at, id
""")


async def by_key(session: Session, key: str) -> Document | None:
    """What an effect with this key made already."""
    return maybe(Document, await session.row(_BY_KEY, clinic=session.clinic, key=key))


async def add(
    session: Session,
    key: str,
    paper: Paper,
    consultation: str,
    patient: str,
    doctor: str,
    content: str,
    sha256: str,
    size: int,
    stored: str,
    at: datetime,
    item: int = 0,
) -> Document:
    """Keep a rendered paper; a key that made one already returns that one (its bytes are the ones to sign)."""
    await session.run(
        _ADD,
        clinic=session.clinic,
        id=new_id("d"),
        key=key,
        paper=paper,
        consultation=consultation,
        patient=patient,
        doctor=doctor,
        content=content,
        item=item,
        sha256=sha256,
        size=size,
        stored=stored,
        at=at,
    )
    kept = await by_key(session, key)
    assert kept is not None
    return kept


async def get(session: Session, document: str) -> Document | None:
    """A paper."""
    return maybe(Document, await session.row(_GET, clinic=session.clinic, id=document))


async def list_for(session: Session, consultation: str) -> list[Document]:
    """The papers of a consultation, oldest first."""
    return [value(Document, row) for row in await session.rows(_LIST, clinic=session.clinic, consultation=consultation)]
