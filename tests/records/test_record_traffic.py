"""The inbox, the clock, migrations."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from dev.stack import Stack
from domain.acts import Fact
from domain.people import Role
from domain.snapshot import Snapshot
from records import clock, consultations, content, inbox, migrate
from records.database import Database
from records.ids import new_id
from records.migrate import WrongRoles
from records.tables import metadata
from runtime.settings import Settings

if TYPE_CHECKING:
    from tests.records.conftest import Ward

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def empty_inbox(db: Database, superuser: psycopg.AsyncConnection) -> None:
    """Nothing of other tests in the inbox."""
    await superuser.execute("DELETE FROM inbox")


async def put(db: Database, n: int, ring: Role | None = None, clinic: str | None = None) -> bool:
    async with db.bare() as session:
        fact = Fact(source="labs", id=f"e-{n}", step="labs", body={"event": "result"})
        return await inbox.put(session, f"c-{n}", fact, b"raw", NOW, clinic=clinic, ring=ring)


@pytest.mark.usefixtures("empty_inbox")
async def test_a_notice_that_nobody_takes_is_told_to_the_clinic_of_its_workflow(ward: "Ward") -> None:
    state = ward.state()
    async with ward.db.clinic(ward.clinic) as session:
        await consultations.project(session, Snapshot(state=state, transitions=()))
    async with ward.db.bare() as session:
        for workflow in (state.workflow, "c-unknown"):
            fact = Fact(source="registry", id=f"e-{workflow}", body={"event": "registered"})
            await inbox.put(session, workflow, fact, b"raw", NOW)
    async with ward.db.system() as session:
        stuck = {letter.workflow: letter.clinic for letter in await inbox.stuck(session, tries=0)}
    assert stuck == {state.workflow: ward.clinic, "c-unknown": None}


@pytest.mark.usefixtures("empty_inbox")
async def test_a_fact_is_kept_once_and_comes_again_until_it_is_marked(
    db: Database, superuser: psycopg.AsyncConnection
) -> None:
    assert await put(db, 1)
    assert not await put(db, 1)
    async with db.system() as session:
        assert await inbox.undelivered(session, NOW - timedelta(seconds=1)) == []
        (letter,) = await inbox.undelivered(session, NOW)
        assert (letter.workflow, letter.fact.id, letter.fact.body) == ("c-1", "e-1", {"event": "result"})
        assert await inbox.undelivered(session, NOW) == [], "it is another relay's for a while"
        (again,) = await inbox.undelivered(session, NOW + inbox.LEASE)
        assert (again.id, again.tries) == (letter.id, 2)
        assert await inbox.stuck(session, tries=2) == [again]
        await inbox.mark(session, letter.id, NOW)
        assert await inbox.undelivered(session, NOW + timedelta(days=1)) == []
        assert await inbox.stuck(session, tries=2) == []
    cursor = await superuser.execute("SELECT raw FROM inbox")
    assert b"raw" not in (await cursor.fetchone() or (b"raw",))[0]


@pytest.mark.usefixtures("empty_inbox")
async def test_relays_share_the_facts_between_them(db: Database) -> None:
    for n in range(10):
        await put(db, n)

    async def relay() -> list[int]:
        async with db.system() as session:
            return [letter.id for letter in await inbox.undelivered(session, NOW, limit=5)]

    first, second = await asyncio.gather(relay(), relay())
    assert len(set(first) | set(second)) == 10


@pytest.mark.usefixtures("empty_inbox")
async def test_retries_come_ever_later(db: Database) -> None:
    await put(db, 1)
    at, pauses = NOW, []
    async with db.system() as session:
        for _ in range(12):
            assert await inbox.undelivered(session, at)
            due = await session.scalar(text("SELECT next_try_at FROM inbox"))
            pauses.append(due - at)
            at = due
    assert pauses == sorted(pauses)
    assert pauses[0] == inbox.LEASE
    assert pauses[-1] == inbox.LONGEST_PAUSE


@pytest.mark.usefixtures("empty_inbox")
async def test_a_red_flag_stands_with_its_answers_and_is_rung_once(ward: "Ward") -> None:
    fact = Fact(source="intake", id=new_id("fl"), body={"flag": "chest_pain"})
    async with ward.db.clinic(ward.clinic) as session:
        await content.write(session, "intake", "c-1", "c-1", "t", ward.mother, {"a": 1}, NOW)
        await inbox.put(session, "c-1", fact, b"", NOW, clinic=ward.clinic, ring=Role.SHIFT_SUPERVISOR)
    async with ward.db.system() as session:
        assert await inbox.to_ring(session, NOW - timedelta(seconds=1)) == []
        (flag,) = await inbox.to_ring(session, NOW)
        assert (flag.clinic, flag.workflow, flag.ring) == (ward.clinic, "c-1", Role.SHIFT_SUPERVISOR)
        assert await inbox.rung(session, flag.id, NOW)
        assert not await inbox.rung(session, flag.id, NOW)
        assert await inbox.to_ring(session, NOW) == []


async def test_the_clock_is_real_until_it_is_moved_and_the_application_cannot_move_it(db: Database) -> None:
    real = datetime.now(UTC)
    async with db.bare() as session:
        before = await clock.get(session)
    with pytest.raises(Exception, match="permission denied"):
        async with db.bare() as session:
            await clock.advance(session, timedelta(days=7), real)
    async with db.system() as session:
        after = await clock.advance(session, timedelta(days=7), real)
        assert after.now(real) - before.now(real) == timedelta(days=7)
        assert await clock.get(session) == after
    async with db.system() as session:
        await session.run(
            text("UPDATE clock SET anchor = :a, real_anchor = :r, rate = :f"),
            a=before.anchor,
            r=before.real_anchor,
            f=before.rate,
        )


def test_migrations_make_exactly_the_tables_of_the_code(record_settings: Settings) -> None:
    engine = create_engine(record_settings.database_owner_url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
    finally:
        engine.dispose()


def test_bootstrap_and_upgrade_may_run_again(services: Stack, record_settings: Settings) -> None:
    migrate.bootstrap(record_settings, services.superuser_url)
    migrate.upgrade(record_settings)


def test_migrations_go_all_the_way_back_and_up_again(services: Stack, record_settings: Settings) -> None:
    from alembic import command

    other = record_settings.model_copy(
        update={
            name: getattr(record_settings, name).rpartition("/")[0] + "/carepath_back"
            for name in ("database_url", "database_system_url", "database_owner_url")
        }
    )
    migrate.bootstrap(other, services.superuser_url)
    migrate.upgrade(other)
    engine = create_engine(other.database_owner_url)
    try:
        with engine.begin() as connection:
            command.downgrade(migrate.configuration(connection), "base")
            left = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
            assert set(left) == {"alembic_version"}
    finally:
        engine.dispose()
    migrate.upgrade(other)


def test_other_role_names_are_refused(services: Stack, record_settings: Settings) -> None:
    url = record_settings.database_url.replace("carepath_app", "postgres")
    with pytest.raises(WrongRoles):
        migrate.bootstrap(record_settings.model_copy(update={"database_url": url}), services.superuser_url)
