"""Whose rows they are: roles, row-level security, rights. The roles first: a superuser would pass all the rest."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from domain.acts import Fact
from records import (
    catalogue,
    inbox,
    logins,
    notices,
    requests,
)
from records.database import Database, WrongDoor
from records.tables import metadata

if TYPE_CHECKING:
    from tests.records.conftest import Ward

OF_NO_CLINIC = {"person", "login", "login_code", "request", "inbox", "clock"}
OF_A_CLINIC = sorted(set(metadata.tables) - OF_NO_CLINIC)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DENIED = "42501"


async def test_the_applications_role_is_no_superuser_bypasses_nothing_and_owns_nothing(
    db: Database, superuser: psycopg.AsyncConnection
) -> None:
    async with db.bare() as session:
        assert await session.scalar(text("SELECT current_user")) == "carepath_app"
    async with db.system() as session:
        assert await session.scalar(text("SELECT current_user")) == "carepath_system"
    rows = await superuser.execute("""
        SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication,
               (SELECT count(*) FROM pg_class WHERE relowner = r.oid)
               + (SELECT count(*) FROM pg_proc WHERE proowner = r.oid)
               + (SELECT count(*) FROM pg_auth_members WHERE member = r.oid)
        FROM pg_roles AS r WHERE rolname IN ('carepath_app', 'carepath_system') ORDER BY 1
    """)
    assert await rows.fetchall() == [("carepath_app", False, 0), ("carepath_system", False, 0)]


async def test_every_table_of_a_clinic_names_it_and_forces_row_level_security(
    db: Database, superuser: psycopg.AsyncConnection
) -> None:
    rows = await superuser.execute("""
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity,
               EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'clinic_id' AND attnotnull),
               EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polroles = '{0}'
                       AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL
                       AND pg_get_expr(p.polqual, p.polrelid) LIKE '%carepath.clinic%'
                       AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%carepath.clinic%')
        FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1
    """)
    tables = {name: tuple(rest) for name, *rest in await rows.fetchall()}
    assert set(tables) - {"alembic_version"} == set(metadata.tables)
    assert {name: tables[name] for name in OF_A_CLINIC} == dict.fromkeys(OF_A_CLINIC, (True, True, True))
    for name in OF_NO_CLINIC - {"inbox", "clock"}:
        assert tables[name][0], name


async def test_every_foreign_key_between_tables_of_a_clinic_carries_the_clinic(
    db: Database, superuser: psycopg.AsyncConnection
) -> None:
    rows = await superuser.execute("""
        SELECT conname, conrelid::regclass::text, confrelid::regclass::text,
               (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1])
        FROM pg_constraint WHERE contype = 'f'
    """)
    for name, table, target, first in await rows.fetchall():
        if target not in OF_NO_CLINIC:
            assert table in OF_A_CLINIC, name
            assert first == "clinic_id", name


@pytest.mark.parametrize("table", OF_A_CLINIC)
async def test_another_clinic_sees_no_row_changes_none_and_adds_none(
    table: str, full: "Ward", a_ward: "Callable[[], Awaitable[Ward]]", superuser: psycopg.AsyncConnection
) -> None:
    other = await a_ward()
    count = text(f'SELECT count(*) FROM "{table}" WHERE clinic_id = :clinic')
    async with full.db.clinic(full.clinic) as session:
        assert await session.scalar(count, clinic=full.clinic) > 0, "the test must have a row to hide"
    async with full.db.clinic(other.clinic) as session:
        assert await session.scalar(count, clinic=full.clinic) == 0
    async with full.db.bare() as session:
        assert await session.scalar(text(f'SELECT count(*) FROM "{table}"')) == 0

    cursor = await superuser.execute(
        f'SELECT row_to_json(t)::text FROM "{table}" AS t WHERE clinic_id = %s LIMIT 1', [full.clinic]
    )
    (row,) = await cursor.fetchone() or ("",)
    copy = text(f"""
        INSERT INTO "{table}" OVERRIDING SYSTEM VALUE
        SELECT * FROM json_populate_record(CAST(NULL AS "{table}"), CAST(:row AS json))
    """)
    await denied(full.db, other.clinic, copy, row=row)
    # What it may change in its own rows it changes in nobody else's; whose a row is nobody changes.
    columns = await superuser.execute(
        """SELECT column_name FROM information_schema.column_privileges
           WHERE grantee = 'carepath_app' AND table_name = %s AND privilege_type = 'UPDATE'""",
        [table],
    )
    for (column,) in await columns.fetchall():
        async with full.db.clinic(other.clinic) as session:
            change = text(f'UPDATE "{table}" SET "{column}" = "{column}" WHERE clinic_id = :clinic')
            assert await session.run(change, clinic=full.clinic) == 0
    await denied(full.db, full.clinic, text(f'UPDATE "{table}" SET clinic_id = :other'), other=other.clinic)
    may_remove = await superuser.execute("SELECT has_table_privilege('carepath_app', %s, 'DELETE')", [table])
    if await may_remove.fetchone() == (True,):
        async with full.db.clinic(other.clinic) as session:
            assert await session.run(text(f'DELETE FROM "{table}" WHERE clinic_id = :c'), c=full.clinic) == 0


async def denied(db: Database, clinic: str, statement: object, **values: object) -> None:
    """The database says no for want of a right."""
    with pytest.raises(DBAPIError) as refused:
        async with db.clinic(clinic) as session:
            await session.run(statement, **values)  # type: ignore[arg-type]
    assert getattr(refused.value.orig, "sqlstate", None) == DENIED


async def test_the_application_only_adds_to_the_audit(full: "Ward") -> None:
    for statement in (
        "UPDATE audit SET action = 'x'",
        "UPDATE audit SET seal = NULL",
        "DELETE FROM audit",
        "DELETE FROM seal",
        "UPDATE seal SET digest = 'x'",
        "TRUNCATE audit CASCADE",
    ):
        await denied(full.db, full.clinic, text(statement))


async def test_the_system_role_reads_no_clinical_column(full: "Ward", superuser: psycopg.AsyncConnection) -> None:
    clinical = {
        "patient", "representation", "identity", "staff", "transition", "consent", "evidence", "content", "document",
        "signature", "prescription", "lab_order", "result", "score", "payment", "pathway", "person", "login", "notice",
    }  # fmt: skip
    for table in sorted(clinical):
        with pytest.raises(ProgrammingError):
            async with full.db.system() as session:
                await session.rows(text(f'SELECT * FROM "{table}"'))
    for table, column in (
        ("consultation", "state"), ("consultation", "patient_id"), ("task", "data"), ("task", "patient_id"),
        ("inbox", "raw"), ("request", "sealed"), ("clinic", "folder"),
    ):  # fmt: skip
        cursor = await superuser.execute(
            "SELECT has_column_privilege('carepath_system', %s, %s, 'SELECT')", [table, column]
        )
        assert await cursor.fetchone() == (False,), (table, column)


async def test_what_never_changes_is_refused_even_to_the_owner(
    full: "Ward", superuser: psycopg.AsyncConnection
) -> None:
    for table in (
        "pathway", "consent", "consent_withdrawal", "evidence", "transition", "document", "signature", "prescription",
        "score", "payment", "identity", "content", "audit", "audit_subject", "seal",
    ):  # fmt: skip
        with pytest.raises(psycopg.IntegrityError):
            await superuser.execute(f'DELETE FROM "{table}" WHERE clinic_id = %s', [full.clinic])
    with pytest.raises(psycopg.IntegrityError):
        await superuser.execute("UPDATE content SET sha256 = 'x' WHERE clinic_id = %s", [full.clinic])


async def test_logins_and_requests_are_reached_one_by_one_and_never_listed(ward: "Ward") -> None:
    async with ward.db.bare() as session:
        await logins.create_phone(session, ward.mother, "+7916" + ward.clinic[3:10], NOW)
        await requests.remember(session, "hash-" + ward.clinic, "d", requests.Recorded(status=200, body={}), NOW)
    for table in ("person", "login", "login_code", "request"):
        async with ward.db.bare() as session:
            assert await session.rows(text(f"SELECT * FROM {table}")) == []
    async with ward.db.bare() as session:
        await session.reach(ward.mother)
        assert await session.scalar(text("SELECT count(*) FROM login")) == 1
        assert await session.scalar(text("SELECT count(*) FROM person")) == 1
    async with ward.db.clinic(ward.clinic) as session:
        assert await session.rows(text("SELECT * FROM login")) == []


async def test_the_application_adds_to_the_inbox_and_cannot_read_it(ward: "Ward") -> None:
    async with ward.db.bare() as session:
        assert await inbox.put(session, "c-1", Fact(source="labs", id=ward.clinic), b"raw", NOW)
        assert not await inbox.put(session, "c-1", Fact(source="labs", id=ward.clinic), b"raw", NOW)
    with pytest.raises(ProgrammingError):
        async with ward.db.bare() as session:
            await session.rows(text("SELECT * FROM inbox"))


async def test_a_clinics_query_in_a_transaction_of_no_clinic_is_a_programming_error(ward: "Ward") -> None:
    async with ward.db.bare() as session:
        with pytest.raises(WrongDoor):
            await catalogue.list_all(session)
    with pytest.raises(WrongDoor):
        async with ward.db.clinic(""):
            pass


async def write_and_fail(ward: "Ward") -> None:
    """Write something in a transaction that fails later."""
    async with ward.db.clinic(ward.clinic) as session:
        await notices.remember(session, "k", ward.mother, "come", "sms", NOW)
        raise RuntimeError


async def test_a_transaction_commits_on_leaving_and_rolls_back_on_an_error(ward: "Ward") -> None:
    with pytest.raises(RuntimeError):
        await write_and_fail(ward)
    async with ward.db.clinic(ward.clinic) as session:
        assert await notices.sent(session, "k") == frozenset()
        await notices.remember(session, "k", ward.mother, "come", "sms", NOW)
    async with ward.db.clinic(ward.clinic) as session:
        assert await notices.sent(session, "k") == {ward.mother}


async def test_connections_that_died_in_the_pool_are_replaced_unnoticed(
    ward: "Ward", superuser: psycopg.AsyncConnection
) -> None:
    async with ward.db.clinic(ward.clinic) as session:
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
    await superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    async with ward.db.clinic(ward.clinic) as session:
        assert await catalogue.list_all(session)
