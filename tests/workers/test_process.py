"""A worker as a process: killed, another goes on where it stopped; asked to stop, it stops cleanly."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from dev.environment import as_environment
from domain.answer import Answer
from domain.names import FLOW
from integrations.consultations.temporal import TemporalConsultations
from records.database import Database
from runtime.settings import Settings
from runtime.temporal import connect
from tests.workflows.world import decide, decision, pathway, start_of


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[Process]:
    """A flow worker of its own process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "worker", FLOW, env={**os.environ, **as_environment(settings)}
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.timeout(180)
async def test_a_killed_worker_is_replaced_and_a_stopped_one_leaves_cleanly(
    settings: Settings, database: Database
) -> None:
    port = TemporalConsultations(await connect(settings))
    start = start_of(pathway(decision("first"), decision("second")))
    await port.start(start)
    workflow = start.state.workflow
    patient = datetime.now(UTC) + timedelta(seconds=60)
    async with worker(settings) as process:
        answered, _ = await port.act(workflow, decide("first").model_copy(update={"not_after": patient}))
        assert answered.refusal is None
        process.send_signal(signal.SIGKILL)
        await process.wait()
    second = decide("second").model_copy(update={"not_after": datetime.now(UTC) + timedelta(seconds=60)})
    async with worker(settings) as process:
        answered, state = await port.act(workflow, second)
        assert answered.refusal is None
        assert Answer(answered=answered, state=state).state.end == "completed"
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
