"""The chain over the audit: each seal names the digests of its rows and of the seal before.

A sealer takes the rows *not yet in a seal* (never "id above the last": a row whose transaction commits late would be
skipped). The latest seal is copied outside the database, so that a chain rewritten as a whole shows too.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, text

from domain.base import Json, Moment, Value
from domain.pathway import digest_of
from records.database import Database, Session
from records.rows import maybe, value

LATE = timedelta(minutes=2)
"""Longer than any transaction of ours lives: an older row that joins a seal was not written when it says."""
BATCH = 5000
START = "0" * 64


class Seal(Value):
    """A link of a clinic's chain. ``whole``: it took every row there was (a backlog is sealed in several)."""

    clinic: str
    number: int
    at: Moment
    previous: str
    rows: tuple[tuple[int, str], ...]
    whole: bool
    digest: str


class Finding(Value):
    """Something wrong with the audit.

    ``changed``, ``removed``, ``added`` (slipped into a seal later), ``back_dated`` rows; ``unsealed``: the sealer
    stands still; ``unlisted``: hidden from whom it is about; ``broken``: a seal was changed or is missing;
    ``differs``: not the seal that was copied outside.
    """

    code: Literal["changed", "removed", "added", "back_dated", "unsealed", "unlisted", "broken", "differs"]
    clinic: str
    seal: int | None = None
    row: int | None = None


_ROW = "id, clinic_id AS clinic, at, person_id AS person, on_behalf_of, action, subjects, reason, seal"
_CLINICS = text("SELECT DISTINCT clinic_id FROM audit WHERE seal IS NULL ORDER BY clinic_id")
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('seal:' || :clinic, 0))")
_LAST = text("SELECT number, digest FROM seal WHERE clinic_id = :clinic ORDER BY number DESC LIMIT 1")
_OPEN = text(f"SELECT {_ROW} FROM audit WHERE clinic_id = :clinic AND seal IS NULL ORDER BY id LIMIT :limit")
_SEAL = text("""
    INSERT INTO seal (clinic_id, number, at, previous, rows, whole, digest)
    SELECT :clinic, :number, :at, :previous, CAST(:rows AS json), :whole, :digest
""")
_TAKE = text("UPDATE audit SET seal = :number WHERE clinic_id = :clinic AND id = ANY(CAST(:ids AS bigint[]))")
_UNCOPIED = text("""
    SELECT DISTINCT ON (clinic_id) clinic_id AS clinic, number, at, previous, rows, whole, digest FROM seal
    WHERE copied_at IS NULL ORDER BY clinic_id, number DESC
""")
_COPIED = text("""
    UPDATE seal SET copied_at = :at WHERE clinic_id = :clinic AND number <= :number AND copied_at IS NULL
""")
_SEALS = text("""
    SELECT clinic_id AS clinic, number, at, previous, rows, whole, digest FROM seal
    WHERE clinic_id = :clinic AND number > :after ORDER BY number LIMIT :limit
""")
_SEALED = text(f"""
    SELECT {_ROW} FROM audit WHERE clinic_id = :clinic AND seal BETWEEN :first AND :last ORDER BY id
""")
_UNSEALED = text("""
    SELECT id FROM audit WHERE clinic_id = :clinic AND seal IS NULL AND recorded_at < :before ORDER BY id
""")
_STRAY = text("""
    SELECT id, seal FROM audit AS a WHERE a.clinic_id = :clinic AND a.seal IS NOT NULL
      AND NOT EXISTS (SELECT FROM seal AS s WHERE s.clinic_id = a.clinic_id AND s.number = a.seal) ORDER BY id
""")
_UNLISTED = text("""
    SELECT a.id, a.seal FROM audit AS a
    WHERE a.clinic_id = :clinic
      AND cardinality(a.subjects) <> (SELECT count(*) FROM audit_subject AS s
                                      WHERE s.clinic_id = a.clinic_id AND s.audit_id = a.id
                                        AND s.subject = ANY(a.subjects))
    ORDER BY a.id
""")


async def seal(session: Session, at: datetime) -> list[Seal]:
    """Seal every clinic's rows that are in no seal yet (system role); the new seals.

    Another sealer at the same clinic is left to its work. A backlog takes several rounds.
    """
    made = []
    for (clinic,) in await session.rows(_CLINICS):
        if await session.scalar(_LOCK, clinic=clinic):
            new = await _seal_clinic(session, clinic, at)
            if new is not None:
                made.append(new)
    return made


async def _seal_clinic(session: Session, clinic: str, at: datetime) -> Seal | None:
    rows = await session.rows(_OPEN, clinic=clinic, limit=BATCH + 1)
    if not rows:
        return None
    whole, rows = len(rows) <= BATCH, rows[:BATCH]
    last = await session.row(_LAST, clinic=clinic)
    new = _link(
        clinic,
        1 if last is None else last.number + 1,
        at,
        START if last is None else last.digest,
        tuple((row.id, _digest(row)) for row in rows),
        whole,
    )
    await session.run(
        _SEAL,
        clinic=clinic,
        number=new.number,
        at=at,
        previous=new.previous,
        rows=json.dumps(new.rows),
        whole=whole,
        digest=new.digest,
    )
    await session.run(_TAKE, clinic=clinic, number=new.number, ids=[row.id for row in rows])
    return new


