"""Drafts of the catalogue: what somebody put up for a second person to look at. Nothing ever begins with one.

A draft is named by the digest of all that would go live with it: the compiled pathway, the files it was written in,
and the clinic itself (pools, partners, calendars), which is live by name.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from sqlalchemy import text

from domain.acts import Refusal
from domain.base import Code, Moment, Text, Value
from domain.pathway import Pathway, digest_of
from records import clinics
from records.clinics import Clinic
from records.compiled import read, stored
from records.database import Session
from records.rows import maybe, value


class Folder(Value):
    """A clinic's folder: what was written, by path, and the clinic it makes."""

    files: dict[str, str]
    live: Clinic

    @cached_property
    def live_sha256(self) -> str:
        """The digest of the clinic it makes."""
        return digest_of(self.live.model_dump(mode="json"))

    @cached_property
    def sha256(self) -> str:
        """The digest of both."""
        return digest_of({"files": self.files, "live": self.live_sha256})


class Written(Value):
    """A pathway of a folder, compiled, with its bound as the checker tells it."""

    pathway: Pathway
    bound: str


class Draft(Value):
    """A draft without its content."""

    code: Code
    version: int
    pathway: str
    """The digest of the compiled pathway."""
    folder: str
    base: str
    """The digest of the clinic as it was live when the draft was put up."""
    title: Text
    speciality: Code
    bound: str
    author: str
    at: Moment

    @cached_property
    def sha256(self) -> str:
        """The digest a publisher names: of everything he looked at."""
        return draft_digest(self.pathway, self.folder)


def draft_digest(pathway: str, folder: str) -> str:
    """The digest of a draft, from those of its pathway and its folder."""
    return digest_of({"pathway": pathway, "folder": folder})


# Whoever changes the catalogue of a clinic waits here for the others; who only reads does not.
_LOCK = text("SELECT FROM clinic WHERE clinic_id = :clinic FOR NO KEY UPDATE")
_KEEP = text("""
    INSERT INTO clinic_folder (clinic_id, sha256, files, live, live_sha256, put_up_by, at)
    VALUES (:clinic, :sha256, CAST(:files AS json), CAST(:live AS json), :live_sha256, :by, :at)
    ON CONFLICT DO NOTHING
""")
_FOLDER = text("SELECT files, live FROM clinic_folder WHERE clinic_id = :clinic AND sha256 = :sha256")
_COLUMNS = "code, version, sha256 AS pathway, folder, base, title, speciality, bound, author, at"
_PUT = text(f"""
    INSERT INTO pathway_draft AS d (
        clinic_id, code, version, sha256, folder, base, title, speciality, compiled, bound, author, at
    ) VALUES (
        :clinic, :code, :version, :sha256, :folder, :base, CAST(:title AS json), :speciality,
        CAST(:compiled AS json), :bound, :author, :at
    )
    ON CONFLICT (clinic_id, code, version) DO UPDATE SET
        sha256 = excluded.sha256, folder = excluded.folder, base = excluded.base, title = excluded.title,
        speciality = excluded.speciality, compiled = excluded.compiled, bound = excluded.bound, at = excluded.at
    WHERE d.author = excluded.author
    RETURNING {_COLUMNS}
""")
_GET = text(f"SELECT {_COLUMNS} FROM pathway_draft WHERE clinic_id = :clinic AND code = :code AND version = :version")
_LIST = text(f"SELECT {_COLUMNS} FROM pathway_draft WHERE clinic_id = :clinic ORDER BY code, version DESC")
_COMPILED = text("""
    SELECT compiled::text FROM pathway_draft
    WHERE clinic_id = :clinic AND code = :code AND version = :version AND sha256 = :pathway
""")
_DROP = text("""
    DELETE FROM pathway_draft WHERE clinic_id = :clinic AND code = :code AND version = :version AND sha256 = :pathway
""")
_PUBLISHED = text("""
    SELECT sha256, compiled::text AS compiled FROM pathway
    WHERE clinic_id = :clinic AND code = :code AND version = :version
""")
_RETIRED = text("""
    SELECT EXISTS (SELECT FROM pathway_retirement WHERE clinic_id = :clinic AND code = :code AND version = :version)
""")
# What stands published word for word, in the clinic that is live, is no draft any more.
_SWEEP = text("""
    DELETE FROM pathway_draft AS d USING pathway AS p, clinic_folder AS f
    WHERE d.clinic_id = :clinic AND f.live_sha256 = :live
      AND (p.clinic_id, p.code, p.version, p.sha256) = (d.clinic_id, d.code, d.version, d.sha256)
      AND (f.clinic_id, f.sha256) = (d.clinic_id, d.folder)
""")


