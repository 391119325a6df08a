"""A step left behind lives on its own and tells its parent by fact."""

from domain.state import Status
from tests.workflows.world import Run, World, decide, decision, pathway

BESIDE = pathway(decision("aside", wait=False), decision("main"))


def child_of(run: Run) -> Run:
    """The step left behind."""
    return Run(run.world, f"{run.id}.aside.1")


async def test_a_child_reports_to_its_parent_by_fact(world: World) -> None:
    run = await world.begin(BESIDE)
    await run.until(lambda s: all(c.started for c in s.children.values()) and bool(s.children))
    child = child_of(run)
    assert (await child.act(decide("aside"))).refusal is None
    assert await child.end() == "completed"
    state = await run.until(lambda s: s.outputs["aside"].get("outcome") == "yes")
    assert next(iter(state.children.values())).outcome == "yes"
    await run.act(decide("main"))
    assert await run.end() == "completed"


async def test_a_child_outlives_its_parent(world: World) -> None:
    run = await world.begin(BESIDE)
    await run.until(lambda s: all(c.started for c in s.children.values()) and bool(s.children))
    await run.act(decide("main"))
    assert await run.end() == "completed"
    child = child_of(run)
    assert (await child.state()).status is Status.OPEN
    await child.act(decide("aside"))
    assert await child.end() == "completed"


async def test_a_child_reports_also_after_both_continued_as_new(world: World) -> None:
    run = await world.begin(BESIDE, continue_always=True)
    await run.until(lambda s: all(c.started for c in s.children.values()) and bool(s.children))
    child = child_of(run)
    await child.act(decide("aside"))
    assert await child.end() == "completed"
    await run.until(lambda s: s.outputs["aside"].get("outcome") == "yes")
    await run.act(decide("main"))
    assert await run.end() == "completed"
