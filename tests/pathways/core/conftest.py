"""A pathway of small kinds, to test the core without knowing any real one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from domain.acts import Act, Fact
from domain.base import Text, Value
from domain.calendar import Span
from domain.clock import Clock
from domain.effects.payment import Authorise, CancelHold
from domain.effects.queue import FreeSeat
from domain.pathway import Care, EmergencyPlan, End, Jump, Pathway, People, Step
from domain.people import Actor, IdentityLevel, Owner, Role
from domain.state import ConsultationState, Pending, Status
from pathways.core import engine
from pathways.core.kind import KINDS, Kind, action, kinds

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Mark(Value):
    """A step that may meet, sign, hold money."""

    meets: bool = False
    signs: bool = False
    of: str | None = None


class Duty(Kind):
    """One task for the patient: ``do`` finishes well, ``fail`` badly."""

    name = "test_duty"
    fields = Mark
    others = ("failed", "timed_out")
    title = Text(ru="дело", en="duty")
    task_titles = {"work": Text(ru="работать", en="work")}

    def open(self, step: Any) -> None:
        step.task("work", step.patient, ("do", "fail"))

    @action()
    def do(self, step: Any, task: Any, act: Act, body: Any) -> None:
        if step.fields.meets:
            step.state.met_at, step.state.met_by = step.now, "p-doctor"
        if step.fields.signs:
            step.state.signed = True
        step.finish("done", by=act.actor.person)

    @action()
    def fail(self, step: Any, task: Any, act: Act, body: Any) -> None:
        step.finish("failed")

    def fact(self, step: Any, fact: Fact) -> None:
        step.finish("done", by="fact")


class Money(Kind):
    """Holds money: an effect, and its undo."""

    name = "test_money"
    others = ("declined", "timed_out")
    title = Text(ru="деньги", en="money")

    def open(self, step: Any) -> None:
        step.ask(Authorise, payer="pt-1", service="visit", amount=150000, means="tok")

    def settled(self, step: Any, pending: Pending, result: Any) -> None:
        if result.hold is None:
            return
        step.undo(CancelHold, hold=result.hold)
        step.finish("done", hold=result.hold, amount=150000, costs=20000)

    def late(self, step: Any, pending: Pending, result: Any) -> None:
        step.undo(CancelHold, hold=result.hold)


class Place(Value):
    """A pool's line."""

    pool: str


class Seat(Value):
    """The seat taken before the act."""

    seat: str


class Line(Kind):
    """A doctor of the pool takes the patient."""

    name = "test_line"
    fields = Place
    others = ("timed_out",)
    assigns = True
    title = Text(ru="очередь", en="line")

    def open(self, step: Any) -> None:
        step.task("accept", Owner(pool=step.fields.pool), ("accept",))

    @action(Seat)
    def accept(self, step: Any, task: Any, act: Act, body: Any) -> None:
        step.state.doctor = act.actor.person
        step.undo(FreeSeat, part=body.seat, doctor=act.actor.person, seat=body.seat)
        step.finish("done", doctor=act.actor.person, seat=body.seat, care="advice")


class May(Value):
    """What a talk allows."""

    may: tuple[str, ...] = ()


class Talk(Kind):
    """Doctor and patient meet; may be recorded."""

    name = "test_talk"
    fields = May
    others = ("broken", "timed_out")
    needs_doctor = True
    meets = True
    live = True
    title = Text(ru="разговор", en="talk")

    def open(self, step: Any) -> None:
        step.task("hold", step.doctor, ("meet", "finish", "nap"))
        step.task("join", step.patient, ("silent",))

    @action()
    def meet(self, step: Any, task: Any, act: Act, body: Any) -> None:
        step.state.met_at, step.state.met_by = step.now, act.actor.person
        step.memory["recording"] = True

    @action()
    def finish(self, step: Any, task: Any, act: Act, body: Any) -> None:
        step.finish("done")

    @action()
    def nap(self, step: Any, task: Any, act: Act, body: Any) -> None:
        """A silence that would break the talk, and a moment agreed."""
        step.timer("silence", Span(seconds=600))
        step.timer("agreed", step.now + timedelta(minutes=20))

    @action()
    def silent(self, step: Any, task: Any, act: Act, body: Any) -> None:
        step.note("silent")

    def timer(self, step: Any, name: str) -> None:
        if name == "silence":
            step.finish("broken")
        else:
            step.note("agreed.moment")

    def withdrawn(self, step: Any, purpose: str) -> bool:
        step.memory.pop(purpose, None)
        return purpose in ("recording", "observers")


