"""Laboratory results: kept as they came, shown to their patient once a doctor acknowledged and they were delivered."""

import json
from datetime import datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Json, Moment, Value
from domain.pathway import digest_of
from records.database import Session
from records.ids import new_id
from records.rows import maybe, value


class Result(Value):
    """A version of an order's result."""

    id: str
    order: str
    consultation: str
    patient: str
    status: Literal["partial", "final"]
    critical: bool
    body: dict[str, Json]
    at: Moment
    delivered_at: Moment | None
    delivered_by: str | None


_COLUMNS = """
    r.id, r.order_id AS "order", o.consultation_id AS consultation, r.patient_id AS patient, r.status, r.critical,
    r.body, r.at, r.delivered_at, r.delivered_by
"""
_FROM = "FROM result AS r JOIN lab_order AS o ON o.clinic_id = r.clinic_id AND o.id = r.order_id"
_KEEP = text("""
    INSERT INTO result (clinic_id, id, order_id, patient_id, status, critical, sha256, body, at)
    VALUES (:clinic, :id, :order, :patient, :status, :critical, :sha256, CAST(:body AS json), :at)
    ON CONFLICT (clinic_id, order_id, status, sha256) DO NOTHING
""")
_KEPT = text(f"""
    SELECT {_COLUMNS} {_FROM}
    WHERE r.clinic_id = :clinic AND r.order_id = :order AND r.status = :status AND r.sha256 = :sha256
""")
_DELIVER = text("""
    UPDATE result SET delivered_at = :at, delivered_by = :by
    WHERE clinic_id = :clinic AND id = :id AND delivered_at IS NULL
""")
_GET = text(f"SELECT {_COLUMNS} {_FROM} WHERE r.clinic_id = :clinic AND r.id = :id")
_LIST = text(f"""
    SELECT {_COLUMNS} {_FROM}
    WHERE r.clinic_id = :clinic AND r.patient_id = :patient
      AND (CAST(:consultation AS text) IS NULL OR o.consultation_id = :consultation)
      AND (NOT :delivered OR r.delivered_at IS NOT NULL)
    ORDER BY r.at DESC, r.id
""")


async def keep(
    session: Session,
    order: str,
    patient: str,
    status: Literal["partial", "final"],
    critical: bool,
    body: dict[str, Json],
    at: datetime,
) -> Result:
    """Keep an order's result; the same report again is the same version.

    Raises:
        IntegrityError: The order is not this patient's.
    """
    key = {"clinic": session.clinic, "order": order, "status": status, "sha256": digest_of(body)}
    await session.run(_KEEP, **key, id=new_id("rs"), patient=patient, critical=critical, body=json.dumps(body), at=at)
    row = await session.row(_KEPT, **key)
    assert row is not None
    return value(Result, row)


async def deliver(session: Session, result: str, by: str, at: datetime) -> bool:
    """Open a result to its patient; False when it was open already."""
    return await session.run(_DELIVER, clinic=session.clinic, id=result, by=by, at=at) == 1


async def get(session: Session, result: str) -> Result | None:
    """A result, delivered or not."""
    return maybe(Result, await session.row(_GET, clinic=session.clinic, id=result))


async def list_for(
    session: Session, patient: str, *, consultation: str | None = None, delivered_only: bool = True
) -> list[Result]:
    """A patient's results, newest first; for the patient himself only those delivered."""
    rows = await session.rows(
        _LIST, clinic=session.clinic, patient=patient, consultation=consultation, delivered=delivered_only
    )
    return [value(Result, row) for row in rows]
