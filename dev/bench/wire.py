"""From worker processes to the driver: PostgreSQL's NOTIFY carries what was done, the same way on both sides."""

import asyncio
import json
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from temporalio import activity, client
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from dev.bench.board import Board, tasks_of
from dev.bench.script import SCENES, Report
from domain.names import PROJECT
from domain.snapshot import Snapshot

CHANNEL = "bench"
TOLD = frozenset({PROJECT, *(scene.after for scene in SCENES if isinstance(scene, Report) and scene.after)})
"""Only what the driver waits for is told."""


class Telling(Interceptor, client.Interceptor):
    """Tells the driver that an activity was done. On the client, so that a worker is built exactly as shipped."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand in front of the activity."""
        return _Telling(next, self._pool)


class _Telling(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, pool: AsyncConnectionPool[Any]) -> None:
        super().__init__(next)
        self._pool = pool

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        answer = await self.next.execute_activity(input)
        info = activity.info()
        if info.activity_type in TOLD:
            tasks = _tasks(input.args[0]) if info.activity_type == PROJECT else None
            word = json.dumps([info.workflow_id, info.activity_type, tasks])
            async with self._pool.connection() as connection:
                await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, word))
        return answer


def _tasks(written: Any) -> dict[str, Any]:
    if isinstance(written, Snapshot):
        return tasks_of(written)
    tasks: dict[str, Any] = written["tasks"]
    return tasks


async def listen(url: str, board: Board) -> None:
    """Put everything told onto the board, for ever."""
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        async for notice in connection.notifies():
            workflow, done, tasks = json.loads(notice.payload)
            board.tell(workflow, done, tasks)
            # Many come at once; whoever waits for one must not wait for all.
            await asyncio.sleep(0)
