"""Turns of a repeat with their time, pauses and changed deadlines, on a real server."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.acts import Act
from domain.base import Json
from domain.pathway import Jump, Pathway, Step
from domain.people import Actor, Role
from domain.state import ConsultationState, Status
from tests.workflows.world import PATIENT, Run, World, clock_fact, decide, decision, pathway

SUPERVISOR = Actor(person="p-supervisor", clinic="cl-one", roles=frozenset({Role.SHIFT_SUPERVISOR}))
MISSED = Jump(to="again")


def weekly() -> Pathway:
    inside = decision("measure", no=MISSED, timed_out=MISSED)
    fields = {"times": 3, "every": {"days": 7, "at": "10:00"}}
    return pathway(Step(id="weeks", kind="repeat", fields=fields, steps=(inside,)), decision("after"))


def own(action: str, actor: Actor, **body: Json) -> Act:
    """An act on the consultation itself."""
    not_after = datetime.now(UTC) + timedelta(seconds=5)
    return Act(id=uuid.uuid4().hex, actor=actor, action=action, body=body, not_after=not_after)


def next_turn(state: ConsultationState) -> datetime:
    at = state.runs["weeks"].next_turn
    assert at is not None
    return at


async def to_turn(run: Run, number: int) -> None:
    """The clock is moved to just before the next turn, which then comes by its own timer."""
    state = await run.until(lambda s: "weeks" in s.runs and s.runs["weeks"].next_turn is not None)
    left = next_turn(state) - state.clock.now(datetime.now(UTC)) - timedelta(seconds=1)
    await run.fact(clock_fact(state, left))
    await run.until(lambda s: f"measure.{number}.decide" in s.tasks)


async def test_turns_come_at_their_hour_through_continue_as_new(world: World) -> None:
    run = await world.begin(weekly(), continue_always=True)
    seen = []
    for number, choice in ((1, "yes"), (2, "no"), (3, "yes")):
        state = await run.until(lambda s: "weeks" in s.runs and s.runs["weeks"].next_turn is not None)
        seen.append(next_turn(state).astimezone(ZoneInfo("Europe/Moscow")).strftime("%d.%m %H:%M"))
        await to_turn(run, number)
        assert (await run.act(decide("measure", choice, occurrence=number))).refusal is None
    assert seen == ["03.03 10:00", "10.03 10:00", "17.03 10:00"]
    state = await run.until(lambda s: "after" in s.runs)
    assert state.outputs["weeks"] == {"count": 3, "missed": 1, "missed_in_a_row": 0, "outcome": "done"}
    await run.act(decide("after"))
    assert await run.end() == "completed"


async def test_a_cancel_between_turns_ends_the_run(world: World) -> None:
    run = await world.begin(weekly())
    await to_turn(run, 1)
    await run.act(decide("measure"))
    state = await run.state()
    assert (state.tasks, list(state.runs)) == ({}, ["weeks"])
    assert (await run.act(own("cancel", PATIENT))).refusal is None
    assert await run.end() == "cancelled"


async def test_a_pause_holds_a_deadline_and_is_over_by_its_own_timer(world: World) -> None:
    run = await world.begin(pathway(decision("first", within=600)), continue_always=True)
    await run.until(lambda s: bool(s.tasks))
    until = (await run.state()).clock.now(datetime.now(UTC)) + timedelta(hours=2)
    assert (await run.act(own("pause", SUPERVISOR, reason="repair", until=until.isoformat()))).refusal is None
    assert (await run.act(decide("first"))).refusal == {"code": "paused"}
    attributes = (await run.handle.describe()).typed_search_attributes
    assert {pair.key.name: pair.value for pair in attributes}["CarepathStatus"] == "paused"
    await run.fact(clock_fact(await run.state(), timedelta(hours=1, minutes=59, seconds=59)))
    state = await run.until(lambda s: s.paused is None)
    assert state.status is Status.OPEN
    assert (await run.act(decide("first"))).refusal is None
    assert await run.end() == "completed"


async def test_a_deadline_moved_sooner_comes_sooner(world: World) -> None:
    run = await world.begin(pathway(decision("first", within=3600)))
    state = await run.until(lambda s: bool(s.tasks))
    until = state.clock.now(datetime.now(UTC)) + timedelta(seconds=2)
    act = own("change_deadline", SUPERVISOR, step="first", until=until.isoformat(), reason="over")
    assert (await run.act(act)).refusal is None
    assert await run.end() == "failed_by_us"


async def test_a_deadline_of_a_step_left_behind_is_changed_in_its_own_run(world: World) -> None:
    run = await world.begin(pathway(decision("labs", wait=False), decision("after")))
    child = Run(world, f"{run.id}.labs.1")
    await run.until(lambda s: s.children[child.id].started)
    state = await child.until(lambda s: bool(s.tasks))
    until = state.clock.now(datetime.now(UTC)) + timedelta(seconds=1)
    act = own("change_deadline", SUPERVISOR, step="labs", until=until.isoformat(), reason="over")
    assert (await child.act(act)).refusal is None
    state = await run.until(lambda s: s.children[child.id].outcome is not None)
    assert state.children[child.id].outcome == "timed_out"
