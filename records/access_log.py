"""A patient's own look into the audit: who saw or did what of his, by names he knows."""

from datetime import datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Code, Moment, Value
from domain.people import Role
from records.database import Session
from records.pages import BadCursor, Page, cursor_of, read_cursor


class Access(Value):
    """One row. ``name`` and ``roles`` are an employee's as the clinic has them now; ``guest`` is what a guest was."""

    id: int
    at: Moment
    whose: Literal["own", "representative", "employee", "guest", "other"]
    name: str | None
    roles: tuple[Role, ...]
    guest: Code | None
    action: Code
    reason: Code | None


# ``on_behalf_of`` stands where somebody acted for the patient: an employee who is also his mother came as his mother.
_LOG = """
    SELECT a.id, a.at, a.action, a.reason,
           CASE WHEN a.person_id = p.person_id THEN 'own'
                WHEN a.on_behalf_of = p.id THEN 'representative'
                WHEN st.person_id IS NOT NULL THEN 'employee'
                WHEN i.id IS NOT NULL THEN 'guest'
                ELSE 'other' END AS whose,
           st.name, i.guest,
           ARRAY(SELECT r.role FROM staff_role AS r WHERE r.clinic_id = a.clinic_id AND r.person_id = st.person_id)
               AS roles
    FROM audit_subject AS s
    JOIN audit AS a ON a.clinic_id = s.clinic_id AND a.id = s.audit_id
    JOIN patient AS p ON p.clinic_id = s.clinic_id AND p.id = s.subject
    LEFT JOIN staff AS st ON st.clinic_id = a.clinic_id AND st.person_id = a.person_id
    LEFT JOIN invitation AS i ON i.clinic_id = a.clinic_id AND i.id = a.person_id
    WHERE s.clinic_id = :clinic AND s.subject = :patient {others}
      AND (CAST(:before AS timestamptz) IS NULL OR (s.at, s.audit_id) < (:before, CAST(:before_id AS bigint)))
    ORDER BY s.at DESC, s.audit_id DESC LIMIT :limit
"""
_ALL = text(_LOG.format(others=""))
_OTHERS = text(_LOG.format(others="AND a.person_id <> p.person_id"))


async def of_patient(
    session: Session, patient: str, *, others: bool = False, cursor: str | None = None, limit: int = 100
) -> Page[Access]:
    """Who saw or did what of a patient, newest first; ``others`` leaves out what he did himself.

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
        _OTHERS if others else _ALL,
        clinic=session.clinic,
        patient=patient,
        before=before,
        before_id=before_id,
        limit=limit + 1,
    )
    items = tuple(_access(row._mapping) for row in rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next=cursor_of(items[-1].at, str(items[-1].id)) if more else None)


def _access(row: object) -> Access:
    values = dict(row)  # type: ignore[call-overload]
    employee = values["whose"] == "employee"
    values["roles"] = tuple(sorted(values["roles"], key=list(Role).index)) if employee else ()
    values["name"] = values["name"] if employee else None
    return Access.model_validate(values)
