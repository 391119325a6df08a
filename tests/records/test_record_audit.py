"""The audit's chain: rows changed, removed, slipped in, back-dated or hidden are found; late ones are not lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from records import audit
from records.audit import Seal

if TYPE_CHECKING:
    from tests.records.conftest import Ward

NOW = datetime.now(UTC)


async def write(ward: "Ward", at: datetime, action: str = "document.read") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        await audit.write(session, ward.doctor, action, [ward.mother_patient, "d-1"], at)


async def seal(ward: "Ward", at: datetime) -> Seal | None:
    async with ward.db.system() as session:
        made = await audit.seal(session, at)
    return next((each for each in made if each.clinic == ward.clinic), None)


async def findings(ward: "Ward", at: datetime = NOW, outside: Seal | None = None) -> list[str]:
    async with ward.db.system() as session:
        return [finding.code for finding in await audit.verify(session, ward.clinic, at, outside)]


async def chain(ward: "Ward") -> None:
    for n in range(3):
        at = NOW + timedelta(seconds=n * 10)
        await write(ward, at)
        await write(ward, at)
        assert await seal(ward, at + timedelta(seconds=1)) is not None


@asynccontextmanager
async def reaching_around(superuser: psycopg.AsyncConnection) -> AsyncIterator[psycopg.AsyncConnection]:
    """A superuser who switches the triggers off: only the chain is left to tell."""
    await superuser.execute("SET session_replication_role = replica")
    try:
        yield superuser
    finally:
        await superuser.execute("SET session_replication_role = DEFAULT")


async def test_an_untouched_chain_has_no_findings(ward: "Ward") -> None:
    await chain(ward)
    assert await findings(ward) == []
    assert await seal(ward, NOW) is None, "nothing new, no seal"


@pytest.mark.parametrize(
    ("tampering", "code"),
    [
        ("UPDATE audit SET person_id = 'p-nobody' WHERE clinic_id = %(c)s AND seal = 2", "changed"),
        ("UPDATE audit SET at = at - interval '1 day' WHERE clinic_id = %(c)s AND seal = 2", "changed"),
        (
            "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit WHERE clinic_id = %(c)s AND seal = 2)",
            "removed",
        ),
        ("UPDATE seal SET at = at + interval '1 second' WHERE clinic_id = %(c)s AND number = 2", "broken"),
        ("DELETE FROM seal WHERE clinic_id = %(c)s AND number = 2", "broken"),
        (
            "INSERT INTO audit (clinic_id, at, person_id, action, subjects, seal)"
            " SELECT clinic_id, at, person_id, 'x', '{}', 2 FROM audit WHERE clinic_id = %(c)s LIMIT 1",
            "added",
        ),
        ("DELETE FROM audit_subject WHERE clinic_id = %(c)s", "unlisted"),
    ],
)
async def test_tampering_is_found(tampering: str, code: str, ward: "Ward", superuser: psycopg.AsyncConnection) -> None:
    await chain(ward)
    async with reaching_around(superuser) as someone:
        await someone.execute(tampering.encode(), {"c": ward.clinic})
    assert code in await findings(ward)


async def test_a_row_that_commits_late_is_sealed_by_the_next_seal(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as slow:
        await audit.write(slow, ward.doctor, "late", [ward.mother_patient], NOW)
        await write(ward, NOW + timedelta(seconds=1), "early")
        first = await seal(ward, NOW + timedelta(seconds=2))
    assert first is not None
    assert len(first.rows) == 1
    second = await seal(ward, NOW + timedelta(seconds=3))
    assert second is not None
    assert second.rows[0][0] < first.rows[0][0], "its id is below the last sealed one"
    assert await findings(ward) == []


async def test_a_back_dated_row_is_found(ward: "Ward") -> None:
    await chain(ward)
    await write(ward, NOW - timedelta(days=3))
    await seal(ward, NOW + timedelta(minutes=1))
    assert await findings(ward) == ["back_dated"]


async def test_a_backlog_of_a_sealer_that_stood_still_is_not_called_back_dated(
    ward: "Ward", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.seals.BATCH", 2)
    for n in range(5):
        await write(ward, NOW + timedelta(minutes=n))
    later = NOW + timedelta(hours=1)
    for n in range(3):
        made = await seal(ward, later + timedelta(seconds=n))
        assert made is not None
        assert made.whole is (n == 2)
    assert await findings(ward) == []


async def test_a_sealer_that_stands_still_is_told(ward: "Ward") -> None:
    await write(ward, NOW)
    assert await findings(ward, datetime.now(UTC) + timedelta(minutes=5)) == ["unsealed"]


async def test_a_chain_rewritten_as_a_whole_differs_from_the_copy_outside(
    ward: "Ward", superuser: psycopg.AsyncConnection
) -> None:
    copies: list[Seal] = []

    async def copy(made: Seal) -> None:
        copies.append(made)

    await write(ward, NOW)
    await audit.seal_and_copy(ward.db, NOW, copy)
    (mine,) = [each for each in copies if each.clinic == ward.clinic]
    assert await findings(ward, outside=mine) == []
    async with reaching_around(superuser) as someone:
        await someone.execute("DELETE FROM seal WHERE clinic_id = %s", [ward.clinic])
        await someone.execute("UPDATE audit SET seal = NULL, action = 'other' WHERE clinic_id = %s", [ward.clinic])
    await seal(ward, NOW)
    assert await findings(ward) == []
    assert await findings(ward, outside=mine) == ["differs"]


async def test_a_copy_that_failed_is_made_by_the_next_round(ward: "Ward") -> None:
    copies: list[Seal] = []

    async def fail(_: Seal) -> None:
        raise OSError

    async def copy(made: Seal) -> None:
        copies.append(made)

    await write(ward, NOW)
    with pytest.raises(OSError):  # noqa: PT011
        await audit.seal_and_copy(ward.db, NOW, fail)
    assert await audit.seal_and_copy(ward.db, NOW, copy) == []
    assert [each.number for each in copies if each.clinic == ward.clinic] == [1]
    copies.clear()
    await audit.seal_and_copy(ward.db, NOW, copy)
    assert [each for each in copies if each.clinic == ward.clinic] == []


async def test_a_patient_reads_who_saw_what_page_by_page(ward: "Ward") -> None:
    for n in range(5):
        await write(ward, NOW + timedelta(seconds=n // 2), f"a{n}")
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        async with ward.db.clinic(ward.clinic) as session:
            page = await audit.of_subject(session, ward.mother_patient, cursor, limit=2)
        seen += [row.action for row in page.items]
        cursor = page.next
    assert (seen, cursor) == (["a4", "a3", "a2", "a1", "a0"], None)
    async with ward.db.clinic(ward.clinic) as session:
        assert (await audit.of_subject(session, ward.child_patient)).items == ()
