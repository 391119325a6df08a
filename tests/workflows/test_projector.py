"""The record is projected: whole states, in order, one write at a time, for as long as it takes."""

import asyncio

from temporalio.exceptions import ApplicationError

from domain.state import Status
from tests.workflows.world import World, decide, decision, pathway

STEPS = tuple(f"s{n}" for n in range(5))
LONG = pathway(*(decision(step) for step in STEPS))


async def test_at_most_one_write_is_in_flight_and_each_carries_the_whole_state(world: World) -> None:
    async def slowly() -> None:
        await asyncio.sleep(0.05)

    world.before_write = slowly
    run = await world.begin(LONG)
    for step in STEPS:
        await run.act(decide(step))
    assert await run.end() == "completed"
    assert world.most_at_once == 1
    snapshots = run.snapshots()
    revisions = [snapshot.state.revision for snapshot in snapshots]
    assert revisions == sorted(set(revisions))
    assert len(snapshots) < len(STEPS) + 2, "writes were not merged while one was in flight"
    assert snapshots[-1].state.status is Status.CLOSED
    assert all(snapshot.state.epoch == 1 for snapshot in snapshots)


async def test_every_transition_is_written_once(world: World) -> None:
    run = await world.begin(LONG)
    for step in STEPS:
        await run.act(decide(step))
    await run.end()
    revisions = [t.revision for snapshot in run.snapshots() for t in snapshot.transitions]
    assert revisions == list(range(1, revisions[-1] + 1))
    assert all(not snapshot.state.transitions for snapshot in run.snapshots())


async def test_a_record_that_is_down_stops_no_consultation_but_its_closing(world: World) -> None:
    back = asyncio.Event()

    async def down() -> None:
        if not back.is_set():
            raise ApplicationError("down", type="OperationalError")

    world.before_write = down
    run = await world.begin(LONG)
    for step in STEPS:
        assert (await run.act(decide(step))).refusal is None
    state = await run.until(lambda s: s.status is Status.CLOSED)
    assert state.end == "completed"
    assert run.snapshots() == []
    back.set()
    assert await run.end() == "completed"
    written = run.snapshots()
    assert written[-1].state.revision == state.revision
