"""Every kind to each of its outcomes, every action, every act without a task: on the core, and on a real Temporal."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from dev.simulate.stage import Stage, stage
from dev.stack import Stack
from pathways.stories.timeline import Played
from runtime.temporal import connect
from tests.outcomes.coverage import Row, Told, on_core, reached, stories, wanted

AT_ONCE = 6
"""Stories that one server and its workers play beside one another; each has a clock of its own."""


def rows() -> dict[str, set[Row]]:
    """What each story reaches."""
    return {
        story.header.story: set(reached(pathway, on_core()[story.header.story].timeline))
        for story, pathway, _ in stories()
    }


def enough() -> list[Told]:
    """A few stories that reach everything between them: always the one that adds most, the shorter one of two."""
    left, found, known = wanted(), [], rows()
    while left:
        best = max(
            stories(),
            key=lambda told: (
                len(known[told[0].header.story] & left),
                -len(on_core()[told[0].header.story].timeline),
            ),
        )
        new = known[best[0].header.story] & left
        assert new, f"no story reaches {sorted(left)}"
        left -= new
        found.append(best)
    return found


def test_the_stories_go_as_they_say() -> None:
    assert [f"{name}: {played.failure}" for name, played in on_core().items() if played.failure is not None] == []


def test_every_outcome_and_every_act_is_reached_on_the_core() -> None:
    assert sorted(wanted() - set().union(*rows().values())) == []


@pytest.fixture
async def workers(services: Stack) -> AsyncIterator[Stage]:
    """Workers on the server of all tests, whose activities wait for the story."""
    async with stage(await connect(services.settings)) as found:
        yield found


@pytest.mark.timeout(300)
async def test_every_outcome_and_every_act_is_reached_on_a_real_temporal(workers: Stage) -> None:
    free, reached_there, unlike = asyncio.Semaphore(AT_ONCE), set[Row](), list[str]()

    async def both(told: Told) -> None:
        story, pathway, clinic = told
        async with free:
            real: Played = await workers.play(story, pathway, clinic)
        core = on_core()[story.header.story]
        if (real.failure, real.timeline, real.end, real.duties) != (None, core.timeline, core.end, core.duties):
            unlike.append(f"{story.header.story}: {real.failure or 'another timeline'}")
        reached_there.update(reached(pathway, real.timeline))

    await asyncio.gather(*(both(told) for told in enough()))
    assert unlike == []
    assert sorted(wanted() - reached_there) == []