async def lock(session: Session) -> str:
    """Wait for whoever else changes this clinic's catalogue; the digest of the clinic as it is live.

    Raises:
        Refusal: ``no_such_clinic``.
    """
    await session.run(_LOCK, clinic=session.clinic)
    clinic = await clinics.get(session)
    if clinic is None:
        raise Refusal("no_such_clinic")
    return digest_of(clinic.model_dump(mode="json"))


async def put_up(
    session: Session, folder: Folder, written: Sequence[Written], author: str, at: datetime
) -> list[Draft]:
    """Make drafts of a checked folder's pathways; the same author's draft of a version gives way to the new one.

    What stands published word for word in the same clinic is passed over, so is what is retired.

    Raises:
        Refusal: ``other_clinic``; ``version_taken``: the version is published with another content; ``draft_taken``:
            somebody else has a draft of it.
    """
    if folder.live.id != session.clinic:
        raise Refusal("other_clinic")
    base = await lock(session)
    await session.run(
        _KEEP,
        clinic=session.clinic,
        sha256=folder.sha256,
        files=json.dumps(folder.files, ensure_ascii=False),
        live=folder.live.model_dump_json(),
        live_sha256=folder.live_sha256,
        by=author,
        at=at,
    )
    made = []
    for each in written:
        published = await _published(session, each.pathway)
        if published is None or not (folder.live_sha256 == base or await _retired(session, each.pathway)):
            as_stored = published or stored(each.pathway)
            made.append(await _put(session, folder, each, as_stored, base, author, at))
    return made


async def _published(session: Session, pathway: Pathway) -> tuple[str, str] | None:
    """The digest and JSON this version is published as, which say the same.

    Raises:
        Refusal: ``version_taken``: they do not.
    """
    row = await session.row(_PUBLISHED, clinic=session.clinic, code=pathway.code, version=pathway.version)
    if row is None:
        return None
    # Compared as values: what an older release compiled lacks fields that have a default since.
    if read(row.sha256, row.compiled) != pathway:
        raise Refusal("version_taken", pathway=pathway.code, version=pathway.version)
    return row.sha256, row.compiled


async def _retired(session: Session, pathway: Pathway) -> bool:
    version = {"code": pathway.code, "version": pathway.version}
    return bool(await session.scalar(_RETIRED, clinic=session.clinic, **version))


async def _put(
    session: Session,
    folder: Folder,
    written: Written,
    as_stored: tuple[str, str],
    base: str,
    author: str,
    at: datetime,
) -> Draft:
    pathway, (digest, compiled) = written.pathway, as_stored
    row = await session.row(
        _PUT,
        clinic=session.clinic,
        code=pathway.code,
        version=pathway.version,
        sha256=digest,
        folder=folder.sha256,
        base=base,
        title=pathway.title.model_dump_json(),
        speciality=pathway.speciality,
        compiled=compiled,
        bound=written.bound,
        author=author,
        at=at,
    )
    if row is None:
        raise Refusal("draft_taken", pathway=pathway.code, version=pathway.version)
    return value(Draft, row)


async def get(session: Session, code: str, version: int) -> Draft | None:
    """A draft."""
    return maybe(Draft, await session.row(_GET, clinic=session.clinic, code=code, version=version))


async def list_all(session: Session) -> list[Draft]:
    """All drafts of the clinic, by code, newest version first."""
    return [value(Draft, row) for row in await session.rows(_LIST, clinic=session.clinic)]


async def pathway(session: Session, draft: Draft) -> Pathway:
    """What a draft compiled to.

    Raises:
        Refusal: ``draft_changed``: by now it says something else, or is gone.
    """
    found = await session.scalar(
        _COMPILED, clinic=session.clinic, code=draft.code, version=draft.version, pathway=draft.pathway
    )
    if found is None:
        raise Refusal("draft_changed")
    return read(draft.pathway, found)


async def folder(session: Session, sha256: str) -> Folder:
    """A folder as it was put up.

    Raises:
        Refusal: ``no_such_draft``.
    """
    found = maybe(Folder, await session.row(_FOLDER, clinic=session.clinic, sha256=sha256))
    if found is None:
        raise Refusal("no_such_draft")
    return found


async def withdraw(session: Session, code: str, version: int, by: str, *, anybodys: bool = False) -> None:
    """Take a draft back: its author, or whoever may withdraw ``anybodys``.

    Raises:
        Refusal: ``no_such_draft``; ``draft_taken``: it is somebody else's.
    """
    await lock(session)
    draft = await get(session, code, version)
    if draft is None:
        raise Refusal("no_such_draft")
    if draft.author != by and not anybodys:
        raise Refusal("draft_taken", pathway=code, version=version)
    await session.run(_DROP, clinic=session.clinic, code=code, version=version, pathway=draft.pathway)


async def sweep(session: Session, live: str) -> None:
    """Remove drafts that say nothing new, now that the clinic with this digest is live."""
    await session.run(_SWEEP, clinic=session.clinic, live=live)
