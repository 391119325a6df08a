"""One worker process: ``python -m dev.bench.worker SIDE WORLD QUEUE``; settings and ``BENCH_DATABASE`` from outside."""

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from psycopg_pool import AsyncConnectionPool
from temporalio.client import Client
from temporalio.worker import Worker

from dev.bench import inserts
from dev.bench.bare import QUEUE, BareWorkflow
from dev.bench.wire import Telling
from dev.bench.world import BenchWiring
from domain.names import FLOW
from runtime.settings import Settings
from runtime.temporal import connect, core_runtime
from workers.activities import all_activities
from workers.building import AT_ONCE, SHUTDOWN, build
from workers.stopping import stop_asked

CONNECTIONS = 4
READY = "ready"
"""What a worker says on stdout when it polls."""


async def serve(side: str, world: str, queue: str) -> None:
    """Serve until told to stop."""
    settings = Settings()
    async with AsyncConnectionPool(
        os.environ["BENCH_DATABASE"], min_size=1, max_size=CONNECTIONS, kwargs={"autocommit": True}, open=False
    ) as pool:
        await pool.open()
        real = world == "real"
        client = await (connect(settings) if real or side == "ours" else plain(settings))
        wiring = BenchWiring(settings, client)
        try:
            if real:
                activities = all_activities(wiring)
            else:
                activities = inserts.of_ours(client, pool) if side == "ours" else inserts.of_bare(pool)
            make = build if side == "ours" else of_bare
            async with stop_asked() as stop, make(telling(client, pool), queue, activities[queue]):
                print(READY, flush=True)
                await stop.wait()
        finally:
            await wiring.close()


async def plain(settings: Settings) -> Client:
    """A client without our converter."""
    return await Client.connect(
        settings.temporal_address, namespace=settings.temporal_namespace, runtime=core_runtime()
    )


def telling(client: Client, pool: AsyncConnectionPool[Any]) -> Client:
    """The client whose workers tell the driver what was done."""
    config = client.config()
    config["interceptors"] = [Telling(pool)]
    return Client(**config)


def of_bare(client: Client, queue: str, activities: Sequence[Callable[..., Any]]) -> Worker:
    """The same room for work, nothing else."""
    return Worker(
        client,
        task_queue=QUEUE + queue,
        workflows=[BareWorkflow] if queue == FLOW else [],
        activities=activities,
        max_cached_workflows=1000,
        max_concurrent_activities=AT_ONCE.get(queue, 100),
        graceful_shutdown_timeout=SHUTDOWN,
    )


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:4]))
