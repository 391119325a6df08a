"""The worker beats for activities that ask for heartbeats, for as long as they work."""

import asyncio

from temporalio import activity
from temporalio.testing import ActivityEnvironment

from workers.beat import _beating


async def test_it_beats_while_the_work_lasts_and_not_after() -> None:
    environment = ActivityEnvironment()
    beats = 0
    third = asyncio.Event()

    def beat(*_: object) -> None:
        nonlocal beats
        beats += 1
        if beats == 3:
            third.set()

    environment.on_heartbeat = beat

    async def work() -> str:
        await third.wait()
        return "done"

    @activity.defn
    async def slow() -> str:
        return str(await _beating(work(), 0.01))

    assert await asyncio.wait_for(environment.run(slow), 5) == "done"
    after = beats
    await asyncio.sleep(0.05)
    assert beats == after
