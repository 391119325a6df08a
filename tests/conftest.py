"""Real parts for every test: PostgreSQL, Redis and Temporal of the embedded stack, on a folder of their own.

``services`` (also called ``stack``) are the three servers, nothing of ours in them but a migrated database.
``house`` is everything: stands, workers, relay, API, the demo clinic and its people. Both start once, when first asked.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dev.stack import EVERYTHING, SERVERS, Stack
from runtime.settings import Settings

if TYPE_CHECKING:
    from dev.stories.scene import Cast
    from records.database import Database


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path that is gone after the run."""
    path = Path(tempfile.mkdtemp(prefix="carepath-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
async def services(short_folder: Path) -> AsyncIterator[Stack]:
    """Real PostgreSQL, Redis and Temporal."""
    async with Stack(short_folder / "services", SERVERS, durable=False) as stack:
        yield stack


@pytest.fixture(scope="session")
async def stack(services: Stack) -> Stack:
    """The same as ``services``."""
    return services


@pytest.fixture(scope="session")
async def settings(services: Stack) -> Settings:
    """Settings that lead to ``services``."""
    return services.settings


@pytest.fixture(scope="session")
async def database(services: Stack) -> "AsyncIterator[Database]":
    """The migrated database of ``services``."""
    from records.database import Database

    await services.migrate()
    database = Database(services.settings)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def house(short_folder: Path) -> AsyncIterator[Stack]:
    """The whole of Carepath with the demo clinic."""
    async with Stack(short_folder / "house", EVERYTHING, durable=False) as stack:
        yield stack


@pytest.fixture(scope="session")
async def cast(house: Stack) -> "AsyncIterator[Cast]":
    """The people of the house, logged in once: a phone is sent five codes in a quarter of an hour."""
    from dev.stories.scene import Cast

    cast = Cast(house)
    yield cast
    await cast.close()
