"""Effects as the shell carries them out: named, retried, given up, undone."""

import asyncio
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from domain import effects
from domain.acts import Act
from domain.calendar import Span
from domain.pathway import End, Jump, Pathway, Step
from domain.people import Actor, Role
from tests.workflows.world import CANARY, PATIENT, World, decide, decision, failing, pathway

ADMIN = Actor(person="p-admin", clinic="cl-one", roles=frozenset({Role.CLINIC_ADMIN}))
HELD = {"hold": "h-1"}
STOP = Jump(to="end", target="abandoned")


def paid(*after: Step, charge: str = "none") -> Pathway:
    """A pathway that holds money, then goes on."""
    step = Step(
        id="pay",
        kind="payment",
        fields={"service": "repeat"},
        within=Span(seconds=1800),
        then={"declined": STOP, "timed_out": STOP},
    )
    base = pathway(step, *after)
    ends = {**base.ends, "completed": End(charge="full"), "abandoned": End(charge=charge)}
    return base.model_copy(update={"services": {"repeat": {"amount": 150000, "costs": 20000}}, "ends": ends})


def pay() -> Act:
    """The patient pays."""
    act = decide("pay", actor=PATIENT)
    return act.model_copy(update={"action": "pay", "task": "pay.1.pay", "body": {"means": "tok-1"}})


def names(world: World, workflow: str) -> list[str]:
    """Effects asked for one consultation, messages aside."""
    return [name for name, body in world.calls if body["workflow"] == workflow and name != "notify.tell"]


async def test_an_effect_is_done_by_its_name_with_its_own_key(world: World) -> None:
    world.answers["payment.authorise"] = lambda _: HELD
    world.answers["payment.capture"] = lambda _: {"receipt": "r-1"}
    run = await world.begin(paid(decision("first")))
    await run.act(pay())
    await run.until(lambda s: "first.1.decide" in s.tasks)
    await run.act(decide("first"))
    assert await run.end() == "completed"
    assert names(world, run.id) == ["payment.authorise", "payment.capture"]


async def test_a_failing_effect_is_retried_with_the_same_key_until_it_is_done(world: World) -> None:
    world.answers["payment.authorise"] = failing("Uncertain", times=1, then=HELD)
    run = await world.begin(paid(decision("first")))
    await run.act(pay())
    await run.until(lambda s: "first.1.decide" in s.tasks)
    bodies = [body for name, body in world.calls if name == "payment.authorise" and body["workflow"] == run.id]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    await run.handle.terminate()


async def test_a_refused_effect_is_not_sent_again_and_a_person_decides(world: World) -> None:
    def refuse(_: dict[str, Any]) -> Any:
        raise ApplicationError("no", type="Refused")

    world.answers["payment.cancel"] = refuse
    world.answers["payment.authorise"] = lambda _: HELD
    run = await world.begin(paid(decision("first")))
    await run.act(pay())
    await run.until(lambda s: "first.1.decide" in s.tasks)
    await run.act(decide("first", "no"))
    state = await run.until(lambda s: any(t.name == "stuck" for t in s.tasks.values()))
    assert names(world, run.id).count("payment.cancel") == 1
    stuck = next(t for t in state.tasks.values() if t.name == "stuck")
    assert stuck.data["error"] == "Refused"
    world.answers["payment.cancel"] = lambda _: {}
    retry = decide("first", actor=ADMIN).model_copy(update={"action": "retry", "task": stuck.id, "body": {}})
    assert (await run.act(retry)).refusal is None
    assert await run.end() == "abandoned"
    assert names(world, run.id).count("payment.cancel") == 2


async def test_an_effect_out_of_patience_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects.REGISTRY["payment.cancel"], "patience", 2)
    world.answers["payment.cancel"] = failing("Uncertain", times=99, then={})
    world.answers["payment.authorise"] = lambda _: HELD
    run = await world.begin(paid(decision("first")))
    await run.act(pay())
    await run.until(lambda s: "first.1.decide" in s.tasks)
    await run.act(decide("first", "no"))
    state = await run.until(lambda s: any(t.name == "stuck" for t in s.tasks.values()))
    assert next(t for t in state.tasks.values() if t.name == "stuck").data["error"] == "Uncertain"
    await run.handle.terminate()


async def test_an_ending_waits_for_the_effect_in_flight_then_undoes_it(world: World) -> None:
    let_go = asyncio.Event()

    async def slow(_: dict[str, Any]) -> Any:
        await let_go.wait()
        return HELD

    world.answers["payment.authorise"] = slow
    run = await world.begin(paid(decision("first")))
    await run.act(pay())
    await run.until(lambda s: any(p.effect == "payment.authorise" for p in s.pending.values()))
    await run.handle.cancel()
    await run.until(lambda s: s.end == "cancelled_by_us")
    assert names(world, run.id) == ["payment.authorise"]
    let_go.set()
    assert await run.end() == "cancelled_by_us"
    assert names(world, run.id) == ["payment.authorise", "payment.cancel"]


async def test_money_is_held_once_when_the_worker_is_replaced_in_mid_effect(world: World) -> None:
    reached = asyncio.Event()

    async def hang(_: dict[str, Any]) -> Any:
        reached.set()
        await asyncio.Event().wait()

    world.answers["payment.authorise"] = hang
    run = await world.begin(paid(decision("first")))
    await run.act(pay())
    await reached.wait()
    await world.stop()
    world.answers["payment.authorise"] = lambda _: HELD
    await world.resume()
    await run.until(lambda s: "first.1.decide" in s.tasks)
    keys = {(b["step"], b["occurrence"], b["part"]) for n, b in world.calls if n == "payment.authorise"}
    assert keys == {("pay", 1, "1")}
    await run.handle.terminate()


async def test_nothing_of_a_patient_stands_readable_in_history(world: World) -> None:
    world.answers["payment.authorise"] = failing("Uncertain", times=1, then=HELD)
    run = await world.begin(paid(decision("first")))
    await run.act(pay())
    await run.until(lambda s: "first.1.decide" in s.tasks)
    await run.act(decide("first", "no"))
    await run.end()
    history = await run.handle.fetch_history()
    raw = b"".join(event.SerializeToString() for event in history.events)
    for planted in (CANARY, "pt-anna", "p-anna", "tok-1", "150000"):
        assert planted.encode() not in raw
    description = await run.handle.describe()
    assert CANARY.encode() not in description.raw_description.SerializeToString()
