"""Real stands as child processes, a receiver of their notices, and our adapters between them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from dev.process import Child, Program, Supervisor
from dev.stands import base
from tests.stands.standing import NAMES, SECRET, TOKEN, Receiver, Standing, free_port


@pytest.fixture(scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver(free_port())
    app = Starlette(routes=[Route("/webhooks", found.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=found.port, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    yield found
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await serving


@pytest.fixture(scope="session")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as found:
        yield found


@pytest.fixture(scope="session")
async def running(
    receiver: Receiver, client: httpx.AsyncClient, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, Standing]]:
    folder: Path = tmp_path_factory.mktemp("stands")
    supervisor = Supervisor(folder, print)
    found = {name: Standing(name, free_port(), supervisor, client) for name in NAMES}

    def program(stand: Standing) -> Program:
        async def ready(child: Child) -> bool:
            try:
                return (await client.get(f"{stand.url}/healthz")).is_success
            except httpx.HTTPError:
                return False

        words = {
            "--port": str(stand.port),
            "--data": str(folder),
            "--callback": f"http://127.0.0.1:{receiver.port}/webhooks",
        }
        argv = (sys.executable, "-m", f"dev.stands.{stand.name}", *(word for pair in words.items() for word in pair))
        env = {base.SECRET: SECRET, base.TOKEN: TOKEN}
        return Program(name=f"stand-{stand.name}", argv=argv, env=env, ready=ready)

    await supervisor.start(*(program(stand) for stand in found.values()))
    yield found
    await supervisor.stop_all()


@pytest.fixture
async def stands(running: dict[str, Standing], receiver: Receiver) -> dict[str, Standing]:
    """Every stand, with nothing remembered."""
    for stand in running.values():
        (await stand.post("/_reset")).raise_for_status()
    receiver.status = 200
    receiver.got.clear()
    return running
