"""Signatures people made over exact bytes; never changed, never removed."""

from datetime import datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Moment, Value
from records.database import Session
from records.ids import new_id
from records.rows import maybe, value

Level = Literal["simple", "unqualified", "qualified"]


class Signature(Value):
    """A checked signature."""

    id: str
    document: str
    sha256: str
    person: str
    level: Level
    certificate: str | None
    valid_until: Moment | None
    at: Moment
    cms: bytes


_COLUMNS = "id, document_id AS document, sha256, person_id AS person, level, certificate, valid_until, at, cms"
_ADD = text("""
    INSERT INTO signature (clinic_id, id, document_id, sha256, person_id, level, certificate, valid_until, at, cms)
    VALUES (:clinic, :id, :document, :sha256, :person, :level, :certificate, :valid_until, :at, :cms)
    ON CONFLICT (clinic_id, document_id, person_id) DO NOTHING
""")
_MINE = text(f"""
    SELECT {_COLUMNS} FROM signature WHERE clinic_id = :clinic AND document_id = :document AND person_id = :person
""")
_GET = text(f"SELECT {_COLUMNS} FROM signature WHERE clinic_id = :clinic AND id = :id")
_OF = text(f"SELECT {_COLUMNS} FROM signature WHERE clinic_id = :clinic AND document_id = :document ORDER BY at, id")


async def add(
    session: Session,
    document: str,
    sha256: str,
    person: str,
    level: Level,
    cms: bytes,
    at: datetime,
    *,
    certificate: str | None = None,
    valid_until: datetime | None = None,
) -> Signature:
    """Keep a person's signature of a document; the first one stands.

    Raises:
        IntegrityError: No such document, or its bytes have another digest.
    """
    await session.run(
        _ADD,
        clinic=session.clinic,
        id=new_id("sg"),
        document=document,
        sha256=sha256,
        person=person,
        level=level,
        certificate=certificate,
        valid_until=valid_until,
        at=at,
        cms=cms,
    )
    row = await session.row(_MINE, clinic=session.clinic, document=document, person=person)
    assert row is not None
    return value(Signature, row)


async def get(session: Session, signature: str) -> Signature | None:
    """A signature."""
    return maybe(Signature, await session.row(_GET, clinic=session.clinic, id=signature))


async def of_document(session: Session, document: str) -> list[Signature]:
    """All signatures of a document, oldest first."""
    return [value(Signature, row) for row in await session.rows(_OF, clinic=session.clinic, document=document)]
