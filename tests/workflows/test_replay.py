"""A history replays to the same commands, also when nothing was cached."""

from temporalio.client import WorkflowHistory

from domain.state import Status
from tests.workflows.test_effects import HELD, paid, pay
from tests.workflows.world import World, decide, decision
from workers.replay import replay


async def test_a_finished_story_replays(world: World) -> None:
    world.answers["payment.authorise"] = lambda _: HELD
    world.answers["payment.capture"] = lambda _: {"receipt": "r-1"}
    run = await world.begin(paid(decision("aside", wait=False), decision("first")))
    await run.act(pay())
    await run.until(lambda s: "first.1.decide" in s.tasks)
    await run.act(decide("first"))
    await run.end()
    history = await run.handle.fetch_history()
    await replay(world.client.data_converter, [WorkflowHistory.from_json(run.id, history.to_json())])


async def test_a_story_runs_on_a_worker_that_caches_nothing(world: World) -> None:
    await world.stop()
    await world.resume(cache=0)
    world.answers["payment.authorise"] = lambda _: HELD
    world.answers["payment.capture"] = lambda _: {"receipt": "r-1"}
    run = await world.begin(paid(decision("first"), decision("second")))
    await run.act(pay())
    await run.until(lambda s: "first.1.decide" in s.tasks)
    await run.act(decide("first"))
    await run.act(decide("second"))
    assert await run.end() == "completed"
    assert run.snapshots()[-1].state.status is Status.CLOSED
