"""One step of a kind on the real core: acts, answers of the world, facts and time, through the engine's doors."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from domain.acts import Act, Fact
from domain.base import Json, Text
from domain.calendar import Calendar, Span
from domain.clock import Clock
from domain.effects import Effect, load
from domain.pathway import Care, EmergencyPlan, End, Jump, Pathway, People, Pinned, Step
from domain.people import Actor, Role
from domain.state import ConsultationState, Pending
from domain.tasks import Task
from pathways.core import engine
from pathways.core.kind import kinds
from tests.pathways.kinds.desk import START, pinned

ENDS = ("completed", "cancelled", "cancelled_by_us", "emergency", "unsigned", "other")
SUPERVISOR = Actor(person="p-sup", clinic="cl-1", roles=frozenset({Role.SHIFT_SUPERVISOR}))

OVER = Step(id="over", kind="end", fields={"as": "completed"})


def bad_end(kind: str) -> str:
    """Where no signature came, only ``unsigned`` is an end (rule 4)."""
    return "unsigned" if kind in ("protocol", "signature") else "other"


class Stage:
    """A pathway whose only way is the step under test; every outcome but the good one ends as ``bad_end``.

    After it stands a protocol: where they have met it is still owed, and papers have what they are ``of``.
    """

    def __init__(
        self,
        kind: str,
        *,
        within: str | None = "1h",
        outputs: dict[str, dict[str, Json]] | None = None,
        state: dict[str, Any] | None = None,
        calendar: Calendar | None = None,
        calendars: dict[str, Calendar] | None = None,
        invited: tuple[str, ...] = (),
        consents: dict[str, Pinned] | None = None,
        now: datetime = START,
        **fields: Json,
    ) -> None:
        load()
        self.kind = kind
        self.now = now
        self.ids = count(1)
        word = type(kinds()[kind])
        others = word.outcomes(word.fields.model_validate(fields))[1]
        self.step = Step(
            id="step",
            kind=kind,
            fields=fields,
            within=Span.parse(within) if within else None,
            then={outcome: Jump(to="end", target=bad_end(kind)) for outcome in others},
        )
        self.pathway = Pathway(
            code="test",
            version=1,
            title=Text(ru="Проверка", en="Test"),
            speciality="therapy",
            care=Care.FOLLOW_UP,
            people=People(invited=invited),
            emergency=EmergencyPlan.model_validate(
                {"call_back": "shift_supervisor", "within": "3m", "otherwise": "head_doctor"}
            ),
            ends={end: End() for end in ENDS},
            steps=(self.step, OVER, Step(id="note", kind="protocol", within=Span.parse("1d"))),
            forms={"therapy": pinned("therapy", facts={"pain": "int"})},
            consents=consents or {"contract": pinned("contract", 2), "intervention": pinned("intervention", 5)},
            texts={"hello": pinned("hello", title={"ru": "Т", "en": "T"}, body={"ru": "Т", "en": "T"})},
            services={"visit": {"amount": 150_000, "costs": 20_000}},
            calendar=calendar,
            calendars=calendars or {},
        )
        begun = ConsultationState(
            workflow="c-1",
            consultation="c-1",
            clinic="cl-1",
            patient="pt-1",
            pathway=self.pathway.digest,
            started_at=now,
            clock=Clock(anchor=now, real_anchor=now),
            outputs=outputs or {},
            **(self.child() if word.internal else {}),
            **(state or {}),
        )
        self.state = engine.begin(self.pathway, begun, now)

    def child(self) -> dict[str, Any]:
        """An internal kind runs as a workflow of its own."""
        return {"root": "step", "inner": self.step, "parent": "c-0"}

    @property
    def outcome(self) -> str | None:
        """How the step ended, None while it is open."""
        ended = self.state.outputs.get("step", {}).get("outcome")
        return None if "step" in self.state.runs else str(ended)

    @property
    def outputs(self) -> dict[str, Json]:
        return self.state.outputs["step"]

    @property
    def timers(self) -> dict[str, datetime]:
        return self.state.runs["step"].timers

    def act(self, actor: Actor, action: str, task: str | None = None, **body: Json) -> str | None:
        """The code of its refusal, None when it was taken. Every act is judged by the validator's door first."""
        act = Act(
            id=f"a-{next(self.ids)}",
            actor=actor,
            action=action,
            task=f"step.1.{task}" if task and not task.startswith("_") else task,
            body=body,
            not_after=self.now + timedelta(seconds=5),
        )
        self.state, answered = engine.act(self.pathway, self.state, act, self.now)
        return str(answered.refusal["code"]) if answered.refusal else None

    def must(self, actor: Actor, action: str, task: str | None = None, **body: Json) -> None:
        """An act that is taken."""
        refusal = self.act(actor, action, task, **body)
        assert refusal is None, f"{action} was refused as {refusal}"

    def settle(self, effect: type[Effect], part: str | None = None, **result: Json) -> None:
        self.state = engine.settle(self.pathway, self.state, self.key(effect, part), result, self.now)

    def give_up(self, effect: type[Effect], error: str = "Unavailable") -> None:
        self.state = engine.give_up(self.pathway, self.state, self.key(effect), error, self.now)

    def fact(self, source: str = "video", **body: Json) -> None:
        fact = Fact(source=source, id=f"f-{next(self.ids)}", step="step", occurrence=1, body=body)
        self.state = engine.fact(self.pathway, self.state, fact, self.now)

    def flag(self) -> None:
        """A red flag opens an emergency."""
        fact = Fact(source="intake", id=f"f-{next(self.ids)}", step="step", body={"flag": "chest_pain"})
        self.state = engine.fact(self.pathway, self.state, fact, self.now)

    def false_alarm(self) -> None:
        (task,) = [t.id for t in self.state.tasks.values() if t.name == "call_back"]
        self.must(SUPERVISOR, "record", task, content="ct-9", sha256="a" * 64, verdict="false_alarm")

    def wait(self, until: datetime | None = None, **by: float) -> None:
        """Time passes, through every moment at which something is due."""
        end = until or self.now + timedelta(**by)
        while (due := self.state.due()) is not None and due <= end:
            self.now = max(self.now, due)
            self.state = engine.tick(self.pathway, self.state, self.now)
        self.now = end

    def pending(self, effect: type[Effect]) -> list[Pending]:
        return [p for p in self.state.pending.values() if p.effect == effect.activity]

    def asked(self, effect: type[Effect]) -> list[dict[str, Json]]:
        return [p.body for p in self.pending(effect)]

    def key(self, effect: type[Effect], part: str | None = None) -> str:
        keys = [
            key
            for key, p in self.state.pending.items()
            if p.effect == effect.activity and part in (None, p.body["part"])
        ]
        assert len(keys) == 1, f"{effect.activity}: {keys}"
        return keys[0]

    def task(self, name: str) -> Task:
        return self.state.tasks[f"step.1.{name}"]

    def tasks(self) -> set[str]:
        return {task.name for task in self.state.tasks.values() if task.step == "step"}

    def told(self) -> list[tuple[str, str]]:
        """The messages on their way: to whom, and which."""
        found = []
        for p in self.state.pending.values():
            if p.effect == "notify.tell":
                to = p.body["to"]
                found.append((to["person"] or to["patient"] or to["role"] or to["pool"], p.body["text"]))
        return found

    def codes(self) -> list[str]:
        return [t.code for t in self.state.transitions]
