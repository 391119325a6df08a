"""A hand-over under way, and what was left behind, over continue-as-new at every quiet moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.acts import Act
from domain.calendar import Span
from domain.pathway import Jump, Pathway, Step
from domain.people import Actor, Role
from tests.workflows.test_turns import SUPERVISOR, own
from tests.workflows.world import PATIENT, Run, World, clock_fact, decide, pathway

DOCTOR = Actor(person="p-doctor", clinic="cl-one", roles=frozenset({Role.DOCTOR}), pools=frozenset({"therapists"}))
COLLEAGUE = DOCTOR.model_copy(update={"person": "p-colleague"})
FAILED = Jump(to="end", target="failed_by_us")
SILENCES = ("unanswered", "doctor_silent", "patient_silent", "in_person_needed", "timed_out")


def talking() -> Pathway:
    """A doctor takes the patient, is left with a decision of his own, and writes with him."""
    line = Step(id="line", kind="queue", fields={"pool": "therapists"}, within=Span(seconds=7200))
    look = Step(
        id="look",
        kind="task",
        fields={"who": "doctor", "choices": ["seen"]},
        within=Span(seconds=86_400),
        wait=False,
    )
    talk = Step(
        id="talk",
        kind="chat",
        fields={"reply": "2h", "silence": "1d", "may": ["handover"]},
        within=Span(seconds=86_400),
        then=dict.fromkeys(SILENCES, FAILED),
    )
    return pathway(line, look, talk)


def with_task(act: Act, task: str) -> Act:
    return act.model_copy(update={"task": task})


async def taken_over(run: Run, **body: Any) -> None:
    """Offered by the doctor, accepted by the colleague, agreed to by the patient."""
    assert (await run.act(own("hand_over", DOCTOR, to="p-colleague", pools=["therapists"], **body))).refusal is None
    for actor, name, action in ((COLLEAGUE, "take_over", "accept"), (PATIENT, "new_doctor", "agree")):
        state = await run.until(lambda s, name=name: any(t.name == name for t in s.tasks.values()))  # type: ignore[misc]
        (task,) = [t.id for t in state.tasks.values() if t.name == name]
        assert (await run.act(with_task(own(action, actor), task))).refusal is None


async def test_a_hand_over_in_a_pause_reaches_what_was_left_behind(world: World) -> None:
    world.answers["queue.join"] = lambda _: {"low": 0, "high": 60}
    run = await world.begin(talking(), continue_always=True)
    await run.until(lambda s: "line.1.accept" in s.tasks)
    assert (await run.act(with_task(own("accept", DOCTOR, seat="s-1"), "line.1.accept"))).refusal is None
    child = Run(world, f"{run.id}.look.1")
    await run.until(lambda s: s.children[child.id].started)
    assert (await child.until(lambda s: bool(s.tasks))).tasks["look.1.decide"].owner.person == "p-doctor"
    until = (await run.state()).clock.now(datetime.now(UTC)) + timedelta(hours=1)
    assert (await run.act(own("pause", SUPERVISOR, reason="repair", until=until.isoformat()))).refusal is None
    await taken_over(run, reason="shift_over")
    await child.until(lambda s: s.tasks["look.1.decide"].owner.person == "p-colleague")
    assert (await child.act(decide("look", "seen", actor=COLLEAGUE))).refusal is None
    state = await run.until(lambda s: s.outputs["look"].get("outcome") == "seen")
    assert (state.doctor, state.paused is None) == ("p-colleague", False)
    await run.fact(clock_fact(state, timedelta(hours=1)))
    state = await run.until(lambda s: s.paused is None)
    assert state.tasks["talk.1.reply"].owner.person == "p-colleague"
    freed = [effect["seat"] for name, effect in world.calls if name == "queue.free_seat"]
    assert freed == ["s-1"]
    assert (await run.act(own("cancel", PATIENT))).refusal is None
    assert await run.end() == "cancelled"
