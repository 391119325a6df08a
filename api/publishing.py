"""What people do with the catalogue, the same at the facade and at the operator's command line.

Who may is decided before (``api.access``); each function here judges the thing itself and writes the audit row in the
transaction it is given.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from api.problems import Problem
from domain.base import Json, Value
from domain.pathway import Pathway
from domain.people import Actor, Role
from pathways.compile import Compiled
from pathways.diff import diff
from pathways.sources import compile_files, difference, named
from records import audit, catalogue, clinics, drafts
from records.catalogue import Published
from records.clinics import Clinic
from records.database import Database, Session
from records.drafts import Draft, Folder, Written


class Where(Value):
    """A finding: where, what, how to mend it."""

    at: str
    code: str
    what: str
    mend: str


class Changes(Value):
    """What a draft changes against the latest published version."""

    version: int
    words: tuple[str, ...]
    """For patients and doctors."""
    files: str
    """In the files, as a unified diff."""


class Look(Value):
    """A draft with all there is to see before it is published."""

    draft: Draft
    pathway: Pathway
    files: dict[str, str]
    findings: tuple[Where, ...]
    """By today's checker and today's law; a draft had none when it was put up."""
    changes: Changes | None
    """None where nothing was published under this code."""


async def check(files: Mapping[str, str]) -> Compiled:
    """Check and compile a folder.

    Raises:
        Problem: ``broken_folder``.
    """
    found = await asyncio.to_thread(compile_files, files)
    if found.findings:
        raise Problem("broken_folder", errors=[each.model_dump() for each in findings(files, found)])
    return found


def findings(files: Mapping[str, str], found: Compiled) -> tuple[Where, ...]:
    """The findings, by the names its sender gave the files."""
    return tuple(
        Where(
            at=f"{named(files, finding.file)}:{finding.line}:{finding.column}",
            code=finding.code,
            what=finding.what,
            mend=finding.mend,
        )
        for finding in found.findings
    )


async def put_up(session: Session, actor: Actor, files: Mapping[str, str], found: Compiled) -> list[Draft]:
    """Make drafts of a sound folder's pathways; what is published already is passed over."""
    now = datetime.now(UTC)
    folder = Folder(files=dict(files), live=Clinic.of(found.clinic.clinic.model_dump(mode="json")))
    written = [Written(pathway=each, bound=str(most)) for each, most in zip(found.pathways, found.bounds, strict=True)]
    made = await drafts.put_up(session, folder, written, actor.person, now)
    await _audit(session, actor, "pathways.draft", now, *map(_name, made))
    return made


async def look(session: Session, code: str, version: int, language: str) -> Look:
    """A draft as its publisher must see it.

    Raises:
        Problem: ``no_such_draft``.
    """
    draft = await drafts.get(session, code, version)
    if draft is None:
        raise Problem("no_such_draft")
    pathway, folder = await drafts.pathway(session, draft), await drafts.folder(session, draft.folder)
    found = await asyncio.to_thread(compile_files, folder.files)
    return Look(
        draft=draft,
        pathway=pathway,
        files=folder.files,
        findings=findings(folder.files, found),
        changes=await _changes(session, pathway, folder.files, language),
    )


async def _changes(session: Session, new: Pathway, files: Mapping[str, str], language: str) -> Changes | None:
    line = next((line for line in await catalogue.list_all(session) if line.code == new.code), None)
    old = None if line is None else await catalogue.get(session, line.sha256)
    if line is None or old is None:
        return None
    was = {} if line.folder is None else (await drafts.folder(session, line.folder)).files
    return Changes(version=line.version, words=tuple(diff(old, new, language)), files=difference(was, files))


async def withdraw(session: Session, actor: Actor, code: str, version: int) -> None:
    """Take a draft back: its author, or a head doctor."""
    await drafts.withdraw(session, code, version, actor.person, anybodys=actor.is_(Role.HEAD_DOCTOR))
    await _audit(session, actor, "pathways.withdraw", datetime.now(UTC), f"{code}@{version}")


async def recheck(database: Database, clinic: str, code: str, version: int, sha256: str) -> None:
    """Before a draft is published: its files still compile to it, by today's checker and today's law.

    Raises:
        Problem: ``broken_folder``, ``draft_outdated``.
    """
    async with database.clinic(clinic) as session:
        draft = await drafts.get(session, code, version)
        if draft is None or draft.sha256 != sha256:
            return  # It is no draft to publish: said where it is published.
        pathway, folder = await drafts.pathway(session, draft), await drafts.folder(session, draft.folder)
    found = await check(folder.files)
    if pathway != next((each for each in found.pathways if each.code == code), None):
        raise Problem("draft_outdated", pathway=code)


async def publish(session: Session, actor: Actor, code: str, version: int, sha256: str) -> Published:
    """Publish a draft that was looked at; whoever comes second is told the same.

    Raises:
        Problem: ``still_needed``: a pathway on offer names a pool or a partner the clinic would have no more.
    """
    now = datetime.now(UTC)
    published, new = await catalogue.publish(session, code, version, sha256, actor.person, now)
    if new:
        await _must_serve(session)
        await _audit(session, actor, "pathways.publish", now, f"{code}@{version}", published.sha256)
    return published


async def _must_serve(session: Session) -> None:
    clinic = await clinics.get(session)
    live = {} if clinic is None else clinic.folder
    for line in await catalogue.offered(session):
        pathway = await catalogue.get(session, line.sha256)
        if pathway is not None and (missing := _named(pathway) - _words(live)):
            raise Problem("still_needed", pathway=line.code, names=sorted(missing))


def _named(pathway: Pathway) -> set[str]:
    """Pools and partners a pathway names."""
    fields = [step.fields for step in pathway.index.values()]
    pools = {str(each["pool"]) for each in fields if each.get("pool")}
    return pools | {str(name) for each in fields for name in each.get("partners") or ()}


def _words(live: Mapping[str, Json]) -> set[str]:
    """Pools and partners a clinic has."""
    return {*(live.get("pools") or ()), *(live.get("labs") or ())}


async def retire(session: Session, actor: Actor, code: str, version: int, reason: str) -> Published:
    """Begin nothing with a version any more."""
    now = datetime.now(UTC)
    retired = await catalogue.retire(session, code, version, reason, actor.person, now)
    await _audit(session, actor, "pathways.retire", now, f"{code}@{version}", reason=reason)
    return retired


def _name(draft: Draft) -> str:
    return f"{draft.code}@{draft.version}"


async def _audit(
    session: Session, actor: Actor, doing: str, at: datetime, *subjects: str, reason: str | None = None
) -> None:
    await audit.write(session, actor.person, doing, subjects, at, reason=reason)