async def seal_and_copy(database: Database, at: datetime, copy: Callable[[Seal], Awaitable[None]]) -> list[Seal]:
    """One round of the sealer: seal, commit, then copy each clinic's latest seal outside.

    A seal whose copy failed, or whose sealer was killed in between, is copied by the next round.
    """
    async with database.system() as session:
        made = await seal(session, at)
    async with database.system() as session:
        waiting = [value(Seal, row) for row in await session.rows(_UNCOPIED)]
    for each in waiting:
        await copy(each)
        async with database.system() as session:
            await session.run(_COPIED, clinic=each.clinic, number=each.number, at=at)
    return made


async def verify(session: Session, clinic: str, at: datetime, outside: Seal | None = None) -> list[Finding]:
    """Check a clinic's audit against its chain (system role), and the chain against the seal copied outside."""
    findings: list[Finding] = []
    number, digest = 0, START
    last_whole: datetime | None = None
    copied_seen = outside is None
    while True:
        seals = [value(Seal, row) for row in await session.rows(_SEALS, clinic=clinic, after=number, limit=100)]
        if not seals:
            break
        rows = await session.rows(_SEALED, clinic=clinic, first=seals[0].number, last=seals[-1].number)
        by_seal: dict[int, list[Row[Any]]] = {}
        for row in rows:
            by_seal.setdefault(row.seal, []).append(row)
        for each in seals:
            if not _follows(each, number, digest):
                findings.append(Finding(code="broken", clinic=clinic, seal=each.number))
            findings.extend(_rows(each, by_seal.get(each.number, []), last_whole))
            if outside is not None and each.number == outside.number:
                copied_seen = True
                if each.digest != outside.digest:
                    findings.append(Finding(code="differs", clinic=clinic, seal=each.number))
            number, digest = each.number, each.digest
            last_whole = each.at if each.whole else last_whole
    if not copied_seen and outside is not None:
        findings.append(Finding(code="differs", clinic=clinic, seal=outside.number))
    for row in await session.rows(_UNSEALED, clinic=clinic, before=at - LATE):
        findings.append(Finding(code="unsealed", clinic=clinic, row=row.id))
    for row in await session.rows(_STRAY, clinic=clinic):
        findings.append(Finding(code="added", clinic=clinic, seal=row.seal, row=row.id))
    for row in await session.rows(_UNLISTED, clinic=clinic):
        findings.append(Finding(code="unlisted", clinic=clinic, seal=row.seal, row=row.id))
    return findings


async def latest(session: Session, clinic: str) -> Seal | None:
    """The last seal of a clinic (system role)."""
    number = await session.scalar(_LAST, clinic=clinic)
    if number is None:
        return None
    return maybe(Seal, await session.row(_SEALS, clinic=clinic, after=number - 1, limit=1))


def _follows(seal: Seal, number: int, digest: str) -> bool:
    made = _link(seal.clinic, seal.number, seal.at, seal.previous, seal.rows, seal.whole)
    return seal.number == number + 1 and seal.previous == digest and seal.digest == made.digest


def _rows(seal: Seal, rows: Sequence[Row[Any]], last_whole: datetime | None) -> list[Finding]:
    sealed, there = dict(seal.rows), {row.id: row for row in rows}
    wrong: list[tuple[Literal["removed", "added", "changed", "back_dated"], int]] = [
        ("removed", id_) for id_ in sealed if id_ not in there
    ]
    for id_, row in there.items():
        if id_ not in sealed:
            wrong.append(("added", id_))
        elif sealed[id_] != _digest(row):
            wrong.append(("changed", id_))
        elif last_whole is not None and row.at < last_whole - LATE:
            wrong.append(("back_dated", id_))
    return [Finding(code=code, clinic=seal.clinic, seal=seal.number, row=id_) for code, id_ in wrong]


def _digest(row: Row[Any]) -> str:
    return digest_of(
        {
            "id": row.id,
            "clinic": row.clinic,
            "at": _instant(row.at),
            "person": row.person,
            "on_behalf_of": row.on_behalf_of,
            "action": row.action,
            "subjects": list(row.subjects),
            "reason": row.reason,
        }
    )


def _link(
    clinic: str, number: int, at: datetime, previous: str, rows: tuple[tuple[int, str], ...], whole: bool
) -> Seal:
    body: Json = {
        "clinic": clinic,
        "number": number,
        "at": _instant(at),
        "previous": previous,
        "rows": [list(row) for row in rows],
        "whole": whole,
    }
    return Seal(
        clinic=clinic,
        number=number,
        at=at,
        previous=previous,
        rows=rows,
        whole=whole,
        digest=digest_of(body),
    )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
