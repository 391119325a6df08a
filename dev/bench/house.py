"""What the bench runs on: the embedded servers with the demo clinic, and worker processes that come and go."""

import asyncio
import contextlib
import os
import signal
import sys
import uuid
from asyncio.subprocess import Process
from collections.abc import AsyncIterator

import psutil

from dev.bench.script import Cast
from dev.people import ATTENDING, STAFF
from dev.stack import SERVERS, Stack
from domain.names import QUEUES

PARTS = SERVERS | {"database", "clinic"}
STARTING = 120.0
STOPPING = 20.0


@contextlib.asynccontextmanager
async def workers(stack: Stack, side: str, world: str) -> AsyncIterator[list[Process]]:
    """One worker process a queue, as in production."""
    env = {**os.environ, **stack.env, "BENCH_DATABASE": stack.superuser_url}
    # Production runs compiled files. Without them every run would compile the shell anew, inside its sandbox.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env["PYTHONPYCACHEPREFIX"] = str(stack.folder.path / "pycache")
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dev.bench.worker", side, world, queue, env=env, stdout=asyncio.subprocess.PIPE
        )
        for queue in QUEUES
    ]
    try:
        for process in started:
            assert process.stdout is not None
            async with asyncio.timeout(STARTING):
                if not await process.stdout.readline():
                    raise RuntimeError(f"a worker of {side} did not start; what it said stands above")
        yield started
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in started:
            try:
                await asyncio.wait_for(process.wait(), STOPPING)
            except TimeoutError:
                process.kill()
                await process.wait()


def cpu(processes: list[Process]) -> float:
    """Seconds of CPU these processes have used, by the kernel's count."""
    times = [psutil.Process(process.pid).cpu_times() for process in processes]
    return float(sum(time.user + time.system for time in times))


def casts(clinic: str, number: int) -> list[Cast]:
    """So many consultations, each of a patient of his own."""
    made = [uuid.uuid4().hex[:26] for _ in range(number)]
    doctor = STAFF[ATTENDING].person
    return [Cast(f"c-{id_}", clinic, f"pt-{id_}", f"p-{id_}", doctor) for id_ in made]
