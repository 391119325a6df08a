"""Making the database: roles and an empty database by a superuser once, tables by their owner at every version."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL, make_url

from runtime.settings import Settings

OWNER = "carepath_owner"
"""Owns everything; migrations only."""
APP = "carepath_app"
"""API and activities: no superuser, no BYPASSRLS, owns nothing, insert-only on audit."""
SYSTEM = "carepath_system"
"""Inbox, sealer, reconciler: across clinics, no clinical column."""

_ATTRIBUTES = sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT")


class WrongRoles(ValueError):
    """The settings name other roles than those the migrations grant rights to."""


def bootstrap(settings: Settings, superuser_url: str) -> None:
    """Make the roles (with the passwords of the settings' URLs) and the database, where missing. May run again.

    Args:
        settings: The three database URLs.
        superuser_url: A ``libpq`` URL of a superuser, to any database of the same server.

    Raises:
        WrongRoles: The URLs are not of the roles ``carepath_owner``, ``carepath_app``, ``carepath_system``.
    """
    urls = {
        OWNER: make_url(settings.database_owner_url),
        APP: make_url(settings.database_url),
        SYSTEM: make_url(settings.database_system_url),
    }
    for role, url in urls.items():
        if url.username != role:
            raise WrongRoles(f"expected the role {role}, the settings name {url.username}")
    name = urls[OWNER].database or "carepath"
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for role, url in urls.items():
            _make_role(connection, role, url)
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(
                sql.Identifier(name), sql.Identifier(APP), sql.Identifier(SYSTEM)
            )
        )
    with psycopg.connect(superuser_url, autocommit=True, dbname=name) as connection:
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER)))


def upgrade(settings: Settings, revision: str = "head") -> None:
    """Bring the tables to a version, as their owner. Several processes may try at once: one does it."""
    engine = create_engine(settings.database_owner_url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('carepath.migrate', 0))")
            command.upgrade(configuration(connection), revision)
    finally:
        engine.dispose()


def configuration(connection: Connection) -> Config:
    """Alembic's configuration over an open connection: no ini file, no URL anywhere but in the settings."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _make_role(connection: psycopg.Connection[tuple[object, ...]], role: str, url: URL) -> None:
    known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("CREATE" if known is None else "ALTER")
    connection.execute(sql.SQL("{} ROLE {} ").format(verb, sql.Identifier(role)) + _ATTRIBUTES)
    if url.password is not None:
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(str(url.password)))
        )
