"""One step of one kind on a desk: a ``StepDraft``, and hands to act, settle, report and let time pass."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from domain.acts import Act, Fact, Refusal
from domain.base import Json, Text
from domain.clock import Clock
from domain.effects import Effect, load
from domain.effects.eligibility import Proof
from domain.pathway import Care, EmergencyPlan, End, Pathway, People, Pinned, Step
from domain.people import Actor, Role
from domain.state import ConsultationState, StepRun
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, kinds

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHA = "a" * 64
OTHER_SHA = "b" * 64

PATIENT = Actor(person="p-patient", clinic="cl-1", roles=frozenset({Role.PATIENT}), patient="pt-1")
MOTHER = Actor(
    person="p-mother",
    clinic="cl-1",
    roles=frozenset({Role.REPRESENTATIVE}),
    patient="pt-1",
    representation="rp-1",
)
DOCTOR = Actor(person="p-doctor", clinic="cl-1", roles=frozenset({Role.DOCTOR}), pools=frozenset({"therapists"}))
COLLEAGUE = DOCTOR.model_copy(update={"person": "p-colleague"})
HEAD = Actor(person="p-head", clinic="cl-1", roles=frozenset({Role.HEAD_DOCTOR}))
REGISTRAR = Actor(person="p-registrar", clinic="cl-1", roles=frozenset({Role.REGISTRAR}))

PROOF = Proof(evidence="e-1", doctor="p-doctor", diagnosis="I10", on=date(2026, 9, 1), source="mis")
NOTE = {
    "outcome": "done",
    "document": "d-1",
    "sha256": SHA,
    "content": "ct-1",
    "content_sha256": OTHER_SHA,
    "diagnosis": "I10",
    "doctor": "p-doctor",
    "prescriptions": ["0"],
    "orders": ["0"],
}


def pinned(id_: str, version: int = 1, **content: Json) -> Pinned:
    return Pinned(id=id_, version=version, sha256=SHA, content=content)


class Desk:
    """One occurrence of one step. ``outcome`` and ``outputs`` are there once the kind has finished it."""

    def __init__(
        self,
        kind: str,
        *,
        occurrence: int = 1,
        within: timedelta | None = HOUR,
        others: tuple[Step, ...] = (),
        outputs: dict[str, dict[str, Json]] | None = None,
        care: Care = Care.FOLLOW_UP,
        state: dict[str, Any] | None = None,
        **fields: Json,
    ) -> None:
        load()
        self.kind: Kind = kinds()[kind]
        self.acts = count(1)
        self.facts = count(1)
        step = Step(id="step", kind=kind, fields=fields)
        self.pathway = Pathway(
            code="test",
            version=1,
            title=Text(ru="Проверка", en="Test"),
            speciality="therapy",
            care=care,
            people=People(),
            emergency=EmergencyPlan.model_validate(
                {"call_back": "shift_supervisor", "within": "3m", "otherwise": "head_doctor"}
            ),
            ends={"completed": End()},
            steps=(*others, step),
            forms={"therapy": pinned("therapy", facts={"pain": "int", "smokes": "bool", "where": "list(string)"})},
            consents={
                "contract": pinned("contract", 2),
                "intervention": pinned("intervention", 5),
                "recording": pinned("recording", 3, purpose="recording"),
            },
            services={"visit": {"amount": 150_000, "costs": 20_000}, "free": {"amount": 0}},
        )
        now = START
        self.state = ConsultationState(
            workflow="c-1",
            consultation="c-1",
            clinic="cl-1",
            patient="pt-1",
            pathway="digest",
            started_at=now,
            clock=Clock(anchor=now, real_anchor=now),
            outputs=outputs or {},
            occurrences={"step": occurrence},
            **(state or {}),
        )
        deadline = now + within if within else None
        self.run = StepRun(step="step", occurrence=occurrence, opened_at=now, deadline=deadline)
        inner = step if type(self.kind).internal else None
        self.state.inner = inner
        self.step = StepDraft(self.pathway, self.state, self.run, now)
        self.kind.open(self.step)

    @property
    def outcome(self) -> str | None:
        if self.step.finished is None:
            return None
        outcome = self.step.finished[0]
        good, others = type(self.kind).outcomes(self.step.fields)
        assert outcome in (good, *others), f"{outcome} is not of the closed list"
        return outcome

    @property
    def outputs(self) -> dict[str, Json]:
        assert self.step.finished is not None
        return self.step.finished[1]

    def task(self, name: str) -> Task:
        return self.state.tasks[f"step.{self.run.occurrence}.{name}"]

    def tasks(self) -> set[str]:
        return {task.name for task in self.state.tasks.values()}

    def wait(self, by: timedelta) -> None:
        self.step.now += by

    def act(self, task: str, action: str, actor: Actor, **body: Json) -> None:
        """As the core does it: ownership, the row's guard, the typed body, then the deed."""
        open_task = self.task(task)
        if not open_task.admits(actor):
            raise Refusal("not_yours")
        if action not in open_task.actions:
            raise Refusal("no_such_action")
        row = type(self.kind).actions()[action]
        if row.guard is not None:
            row.guard(self.kind, self.step, open_task, actor)
        typed = row.body.model_validate(body)
        act = Act(
            id=f"a-{next(self.acts)}",
            actor=actor,
            action=action,
            task=open_task.id,
            body=body,
            not_after=self.step.now + timedelta(seconds=5),
        )
        row.do(self.kind, self.step, open_task, act, typed)

    def refused(self, task: str, action: str, actor: Actor, **body: Json) -> Refusal:
        """The refusal an act meets; it is an error when it meets none."""
        try:
            self.act(task, action, actor, **body)
        except Refusal as refusal:
            return refusal
        raise AssertionError("the act was taken")

    def asked(self, effect: type[Effect]) -> list[dict[str, Json]]:
        """The bodies of the effects of a type that stand unsettled."""
        return [p.body for p in self.state.pending.values() if p.effect == effect.activity]

    def settle(self, effect: type[Effect], part: str | None = None, **result: Json) -> None:
        """The world did it and answered."""
        key = self.key(effect, part)
        pending = self.state.pending.pop(key)
        self.kind.settled(self.step, pending, effect.result.model_validate(result))

    def give_up(self, effect: type[Effect], error: str = "Unavailable") -> bool:
        """The world did not do it."""
        key = self.key(effect, None)
        pending = self.state.pending.pop(key)
        dealt_with = self.kind.gave_up(self.step, pending, error)
        if not dealt_with:
            pending.held = True
            self.state.pending[key] = pending
        return dealt_with

    def key(self, effect: type[Effect], part: str | None) -> str:
        keys = [
            key
            for key, p in self.state.pending.items()
            if p.effect == effect.activity and part in (None, p.body["part"])
        ]
        assert len(keys) == 1, f"{effect.activity}: {keys}"
        return keys[0]

    def late(self, effect: type[Effect], **result: Json) -> None:
        """The step is over; what was in flight is done after all."""
        pending = self.state.pending.pop(self.key(effect, None))
        past = StepRun(step="step", occurrence=self.run.occurrence, opened_at=START)
        draft = StepDraft(self.pathway, self.state, past, self.step.now)
        self.kind.late(draft, pending, effect.result.model_validate(result))

    def fact(self, source: str, **body: Json) -> None:
        fact = Fact(source=source, id=f"f-{next(self.facts)}", step="step", occurrence=1, body=body)
        self.kind.fact(self.step, fact)

    def expire(self) -> None:
        """``within`` is over."""
        if self.run.deadline is not None:
            self.step.now = max(self.step.now, self.run.deadline)
        self.run.deadline = None
        self.kind.expired(self.step)

    def ring(self, timer: str) -> None:
        """A timer the kind set is due."""
        self.step.now = max(self.step.now, self.run.timers.pop(timer))
        self.kind.timer(self.step, timer)

    def told(self) -> list[tuple[str, bool]]:
        """The messages on their way: code and whether it rings."""
        return [(p.body["text"], p.body["urgent"]) for p in self.state.pending.values() if p.effect == "notify.tell"]
