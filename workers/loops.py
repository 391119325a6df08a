"""Loops of the relay process: each does its round again and again, outlives outages, and stops cleanly."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from ports import PortError
from ports.consultations import NotConfirmed
from runtime.telemetry import get_logger

OUTAGES = (
    OSError, DBAPIError, PoolTimeout, RPCError, ApplicationError, PortError, NotConfirmed, TimeoutError
)  # fmt: skip
"""What a round may meet when a server is away. Anything else is a bug: the process ends, and its supervisor is loud.
(``ApplicationError`` is how an activity, called here directly, tells that a port is away.)"""
LONGEST_PAUSE = 15.0

log = get_logger(__name__)


@dataclass(frozen=True)
class Loop:
    """``round`` says whether it found work (then the next one follows at once); ``every`` is the idle pause."""

    name: str
    every: float
    round: Callable[[], Awaitable[bool]]


async def keep(loop: Loop, stop: asyncio.Event) -> None:
    """Run a loop until stopped; the round at hand is finished first."""
    failed = 0
    while not stop.is_set():
        pause = loop.every
        try:
            if await loop.round():
                pause = 0.0
            if failed:
                log.info("loop.recovered", loop=loop.name, failed=failed)
            failed = 0
        except OUTAGES:
            failed += 1
            pause = min(LONGEST_PAUSE, loop.every * 2 ** min(failed, 8))
            log.warning("loop.outage", loop=loop.name, failed=failed, exc_info=True)
        await rest(stop, pause)


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Pause, but no longer than until the stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def keep_all(loops: list[Loop], stop: asyncio.Event) -> None:
    """Run several loops beside each other; one that breaks ends all, so that the process is seen to be broken."""
    async with asyncio.TaskGroup() as group:
        for loop in loops:
            group.create_task(keep(loop, stop), name=loop.name)
