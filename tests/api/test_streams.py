"""Streams send whole snapshots; wake-ups make them prompt, and their loss only slow."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from api.streams import EVERYTHING, Hub, Topic, snapshots
from domain.base import Json
from ports import Unavailable


class Wakes:
    """The line's wake-ups, as the test sends them."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Topic] = asyncio.Queue()

    async def listen(self) -> AsyncIterator[Topic]:
        while True:
            yield await self.queue.get()


class Thing:
    """What is watched."""

    def __init__(self) -> None:
        self.revision: int | None = 1
        self.looks = 0
        self.looked = asyncio.Event()
        self.away = False

    async def look(self) -> tuple[str, str, Json] | None:
        self.looks += 1
        if self.looks == 3:
            self.looked.set()
        if self.away:
            raise Unavailable("record")
        return None if self.revision is None else (str(self.revision), "view", {"revision": self.revision})


def later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=5)


async def event(stream: AsyncIterator[str]) -> str:
    async with asyncio.timeout(5):
        return await anext(stream)


async def test_a_wake_up_brings_the_next_snapshot_at_once() -> None:
    wakes, thing = Wakes(), Thing()
    hub = Hub(wakes.listen, poll=60)
    stream = snapshots(hub, (("cl-1", "consultation:c-1"),), thing.look, later())
    assert (await event(stream)).startswith("retry:")
    assert await event(stream) == 'id: 1\nevent: view\ndata: {"revision":1}\n\n'
    for topic in (("cl-1", "consultation:c-1"), EVERYTHING):
        waiting = asyncio.create_task(event(stream))
        await asyncio.sleep(0)
        assert thing.revision is not None
        thing.revision += 1
        await wakes.queue.put(topic)
        assert f'"revision":{thing.revision}' in await waiting
    await hub.close()


async def test_without_wake_ups_the_stream_looks_by_itself() -> None:
    thing = Thing()
    hub = Hub(Wakes().listen, poll=0.01)
    stream = snapshots(hub, (("cl-1", "x"),), thing.look, later())
    await event(stream)
    await event(stream)
    thing.revision = 2
    assert '"revision":2' in await event(stream)
    await hub.close()


async def test_who_comes_back_is_not_told_what_he_has_seen() -> None:
    thing = Thing()
    hub = Hub(Wakes().listen, poll=0.01)
    stream = snapshots(hub, (), thing.look, later(), last="1")
    await event(stream)
    waiting = asyncio.create_task(event(stream))
    await thing.looked.wait()
    thing.revision = 2
    assert '"revision":2' in await waiting
    await hub.close()


async def test_the_stream_ends_with_the_right_to_look_and_with_the_token() -> None:
    thing = Thing()
    hub = Hub(Wakes().listen, poll=0.01)
    stream = snapshots(hub, (), thing.look, later())
    await event(stream)
    thing.revision = None
    assert (await event(stream)).startswith("event: over")
    over = [text async for text in snapshots(hub, (), thing.look, datetime.now(UTC))]
    assert len(over) == 1
    await hub.close()


async def test_an_outage_behind_the_stream_does_not_end_it() -> None:
    thing = Thing()
    hub = Hub(Wakes().listen, poll=0.01)
    thing.away = True
    stream = snapshots(hub, (), thing.look, later())
    await event(stream)
    assert await event(stream) == ": away\n\n"
    thing.away = False
    waiting = await event(stream)
    while waiting.startswith(":"):
        waiting = await event(stream)
    assert '"revision":1' in waiting
    await hub.close()
