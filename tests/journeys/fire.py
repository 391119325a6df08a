"""What happens to a house in the middle of a story."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from redis.asyncio import Redis

from dev.stack import Stack
from dev.stories.scene import Hook, Scene

OUTSIDE = {
    "identity": ("begin",),
    "payments": ("authorise", "capture"),
    "video": ("open", "close", "record", "stop_recording"),
    "registry": ("register",),
    "north": ("place",),
    "mis": ("request_visit", "book", "cancel_booking"),
    "sms": ("send",),
}
"""Every call that changes something outside, by stand."""
TELLS = ("registry", "video", "north")
"""The stands that tell us something by notices."""


def killed(name: str) -> Hook:
    """End a process by SIGKILL; the supervisor starts it again."""

    async def kill(scene: Scene) -> None:
        os.kill(scene.stack.pid(name), signal.SIGKILL)
        scene.say("house", f"{name}: SIGKILL", f"{name}: SIGKILL")

    return kill


def gone_and_back(name: str) -> Hook:
    """End a server by SIGKILL and start it again: its supervisor would take its death for the stack's."""

    async def crash(scene: Scene) -> None:
        await scene.stack.kill(name)
        await scene.stack.restart(name)
        scene.say("house", f"{name}: SIGKILL", f"{name}: SIGKILL")

    return crash


def restarted(name: str) -> Hook:
    """Stop a process in its orderly way and start it again."""

    async def restart(scene: Scene) -> None:
        await scene.stack.restart(name)
        scene.say("house", f"{name}: перезапуск", f"{name}: restarted")

    return restart


async def wiped(scene: Scene) -> None:
    """Empty Redis."""
    async with Redis.from_url(scene.stack.settings.redis_url) as redis:
        await redis.flushall()
    scene.say("house", "Redis очищен", "Redis is wiped")


async def failing(scene: Scene, mode: str, stands: tuple[str, ...] = tuple(OUTSIDE)) -> None:
    """Let every call outside fail once in a mode, and every notice too."""
    for name in stands:
        stand = scene.cast.stand(name)
        for call in OUTSIDE[name]:
            await stand.fail(call, mode)
        if name in TELLS:
            await stand.fail("notice", mode)


async def healed(scene: Scene) -> list[str]:
    """Take every switch back; the calls that never met theirs."""
    unmet = []
    for name in OUTSIDE:
        unmet += [f"{name}.{call}" for call in (await scene.cast.stand(name).post("/_heal"))["left"]]
    return unmet


@asynccontextmanager
async def with_setting(house: Stack, name: str, **setting: str) -> AsyncIterator[None]:
    """One process of the house with another setting, until the end of the block."""
    child = house.supervisor.children[name]
    before = child.program
    child.program = replace(before, env={**before.env, **setting})
    await house.restart(name)
    try:
        yield
    finally:
        house.supervisor.children[name].program = before
        await house.restart(name)