class Extra(Kind):
    """Something that may be skipped; it holds money while it is open."""

    name = "test_extra"
    fields = Mark
    others = ("declined", "timed_out")
    outputs = {"amount": "int"}
    skippable = True
    title = Text(ru="лишнее", en="extra")

    def open(self, step: Any) -> None:
        step.task("pay", step.patient, ("pay",))

    @action()
    def pay(self, step: Any, task: Any, act: Act, body: Any) -> None:
        step.ask(Authorise, payer="pt-1", service="visit", amount=150000, means="tok")

    def late(self, step: Any, pending: Pending, result: Any) -> None:
        if result.__class__.__name__ == "Authorised":
            step.ask(CancelHold, part="late", hold=result.hold)


def span(seconds: int) -> Span:
    return Span(seconds=seconds)


ENDS = {
    "completed": End(charge="full"),
    "abandoned": End(charge="none"),
    "failed_by_us": End(charge="none", alarm=Role.SHIFT_SUPERVISOR),
    "no_show": End(charge="costs"),
    "cancelled": End(charge="none"),
    "cancelled_by_us": End(charge="none"),
    "emergency": End(charge="none"),
    "unsigned": End(charge="none", alarm=Role.HEAD_DOCTOR),
}


def duty(id_: str, **fields: Any) -> Step:
    """A duty within an hour; every bad outcome ends as abandoned unless told otherwise."""
    then = {"failed": Jump(to="end", target="abandoned"), "timed_out": Jump(to="end", target="abandoned")}
    return Step(id=id_, **{"kind": "test_duty", "within": span(3600), "then": then, **fields})


def pathway(*steps: Step) -> Pathway:
    return Pathway(
        code="test",
        version=1,
        title=Text(ru="Проверка", en="Test"),
        speciality="therapy",
        care=Care.FOLLOW_UP,
        people=People(),
        emergency=EmergencyPlan(call_back=Role.SHIFT_SUPERVISOR, within=span(180), otherwise=Role.HEAD_DOCTOR),
        ends=ENDS,
        steps=steps,
    )


