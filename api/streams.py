"""Server-sent events. Every event is a whole snapshot with its sequence; Redis only wakes, and may be away.

One reader a process listens to the line's wake-ups and wakes the streams waiting in memory. A stream that hears
nothing looks by itself every few seconds: so a wiped or stopped Redis makes streams slower, never wrong.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Header
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.base import Json
from ports import PortError
from ports.consultations import NotConfirmed

POLL = 3.0
"""Seconds between two looks of a stream that nobody woke."""
ALIVE = 15.0
"""Seconds between two comments that keep proxies from closing a silent stream."""
LastEvent = Annotated[str | None, Header(alias="Last-Event-ID", max_length=80)]
"""What a stream that broke has seen last."""

Topic = tuple[str, str]
"""Clinic and topic."""
AWAY = (DBAPIError, PoolTimeout, PortError, NotConfirmed)
EVERYTHING: Topic = ("", "")

Wakes = Callable[[], AsyncIterator[tuple[str, str]]]
"""The port ``Line``'s ``listen``: (clinic, topic), and ``("", "")`` for 'look at everything again'."""


class Hub:
    """One reader of wake-ups a process, fanned out in memory."""

    def __init__(self, wakes: Wakes, poll: float = POLL) -> None:
        self._wakes = wakes
        self.poll = poll
        self._waiting: defaultdict[Topic, set[asyncio.Event]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None

    def listen(self, topics: tuple[Topic, ...]) -> "Ear":
        """Hear wake-ups of some topics (clinic, topic); starts the reader with the first stream."""
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read(), name="wake-ups")
        return Ear(self, topics)

    def attach(self, topic: Topic, event: asyncio.Event) -> None:
        """Wake an event by a topic."""
        self._waiting[topic].add(event)

    def detach(self, topic: Topic, event: asyncio.Event) -> None:
        """Stop waking an event."""
        self._waiting[topic].discard(event)
        if not self._waiting[topic]:
            del self._waiting[topic]

    def wake(self, topic: Topic) -> None:
        """Wake the streams of a topic in this process."""
        for event in self._waiting.get(topic, ()):
            event.set()

    async def _read(self) -> None:
        async for topic in self._wakes():
            if topic == EVERYTHING:
                for waiting in list(self._waiting):
                    self.wake(waiting)
            else:
                self.wake(topic)

    async def close(self) -> None:
        """Stop the reader."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)


class Ear:
    """One stream's hearing."""

    def __init__(self, hub: Hub, topics: tuple[Topic, ...]) -> None:
        self._hub = hub
        self._topics = topics
        self._event = asyncio.Event()

    def __enter__(self) -> "Ear":
        for topic in self._topics:
            self._hub.attach(topic, self._event)
        return self

    def __exit__(self, *_: object) -> None:
        for topic in self._topics:
            self._hub.detach(topic, self._event)

    async def wait(self) -> None:
        """Until a wake-up, or the next look by oneself."""
        try:
            async with asyncio.timeout(self._hub.poll):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()


Look = Callable[[], Awaitable[tuple[str, str, Json] | None]]
"""The present state: (sequence, event name, data); None when the caller may no longer see it or it is over."""


async def snapshots(
    hub: Hub, topics: tuple[Topic, ...], look: Look, until: datetime, last: str | None = None
) -> AsyncIterator[str]:
    """The text of a stream: a snapshot at once and at each change, until the token's end.

    ``last`` is the caller's ``Last-Event-ID``: what he has seen is not sent again.
    """
    loop = asyncio.get_running_loop()
    spoke = loop.time()
    with hub.listen(topics) as ear:
        yield f"retry: {int(hub.poll * 1000)}\n\n"
        while datetime.now(UTC) < until:
            try:
                found = await look()
            except AWAY:
                # What we read from is away for a while; the caller is not.
                yield ": away\n\n"
                await ear.wait()
                continue
            if found is None:
                yield "event: over\ndata: {}\n\n"
                return
            sequence, name, data = found
            if sequence != last:
                last = sequence
                spoke = loop.time()
                text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
                yield f"id: {sequence}\nevent: {name}\ndata: {text}\n\n"
            elif loop.time() - spoke > ALIVE:
                spoke = loop.time()
                yield ": alive\n\n"
            await ear.wait()


def stream(text: AsyncIterator[str]) -> StreamingResponse:
    """An event stream's response."""
    return StreamingResponse(
        text,
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
