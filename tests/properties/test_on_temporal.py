"""Plays of the property tests on a real Temporal: the same inputs, the same end, the same timeline as on the core."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import zip_longest
from typing import Any

import pytest

from dev.simulate.gate import Gate
from dev.simulate.world import TemporalWorld
from dev.stack import Stack
from domain.names import QUEUES
from domain.state import ConsultationState, Start
from runtime.temporal import connect
from tests.properties.player import Player
from tests.properties.process import Acted, GivenUp, Input, Passed, Reported, Settled, Stopped
from tests.properties.search import drawn, seed_of
from tests.properties.table import Row, held
from workers.building import build

PLAYS = 50
TRIED = 70
"""Pathways to choose from."""
SHORT = 36
"""Most inputs of a play: each is a round through a real server."""
AT_ONCE = 8
VARIED = 130
"""How many different things the plays hold together at least: kinds, outcomes, actions, nestings, ends."""


Case = tuple[str, Player]
"""A play and the text of its pathway."""


def tried() -> list[Case]:
    """Short plays, as the shell holds a consultation."""
    found: list[Case] = []
    for text, pathway in drawn(4, TRIED):
        for number in range(4):
            name = f"c-drawn-{len(found)}"
            player = Player(pathway, seed_of(text, number), name=name, moves=40, shelled=True).play()
            if len(player.inputs) <= SHORT and not any(isinstance(given, Stopped) for given in player.inputs):
                found.append((text, player))
    return found


def chosen(plays: list[Case]) -> list[Case]:
    """Those that hold the most different things, one after another."""
    held_by = {id(case): held(case[1].process) for case in plays}
    found: list[Case] = []
    seen: Counter[Row] = Counter()
    left = list(plays)
    while left and len(found) < PLAYS:
        best = max(left, key=lambda case: sum(1 / (1 + 10 * seen[row]) for row in held_by[id(case)]))
        left.remove(best)
        seen.update(held_by[id(best)])
        found.append(best)
    return found


async def give(world: TemporalWorld, given: Input) -> None:
    """One input, to the real workflows."""
    match given:
        case Acted(workflow, act):
            await world.act(workflow, act)
        case Reported(workflow, fact):
            await world.fact(workflow, fact)
        case Settled(workflow, key, result):
            await world.settle(workflow, key, result)
        case GivenUp(workflow, key, error):
            await world.give_up(workflow, key, error)
        case Passed(to):
            await world.advance(to)


async def played(world: TemporalWorld, player: Player) -> None:
    """The whole play."""
    await world.begin(Start(state=player.start, compiled=player.pathway))
    try:
        for given in player.inputs:
            await give(world, given)
    finally:
        await world.end(player.start.consultation)


def plain(states: dict[str, ConsultationState]) -> dict[str, Any]:
    """States as they are compared: that a child was started is known to the shell a little later."""
    found = {}
    for workflow, state in states.items():
        dumped = state.model_dump(mode="json", exclude={"transitions"})
        for child in dumped["children"].values():
            child["started"] = True
        found[workflow] = dumped
    return found


@pytest.fixture
async def gate(services: Stack) -> AsyncIterator[tuple[Any, Gate]]:
    """A client, and workers whose activities wait for the play."""
    client = await connect(services.settings)
    gate = Gate()
    activities = gate.activities()
    workers = [build(client, queue, activities[queue], cache=100) for queue in QUEUES]
    await asyncio.gather(*(worker.__aenter__() for worker in workers))
    yield client, gate
    await asyncio.gather(*(worker.shutdown() for worker in workers))


@pytest.mark.timeout(300)
async def test_fifty_plays_come_to_the_same_on_a_real_temporal(
    gate: tuple[Any, Gate], capsys: pytest.CaptureFixture[str]
) -> None:
    plays = chosen(tried())
    assert len(plays) == PLAYS
    rows = {row for _, player in plays for row in held(player.process)}
    with capsys.disabled():
        sections = Counter(section for section, _ in rows)
        print(f"\n{PLAYS} plays on Temporal held {', '.join(f'{n} x {what}' for what, n in sorted(sections.items()))}")
    assert len(rows) >= VARIED
    free = asyncio.Semaphore(AT_ONCE)

    async def both(player: Player) -> list[str]:
        async with free:
            world = TemporalWorld(*gate)
            await played(world, player)
        return list(differences(world, player))

    found = await asyncio.gather(*(both(player) for _, player in plays))
    told = [
        "\n".join([*differs, text, *map(str, player.inputs)])
        for differs, (text, player) in zip(found, plays, strict=True)
        if differs
    ]
    assert not told, "\n\n".join(told)


def differences(world: TemporalWorld, player: Player) -> Iterator[str]:
    """In what the real processes differ from those on the core."""
    real, core = plain(world.states), plain(player.process.states)
    for workflow in sorted({*real, *core}):
        one, other = real.get(workflow, {}), core.get(workflow, {})
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                yield f"{workflow} {name}: {one.get(name)} on Temporal, {other.get(name)} on the core"
        happened = zip_longest(world.happened.get(workflow, ()), player.process.happened.get(workflow, ()))
        for place, (there, here) in enumerate(happened):
            if there != here:
                yield f"{workflow} transition {place}: {there} on Temporal, {here} on the core"
                break
