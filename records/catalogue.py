"""The catalogue: published pathways (immutable, named by digest everywhere else), and those retired since.

A pathway comes here by two people: the author of a draft (``records.drafts``), and who publishes it. The database
holds both to it.
"""

from datetime import datetime

from sqlalchemy import text

from domain.acts import Refusal
from domain.base import Code, Moment, Text, Value
from domain.pathway import Pathway
from records import clinics, drafts
from records.compiled import read
from records.database import Session
from records.rows import maybe, value


class Published(Value):
    """A line of the catalogue."""

    code: Code
    version: int
    sha256: str
    folder: str | None
    """Where its files lie; None and no author: it was published before drafts were kept."""
    title: Text
    speciality: Code
    author: str | None
    published_by: str | None
    published_at: Moment
    reason: Code | None = None
    """Why it was retired; by whom, and when."""
    retired_by: str | None = None
    retired_at: Moment | None = None


_PUBLISH = text("""
    INSERT INTO pathway (
        clinic_id, code, version, sha256, title, speciality, compiled, author, folder, published_by, published_at
    )
    SELECT clinic_id, code, version, sha256, title, speciality, compiled, author, folder, :by, :at FROM pathway_draft
    WHERE clinic_id = :clinic AND code = :code AND version = :version
    ON CONFLICT (clinic_id, code, version) DO NOTHING
""")
_COMPILED = text("SELECT compiled::text FROM pathway WHERE clinic_id = :clinic AND sha256 = :sha256")
_LATEST = text("""
    SELECT p.sha256, p.compiled::text AS compiled, r.code IS NOT NULL AS retired
    FROM pathway AS p LEFT JOIN pathway_retirement AS r USING (clinic_id, code, version)
    WHERE p.clinic_id = :clinic AND p.code = :code ORDER BY retired, p.version DESC LIMIT 1
""")
_LINES = """
    SELECT code, version, p.sha256, p.folder, p.title, p.speciality, p.author, p.published_by, p.published_at,
           r.reason, r.retired_by, r.at AS retired_at
    FROM pathway AS p LEFT JOIN pathway_retirement AS r USING (clinic_id, code, version)
    WHERE p.clinic_id = :clinic
"""
_LINE = text(f"{_LINES} AND code = :code AND version = :version")
_LIST = text(f"{_LINES} ORDER BY code, version DESC")
_RETIRE = text("""
    INSERT INTO pathway_retirement (clinic_id, code, version, reason, retired_by, at)
    VALUES (:clinic, :code, :version, :reason, :by, :at) ON CONFLICT DO NOTHING
""")


async def publish(
    session: Session, code: str, version: int, sha256: str, by: str, at: datetime
) -> tuple[Published, bool]:
    """Publish the draft with this digest, and make the clinic of its folder live.

    Returns:
        The line, and whether it was this call that published it: who comes second finds it done.

    Raises:
        Refusal: ``no_such_draft``; ``draft_changed``: the draft has another digest by now; ``own_draft``: its author
            may not publish it; ``clinic_changed``: another clinic went live since it was put up, which publishing
            would undo.
    """
    live = await drafts.lock(session)
    draft, known = await drafts.get(session, code, version), await line(session, code, version)
    if draft is None or draft.sha256 != sha256:
        if known is not None and known.folder and drafts.draft_digest(known.sha256, known.folder) == sha256:
            return known, False
        raise Refusal("no_such_draft" if draft is None else "draft_changed", pathway=code, version=version)
    if draft.author == by:
        raise Refusal("own_draft", pathway=code, version=version)
    folder = await drafts.folder(session, draft.folder)
    if live not in (draft.base, folder.live_sha256):
        raise Refusal("clinic_changed", pathway=code, version=version)
    await session.run(_PUBLISH, clinic=session.clinic, code=code, version=version, by=by, at=at)
    await clinics.save(session, folder.live, at)
    published = await line(session, code, version)
    if published is None or published.sha256 != draft.pathway:
        raise Refusal("version_taken", pathway=code, version=version)
    await drafts.sweep(session, folder.live_sha256)
    return published, True


async def retire(session: Session, code: str, version: int, reason: str, by: str, at: datetime) -> Published:
    """From now on nothing begins with this version; what runs goes on. Retired already: the first reason stands.

    Raises:
        Refusal: ``no_such_pathway``.
    """
    await drafts.lock(session)
    if await line(session, code, version) is None:
        raise Refusal("no_such_pathway", pathway=code, version=version)
    await session.run(_RETIRE, clinic=session.clinic, code=code, version=version, reason=reason, by=by, at=at)
    retired = await line(session, code, version)
    assert retired is not None
    return retired


async def get(session: Session, digest: str) -> Pathway | None:
    """A published pathway by digest, retired or not: what runs keeps its version."""
    found = await session.scalar(_COMPILED, clinic=session.clinic, sha256=digest)
    return None if found is None else read(digest, found)


async def latest(session: Session, code: str) -> Pathway | None:
    """The highest version not retired: what new consultations begin with. None for a code never published.

    Raises:
        Refusal: ``pathway_retired``: every version is.
    """
    row = await session.row(_LATEST, clinic=session.clinic, code=code)
    if row is None:
        return None
    if row.retired:
        raise Refusal("pathway_retired", pathway=code)
    return read(row.sha256, row.compiled)


async def line(session: Session, code: str, version: int) -> Published | None:
    """The line of a version."""
    return maybe(Published, await session.row(_LINE, clinic=session.clinic, code=code, version=version))


async def list_all(session: Session) -> list[Published]:
    """The clinic's catalogue, by code, newest version first."""
    return [value(Published, row) for row in await session.rows(_LIST, clinic=session.clinic)]


async def offered(session: Session) -> list[Published]:
    """Of every pathway the highest version not retired, by code."""
    found: dict[str, Published] = {}
    for each in await list_all(session):
        if each.retired_at is None:
            found.setdefault(each.code, each)
    return list(found.values())
