"""The audit: who saw or did what, written in the transaction that does it (no row, no data), sealed into a chain.

Times are real. The chain itself is in ``records.seals``.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from domain.base import Code, Moment, Value
from records.database import Session
from records.pages import BadCursor, Page, cursor_of, read_cursor
from records.seals import Finding as Finding
from records.seals import Seal as Seal
from records.seals import seal as seal
from records.seals import seal_and_copy as seal_and_copy
from records.seals import verify as verify


class AuditRow(Value):
    """A row as the patient may download it: ids and codes."""

    id: int
    at: Moment
    person: str
    on_behalf_of: str | None
    action: Code
    subjects: tuple[str, ...]
    reason: Code | None


# ``audit_subject`` is how a row is found by whom it is about.
_WRITE = text("""
    WITH written AS (
        INSERT INTO audit (clinic_id, at, person_id, on_behalf_of, action, subjects, reason)
        VALUES (:clinic, :at, :person, :on_behalf_of, :action, :subjects, :reason)
        RETURNING clinic_id, id, at, subjects)
    INSERT INTO audit_subject (clinic_id, subject, at, audit_id)
    SELECT clinic_id, unnest(subjects), at, id FROM written
""")
_OF_SUBJECT = text("""
    SELECT a.id, a.at, a.person_id AS person, a.on_behalf_of, a.action, a.subjects, a.reason FROM audit AS a
    JOIN audit_subject AS s ON s.clinic_id = a.clinic_id AND s.audit_id = a.id
    WHERE s.clinic_id = :clinic AND s.subject = :subject
      AND (CAST(:before AS timestamptz) IS NULL OR (s.at, s.audit_id) < (:before, CAST(:before_id AS bigint)))
    ORDER BY s.at DESC, s.audit_id DESC LIMIT :limit
""")


async def write(
    session: Session,
    person: str,
    action: str,
    subjects: Sequence[str],
    at: datetime,
    *,
    on_behalf_of: str | None = None,
    reason: str | None = None,
) -> None:
    """Keep that a person did or saw something. Call it in the transaction that reads or writes the data.

    Args:
        session: The clinic's transaction.
        person: Who.
        action: A stable code, ``document.read``.
        subjects: Ids of what it was about; the patient's among them, so that he finds it.
        at: Real time.
        on_behalf_of: The person or patient for whom staff or a representative acted.
        reason: A code (break-glass).
    """
    await session.run(
        _WRITE,
        clinic=session.clinic,
        at=at,
        person=person,
        on_behalf_of=on_behalf_of,
        action=action,
        subjects=sorted(set(subjects)),
        reason=reason,
    )


async def of_subject(session: Session, subject: str, cursor: str | None = None, limit: int = 100) -> Page[AuditRow]:
    """What was done about a patient or a thing, newest first.

    Raises:
        BadCursor: The cursor is not ours.
    """
    before: datetime | None = None
    before_id: str | None = None
    if cursor is not None:
        before, (before_id,) = read_cursor(cursor, 1)
        if not before_id.isdecimal():
            raise BadCursor("not a cursor of ours")
    rows = await session.rows(
        _OF_SUBJECT, clinic=session.clinic, subject=subject, before=before, before_id=before_id, limit=limit + 1
    )
    items = tuple(AuditRow.model_validate(dict(row._mapping)) for row in rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next=cursor_of(items[-1].at, str(items[-1].id)) if more else None)
