"""Heartbeats for activities that only wait: a killed worker is noticed within seconds, whatever one try may take."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor


class Heartbeats(Interceptor):
    """Beats for every activity whose options ask for heartbeats, so that none has to do it itself."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand in front of the activity."""
        return _Beating(next)


class _Beating(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        silence = activity.info().heartbeat_timeout
        if silence is None:
            return await self.next.execute_activity(input)
        return await _beating(self.next.execute_activity(input), silence.total_seconds() / 3)


async def _beating(work: Awaitable[Any], every: float) -> Any:
    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(every)

    beats = asyncio.create_task(beat())
    try:
        return await work
    finally:
        beats.cancel()
