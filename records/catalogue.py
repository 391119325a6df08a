"""Published pathways: immutable, named by digest everywhere else."""

import json
from datetime import datetime
from functools import lru_cache

from sqlalchemy import text

from domain.base import Code, Moment, Text, Value
from domain.pathway import Pathway, digest_of
from records.database import Session
from records.rows import value


class Published(Value):
    """A line of the catalogue."""

    code: Code
    version: int
    sha256: str
    title: Text
    speciality: Code
    published_by: str | None
    published_at: Moment


class VersionTaken(Exception):
    """This version of the pathway was published with another content: raise its version."""


_PUBLISH = text("""
    INSERT INTO pathway (clinic_id, code, version, sha256, title, speciality, compiled, published_by, published_at)
    VALUES (:clinic, :code, :version, :sha256, CAST(:title AS json), :speciality, CAST(:compiled AS json), :by, :at)
    ON CONFLICT DO NOTHING
""")
_SHA = text("SELECT sha256 FROM pathway WHERE clinic_id = :clinic AND code = :code AND version = :version")
_GET = text("SELECT compiled::text FROM pathway WHERE clinic_id = :clinic AND sha256 = :sha256")
_LATEST = text("""
    SELECT sha256, compiled::text AS compiled FROM pathway WHERE clinic_id = :clinic AND code = :code
    ORDER BY version DESC LIMIT 1
""")
_LIST = text("""
    SELECT code, version, sha256, title, speciality, published_by, published_at FROM pathway
    WHERE clinic_id = :clinic ORDER BY code, version DESC
""")


@lru_cache(maxsize=256)
def _read(sha256: str, compiled: str) -> Pathway:
    return Pathway.model_validate_json(compiled)


async def publish(session: Session, pathway: Pathway, by: str | None, at: datetime) -> str:
    """Publish a compiled pathway; its digest. The same content again changes nothing.

    Raises:
        VersionTaken: Another content has this code and version.
    """
    # Computed anew: a copy made by ``model_copy`` carries the cached digest of what it was copied from.
    compiled = pathway.model_dump(mode="json")
    digest = digest_of(compiled)
    await session.run(
        _PUBLISH,
        clinic=session.clinic,
        code=pathway.code,
        version=pathway.version,
        sha256=digest,
        title=pathway.title.model_dump_json(),
        speciality=pathway.speciality,
        compiled=json.dumps(compiled, ensure_ascii=False),
        by=by,
        at=at,
    )
    known = await session.scalar(_SHA, clinic=session.clinic, code=pathway.code, version=pathway.version)
    if known != digest:
        raise VersionTaken(f"{pathway.code}@{pathway.version}")
    return digest


async def get(session: Session, digest: str) -> Pathway | None:
    """A published pathway by digest."""
    found = await session.scalar(_GET, clinic=session.clinic, sha256=digest)
    return None if found is None else _read(digest, found)


async def latest(session: Session, code: str) -> Pathway | None:
    """The last published version of a pathway: what new consultations begin with."""
    row = await session.row(_LATEST, clinic=session.clinic, code=code)
    return None if row is None else _read(row.sha256, row.compiled)


async def list_all(session: Session) -> list[Published]:
    """The clinic's catalogue, by code, newest version first."""
    return [value(Published, row) for row in await session.rows(_LIST, clinic=session.clinic)]