class Play:
    """A consultation on the pure core: acts, silence and facts in the order of the test."""

    def __init__(self, *steps: Step, at: datetime = START, zone: str = "Europe/Moscow", **values: Any) -> None:
        self.pathway = pathway(*steps).model_copy(update=values)
        self.now = at
        self.ids = count(1)
        state = ConsultationState(
            workflow="c-1",
            consultation="c-1",
            clinic="cl-1",
            patient="pt-1",
            pathway=self.pathway.digest,
            zone=zone,
            started_at=at,
            clock=Clock(anchor=at, real_anchor=at),
        )
        self.state = engine.begin(self.pathway, state, self.now)

    def act(self, actor: Actor, action_: str, task: str | None = None, **body: Any) -> str | None:
        """Act; the refusal's code, None when it was taken."""
        return self.send(self.make(actor, action_, task, **body))

    def make(self, actor: Actor, action_: str, task: str | None = None, **body: Any) -> Act:
        id_ = f"a{next(self.ids)}"
        return Act(id=id_, actor=actor, action=action_, task=task, body=body, not_after=self.now)

    def send(self, act: Act) -> str | None:
        self.state, answered = engine.act(self.pathway, self.state, act, self.now)
        return answered.refusal["code"] if answered.refusal else None

    def wait(self, **span_: float) -> None:
        self.now += timedelta(**span_)
        self.state = engine.tick(self.pathway, self.state, self.now)

    def wait_until(self, moment: datetime) -> None:
        """Time passes as a shell's clock has it: from one due moment to the next."""
        while (due := self.state.due()) is not None and due <= moment:
            self.now = max(self.now, due)
            self.state = engine.tick(self.pathway, self.state, self.now)
        self.now = moment

    def fact(self, id_: str, source: str = "video", **values: Any) -> None:
        self.state = engine.fact(self.pathway, self.state, Fact(source=source, id=id_, **values), self.now)

    def settle(self, effect: str, **result: Any) -> None:
        """The world answers the one pending effect of this name."""
        key = next(k for k, p in self.state.pending.items() if p.effect == effect)
        self.state = engine.settle(self.pathway, self.state, key, result, self.now)

    def give_up(self, effect: str, error: str = "Unavailable") -> None:
        """The world does not do the one pending effect of this name."""
        key = next(k for k, p in self.state.pending.items() if p.effect == effect and not p.held)
        self.state = engine.give_up(self.pathway, self.state, key, error, self.now)

    def task(self, name: str) -> Any:
        """The one open task of this name."""
        (found,) = [t for t in self.state.tasks.values() if t.name == name]
        return found

    def tell_all(self) -> None:
        while any(p.effect == "notify.tell" for p in self.state.pending.values()):
            self.settle("notify.tell", people=1)

    def again(self) -> None:
        """Continue as new: the state is written, read and carried over."""
        self.state = ConsultationState.model_validate_json(self.state.model_dump_json())

    @property
    def told(self) -> list[tuple[str, str]]:
        """Who is being told what."""
        tells = [p.body for p in self.state.pending.values() if p.effect == "notify.tell"]
        return [(str(next(filter(None, body["to"].values()))), body["text"]) for body in tells]

    @property
    def status(self) -> Status:
        return self.state.status

    @property
    def asked(self) -> list[str]:
        return [p.effect for p in self.state.pending.values()]

    @property
    def codes(self) -> list[str]:
        return [t.code for t in self.state.transitions]


def actor(person: str, *roles: Role, patient: str | None = None) -> Actor:
    return Actor(person=person, clinic="cl-1", roles=frozenset(roles), patient=patient, level=IdentityLevel.CONFIRMED)


PATIENT = actor("p-ann", Role.PATIENT, patient="pt-1")
STRANGER = actor("p-eve", Role.PATIENT, patient="pt-2")
DOCTOR = actor("p-doctor", Role.DOCTOR).model_copy(update={"pools": frozenset({"therapists"})})
COLLEAGUE = DOCTOR.model_copy(update={"person": "p-colleague"})
SUPERVISOR = actor("p-sup", Role.SHIFT_SUPERVISOR)
HEAD = actor("p-head", Role.HEAD_DOCTOR)
ADMIN = actor("p-adm", Role.CLINIC_ADMIN)

__all__ = ["ADMIN", "COLLEAGUE", "DOCTOR", "HEAD", "PATIENT", "STRANGER", "SUPERVISOR", "Owner", "Play", "duty", "span"]


# Only the tests of this folder know these kinds: a page made from all kinds must not show them.
SMALL = {kind.name: KINDS.pop(kind.name) for kind in (Duty, Money, Line, Talk, Extra)}


@pytest.fixture(autouse=True)
def small_kinds() -> Iterator[None]:
    """The small kinds are words of the language while a test of this folder runs."""
    KINDS.update(SMALL)
    kinds.cache_clear()
    yield
    for name in SMALL:
        KINDS.pop(name)
    kinds.cache_clear()


@pytest.fixture
def two_duties() -> Play:
    return Play(duty("first"), duty("second"))
