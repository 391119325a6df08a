"""The doors to PostgreSQL. Every one is a transaction: committed on leaving, rolled back on an error.

``Session`` is a thin thing over one connection, no ORM unit of work: what leaves this room are frozen values. The
first statement of each transaction says whose it is; row-level security holds everything after to that.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from records.vault import Vault
from runtime.settings import Settings

_WHOSE = text(
    "SELECT set_config('carepath.clinic', CAST(:clinic AS text), true), set_config('carepath.reach', '', true)"
)
_REACH = text("SELECT set_config('carepath.reach', CAST(:keys AS text), true)")

# Every statement of ours is short: what runs longer is stuck, and holds locks others wait for.
_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000"
)
# Our statements are few and constant, so a plan is worth keeping from the second use on.
_PREPARE_AFTER = 2


class WrongDoor(RuntimeError):
    """A query of a clinic's tables was tried in a transaction that belongs to no clinic."""


class Session:
    """One open transaction. Lives only inside its ``async with``."""

    def __init__(self, connection: AsyncConnection, vault: Vault, clinic: str | None) -> None:
        self._connection = connection
        self._clinic = clinic
        self.vault = vault

    @property
    def clinic(self) -> str:
        """The clinic this transaction belongs to.

        Raises:
            WrongDoor: It belongs to none.
        """
        if self._clinic is None:
            raise WrongDoor("this transaction belongs to no clinic: open it with Database.clinic")
        return self._clinic

    async def reach(self, *keys: str) -> None:
        """Name the rows of no clinic (by own id or keyed hash) that the next statements may see: no others show."""
        await self._connection.execute(_REACH, {"keys": ",".join(keys)})

    async def rows(self, statement: TextClause, **values: Any) -> Sequence[Row[Any]]:
        """All rows of a statement."""
        return (await self._connection.execute(statement, values)).all()

    async def row(self, statement: TextClause, **values: Any) -> Row[Any] | None:
        """The first row, None for none."""
        return (await self._connection.execute(statement, values)).first()

    async def scalar(self, statement: TextClause, **values: Any) -> Any:
        """The first column of the first row, None for none."""
        return (await self._connection.execute(statement, values)).scalar()

    async def run(self, statement: TextClause, **values: Any) -> int:
        """Carry out a statement; how many rows it touched."""
        return (await self._connection.execute(statement, values)).rowcount


class Database:
    """The pools of one process: the application's role, and the system's, opened at first use.

    Args:
        settings: Where the database is, how many connections, the keys of encrypted columns.
    """

    def __init__(self, settings: Settings) -> None:
        self.vault = Vault(settings)
        self._app = _engine(settings.database_url, settings.database_pool)
        self._system = _engine(settings.database_system_url, 2)

    @asynccontextmanager
    async def clinic(self, clinic: str) -> AsyncIterator[Session]:
        """A transaction that sees and writes this clinic's rows and no other's."""
        if not clinic:
            raise WrongDoor("an empty clinic id")
        async with self._begin(self._app, clinic) as session:
            yield session

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[Session]:
        """A transaction for what belongs to no clinic: persons, logins, requests, the inbox, the clock."""
        async with self._begin(self._app, None) as session:
            yield session

    @asynccontextmanager
    async def system(self) -> AsyncIterator[Session]:
        """A transaction of the system role, across clinics: inbox, sealer, reconciler. It sees no clinical column."""
        async with self._begin(self._system, None) as session:
            yield session

    async def close(self) -> None:
        """Close both pools."""
        await self._app.dispose()
        await self._system.dispose()

    @asynccontextmanager
    async def _begin(self, engine: AsyncEngine, clinic: str | None) -> AsyncIterator[Session]:
        connection = await _first_statement(engine, clinic)
        try:
            yield Session(connection, self.vault, clinic)
            await connection.commit()
        finally:
            # Gives the connection back; what was not committed is rolled back.
            await connection.close()


async def _first_statement(engine: AsyncEngine, clinic: str | None) -> AsyncConnection:
    # It doubles as the ping: a connection that died while it lay in the pool (PostgreSQL was restarted) is found
    # here, before anything of the caller ran, and the whole pool is thrown away; so trying once more is safe.
    for last in (False, True):
        connection = await engine.connect()
        try:
            await connection.execute(_WHOSE, {"clinic": clinic or ""})
        except DBAPIError as error:
            await connection.close()
            if last or not error.connection_invalidated:
                raise
        except BaseException:
            await connection.close()
            raise
        else:
            return connection
    raise AssertionError("unreachable")


def _engine(url: str, size: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=size,
        max_overflow=size,
        pool_timeout=10,
        pool_recycle=1800,
        # Values must not stand in error texts. (PostgreSQL itself names none of a table under row-level security.)
        hide_parameters=True,
        connect_args={
            "prepare_threshold": _PREPARE_AFTER,
            "options": _OPTIONS,
            "connect_timeout": 5,
            "application_name": "carepath",
        },
    )
