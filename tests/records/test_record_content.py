"""Content: immutable versions by digest, drafts and their sweep."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from domain.pathway import digest_of
from domain.people import Owner, Role
from domain.snapshot import Snapshot
from domain.tasks import Task
from records import consultations, content
from records.content import ContentChanged

if TYPE_CHECKING:
    from tests.records.conftest import Ward

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def test_content_is_read_back_by_its_digest_whatever_its_numbers(ward: "Ward") -> None:
    body = {"b": "боль", "a": [1, 1.0, 1e21, 0.1, None], "z": {"y": True}}
    async with ward.db.clinic(ward.clinic) as session:
        kept = await content.write(session, "intake", "c-1", "c-1", "form.1.fill", ward.mother, body, NOW)
        assert kept.sha256 == digest_of(body)
        found = await content.read(session, kept.id, kept.sha256)
        assert found is not None
        assert (found.body, list(found.body)) == (body, ["b", "a", "z"])
        with pytest.raises(ContentChanged):
            await content.read(session, kept.id, "0" * 64)
        again = await content.write(session, "intake", "c-1", "c-1", "form.1.fill", ward.mother, body, NOW, id=kept.id)
        assert again == kept
        with pytest.raises(ContentChanged):
            await content.write(session, "intake", "c-1", "c-1", "t", ward.mother, {"x": 1}, NOW, id=kept.id)
        assert await content.of_task(session, "c-1", "form.1.fill") == [kept]
        assert await content.read(session, "ct-none") is None


async def test_content_changed_around_the_application_is_not_served(
    ward: "Ward", superuser: psycopg.AsyncConnection
) -> None:
    async with ward.db.clinic(ward.clinic) as session:
        kept = await content.write(session, "intake", "c", "c", "t", ward.mother, {"a": 1}, NOW)
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("UPDATE content SET body = '{\"a\": 2}' WHERE id = %s", [kept.id])
    await superuser.execute("SET session_replication_role = DEFAULT")
    async with ward.db.clinic(ward.clinic) as session:
        with pytest.raises(ContentChanged):
            await content.read(session, kept.id)


async def test_the_latest_draft_is_its_authors_and_the_sweep_spares_what_is_named(ward: "Ward") -> None:
    state = ward.state(revision=1)
    c = state.workflow

    async def draft(n: int, author: str, task: str = "note.1.write") -> str:
        async with ward.db.clinic(ward.clinic) as session:
            at = NOW + timedelta(minutes=n)
            return (await content.write(session, "protocol", c, c, task, author, {"n": n}, at, draft=True)).id

    first, named, last = [await draft(n, ward.doctor) for n in range(3)]
    other = await draft(0, ward.colleague)
    gone = await draft(0, ward.colleague, "closed.1.write")
    state.outputs = {"note": {"content": named}}
    state.tasks["note.1.write"] = Task(
        id="note.1.write", name="write", step="note", occurrence=1, owner=Owner(role=Role.DOCTOR), actions=(),
        opened_at=NOW,
    )  # fmt: skip
    async with ward.db.clinic(ward.clinic) as session:
        await consultations.project(session, Snapshot(state=state, transitions=()))
        latest = await content.latest_draft(session, c, "note.1.write", ward.doctor)
        assert latest is not None
        assert (latest.id, latest.body) == (last, {"n": 2})
        assert await content.sweep(session, NOW) == 0
        assert await content.sweep(session, NOW + timedelta(hours=1)) == 2
        left = [id_ for id_ in (first, named, last, other, gone) if await content.read(session, id_)]
        assert left == [named, last, other]
