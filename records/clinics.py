"""Clinics, and what of their folder is live by name: pools, partners, calendars."""

import json
from datetime import datetime

from sqlalchemy import text

from domain.base import Json, Text, Value
from records.database import Session
from records.rows import maybe


class Clinic(Value):
    """A tenant: one legal entity with one licence. ``folder`` is its compiled ``clinic.yaml``."""

    id: str
    name: Text
    oid: str
    region: str
    zone: str
    folder: dict[str, Json] = {}

    @classmethod
    def of(cls, folder: dict[str, Json]) -> "Clinic":
        """The clinic that a compiled ``clinic.yaml`` makes."""
        columns = {name: folder[name] for name in ("id", "oid", "region", "zone")}
        return cls(name=folder["title"], folder=folder, **columns)


_SAVE = text("""
    INSERT INTO clinic (clinic_id, name, oid, region, zone, folder, saved_at)
    VALUES (:id, CAST(:name AS json), :oid, :region, :zone, CAST(:folder AS json), :at)
    ON CONFLICT (clinic_id) DO UPDATE SET
        name = excluded.name, oid = excluded.oid, region = excluded.region, zone = excluded.zone,
        folder = excluded.folder, saved_at = excluded.saved_at
""")
_GET = text("SELECT clinic_id AS id, name, oid, region, zone, folder FROM clinic WHERE clinic_id = :clinic")
_IDS = text("SELECT clinic_id FROM clinic ORDER BY clinic_id")


async def save(session: Session, clinic: Clinic, at: datetime) -> None:
    """Make a clinic, or change it. The session must be that clinic's."""
    await session.run(
        _SAVE,
        id=clinic.id,
        name=clinic.name.model_dump_json(),
        oid=clinic.oid,
        region=clinic.region,
        zone=clinic.zone,
        folder=json.dumps(clinic.folder, ensure_ascii=False),
        at=at,
    )


async def get(session: Session) -> Clinic | None:
    """The session's clinic."""
    return maybe(Clinic, await session.row(_GET, clinic=session.clinic))


async def list_ids(session: Session) -> list[str]:
    """All clinics' ids (system role)."""
    return [row[0] for row in await session.rows(_IDS)]
