"""A Temporal of its own with its workers, for as long as stories are played on it."""

import asyncio
import logging
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from temporalio.client import Client
from temporalio.worker import Worker

from dev.simulate.gate import Gate
from dev.simulate.world import TemporalWorld
from dev.stack import Stack
from domain.names import QUEUES
from domain.pathway import Pathway
from pathways.clinic import Clinic
from pathways.stories.language import Header, Story
from pathways.stories.play import play, play_good_way
from pathways.stories.timeline import Played
from runtime.clock import real_now
from runtime.temporal import connect
from workers.building import build


class Stage:
    """Workers that serve every story; each story is a consultation of its own.

    Attributes:
        client: The server's.
        consultations: Those that were played, in order.
    """

    def __init__(self, client: Client) -> None:
        self.consultations: list[str] = []
        self.client = client
        self._gate = Gate()
        self._workers: list[Worker] = []

    async def open(self) -> None:
        """Start one worker a queue."""
        activities = self._gate.activities()
        self._workers = [build(self.client, queue, activities[queue], cache=100) for queue in QUEUES]
        await asyncio.gather(*(worker.__aenter__() for worker in self._workers))

    async def close(self) -> None:
        """Stop them."""
        await asyncio.gather(*(worker.shutdown() for worker in self._workers))

    async def play(self, story: Story | Header, pathway: Pathway, clinic: Clinic) -> Played:
        """Play a story, or (for a header alone) the good way."""
        world = TemporalWorld(self.client, self._gate)
        consultation = f"c-{uuid.uuid4().hex[:26]}"
        self.consultations.append(consultation)
        real = real_now()
        try:
            if isinstance(story, Story):
                return await play(story, pathway, clinic, world, real=real, consultation=consultation)
            return await play_good_way(story, pathway, clinic, world, real=real, consultation=consultation)
        finally:
            await world.end(consultation)


@asynccontextmanager
async def stage(client: Client) -> AsyncIterator[Stage]:
    """A stage on a server that runs already."""
    found = Stage(client)
    await found.open()
    try:
        yield found
    finally:
        await found.close()


@asynccontextmanager
async def own_stage() -> AsyncIterator[Stage]:
    """A stage on a Temporal of its own, gone with everything afterwards."""
    with tempfile.TemporaryDirectory(prefix="carepath-", ignore_cleanup_errors=True) as folder:
        server = Stack(Path(folder), {"temporal"}, durable=False, tell=lambda _: None)
        async with server, stage(await connect(server.settings)) as found:
            with quiet("temporal.core"):
                yield found


@contextmanager
def quiet(logger: str) -> Iterator[None]:
    """A story may end while a run still answers: that its last answer finds nobody is no news to who reads a story."""
    log = logging.getLogger(logger)
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)
