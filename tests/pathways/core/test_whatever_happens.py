"""Whatever happens in whatever order: nothing breaks, nothing is owned by nobody, money is decided once, all closes.

Random stories on the shipped pathways and the pure core: acts, facts, answers, failures, silence, time. When the story
is over everybody does his duty, and then every process must come to its end.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest

from domain.acts import Act, Fact
from domain.base import Json
from domain.clock import Clock
from domain.pathway import Pathway
from domain.people import Actor, Role
from domain.state import ConsultationState, Pending, Status
from domain.tasks import Task
from pathways.compile import compile_folder
from pathways.core import engine
from pathways.core.acts import allowed_own
from pathways.core.context import Context
from pathways.view import details, view
from tests.pathways.kinds.desk import OTHER_SHA, PROOF, SHA

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PATIENT = Actor(person="p-patient", clinic="cl-1", roles=frozenset({Role.PATIENT}), patient="pt-1")
POOLS = frozenset({"therapists", "on_call", "dermatologists", "paediatricians"})
DOCTOR = Actor(person="p-doctor", clinic="cl-1", roles=frozenset({Role.DOCTOR}), pools=POOLS)
COLLEAGUE = DOCTOR.model_copy(update={"person": "p-colleague"})
STAFF = [
    Actor(person=f"p-{role.value}", clinic="cl-1", roles=frozenset({role}))
    for role in (Role.REGISTRAR, Role.NURSE, Role.SHIFT_SUPERVISOR, Role.HEAD_DOCTOR, Role.CLINIC_ADMIN)
]
EVERYBODY = [PATIENT, DOCTOR, COLLEAGUE, *STAFF]
FILES = Path("pathways/shipped/pathways").glob("*.yaml")
OWN = ("withdraw", "pause", "resume", "resume", "skip", "change_deadline", "reassign", "hand_over", "consult")
ERRORS = ("Refused", "Uncertain", "Unavailable", "Timeout")


@cache
def shipped() -> dict[str, Pathway]:
    found = {pathway.code: pathway for pathway in compile_folder(Path("pathways/shipped")).pathways}
    whole = found["blood-pressure"]
    weeks = [step.id for step in whole.steps].index("weeks")
    return {**found, WEEKS: Pathway.model_validate({**whole.model_dump(), "steps": whole.steps[weeks:]})}


WEEKS = "blood-pressure from its weeks on"
"""A story seldom gets so far by itself."""


class World:
    """A consultation and its children on the core, and a world that answers as the dice fall."""

    def __init__(self, pathway: Pathway, seed: int) -> None:
        self.pathway, self.dice, self.now = pathway, Random(seed), START
        self.ids = 0
        self.money: Counter[str] = Counter()
        self.booked: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        state = ConsultationState(
            workflow="c-1",
            consultation="c-1",
            clinic="cl-1",
            patient="pt-1",
            payer=self.dice.choice([None, None, "p-patient"]),
            pathway=pathway.digest,
            doctor="p-doctor" if pathway.steps[0].id == "weeks" else None,
            started_at=START,
            clock=Clock(anchor=START, real_anchor=START),
        )
        self.states: dict[str, ConsultationState] = {}
        self.put(engine.begin(pathway, state, self.now))

    def put(self, state: ConsultationState) -> None:
        """What the shell does: carry the state over, start children."""
        state = ConsultationState.model_validate_json(state.model_dump_json())
        self.states[state.workflow] = state
        for child in state.children.values():
            if not child.started:
                child.started = True
                start = engine.child_start(self.pathway, state, child, self.now)
                self.put(engine.begin(start.compiled, start.state, self.now))
        self.sound(state)

    def sound(self, state: ConsultationState) -> None:
        """What must hold at every moment."""
        for who in (PATIENT, DOCTOR, STAFF[-1]):
            view(self.pathway, state, who, now=self.now)
        details(self.pathway, state)
        if state.status is Status.CLOSED:
            assert [state.runs, state.tasks, state.pending, state.undos] == [{}, {}, {}, []]
            return
        moving = state.due() is not None or state.tasks or any(not p.held for p in state.pending.values())
        assert moving, "nobody and nothing will ever move it"
        held = {key for key, pending in state.pending.items() if pending.held}
        assert held == {task.data["key"] for task in state.tasks.values() if task.name == "stuck"}
        assert (state.emergency is None) == (not [t for t in state.tasks.values() if t.name == "call_back"])
        for task in state.tasks.values():
            assert task.step is None or task.step in state.runs

    # --- what happens ----------------------------------------------------------------------------------------

    def anything(self) -> None:
        """One thing happens somewhere."""
        state = self.dice.choice([s for s in self.states.values() if s.status is not Status.CLOSED])
        happen = self.dice.choices(
            (self.somebody_acts, self.world_answers, self.world_fails, self.machine_reports, self.time_passes),
            (100, 150, 3, 50, 6),
        )[0]
        happen(state)

    def somebody_acts(self, state: ConsultationState) -> None:
        """Anybody tries anything, mostly what is allowed."""
        if self.dice.random() < 0.01:
            action = self.dice.choice(["cancel", "flag_emergency", *OWN])
            self.act(state.workflow, self.dice.choice(EVERYBODY), action, None, self.own_body(state, action))
        elif self.dice.random() < 0.08:
            who = self.dice.choice([DOCTOR, COLLEAGUE, *STAFF])
            actions = [one for one in allowed_own(Context(self.pathway, state, self.now), who) if one in OWN]
            if actions:
                action = self.dice.choice(actions)
                self.act(state.workflow, who, action, None, self.own_body(state, action))
        elif state.tasks:
            task = self.dice.choice(list(state.tasks.values()))
            actors = [who for who in EVERYBODY if task.shown_to(who)] or EVERYBODY
            # Mostly the first, which is the good one: a story must get somewhere to go wrong there.
            actions = [*task.actions[:1] * 30, *task.actions, "claim", "release", "assign"]
            action = self.dice.choice(actions)
            self.act(state.workflow, self.dice.choice(actors), action, task, self.body(task, action))

    def act(self, workflow: str, who: Actor, action: str, task: Task | None, body: dict[str, Json]) -> str | None:
        self.ids += 1
        act = Act(
            id=f"a-{self.ids}",
            actor=who,
            action=action,
            task=task.id if task else None,
            body=body,
            not_after=self.now,
        )
        state, answered = engine.act(self.pathway, self.states[workflow], act, self.now)
        self.put(state)
        return answered.refusal["code"] if answered.refusal else None

    def own_body(self, state: ConsultationState, action: str) -> dict[str, Json]:
        """A body of an act without a task that fits, mostly."""
        step = self.dice.choice([*state.runs, "nowhere"])
        until = (self.now + timedelta(seconds=self.dice.randint(0, 90_000))).isoformat()
        doctor = self.dice.choice([DOCTOR, COLLEAGUE])
        pools = sorted(doctor.pools)
        match action:
            case "withdraw":
                return {
                    "consent": "cs-1",
                    "purpose": self.dice.choice([*["recording", "disclosure"] * 5, "intervention"]),
                }
            case "pause":
                return {"reason": "repair", "until": until}
            case "skip":
                return {"step": step, "reason": "free"}
            case "change_deadline":
                return {"step": step, "until": until, "reason": "asked"}
            case "reassign":
                return {"doctor": doctor.person, "pools": pools, "reason": "ill"}
            case "hand_over":
                return {"to": doctor.person, "pools": pools, "reason": "shift_over"}
            case "consult":
                return {"colleague": doctor.person, "content": "ct-q", "sha256": SHA}
        return {}

    def body(self, task: Task, action: str) -> dict[str, Json]:
        """A body that fits."""
        match action:
            case "prove":
                return {"method": "esia", "session": "s-1"}
            case "accept" if "documents" in task.data:
                return {"documents": task.data["documents"]}
            case "assign":
                return {"to": self.dice.choice(STAFF).person, "reason": "busy"}
            case "give":
                return {"content": "ct-o", "sha256": SHA}
            case "send":
                return {"content": f"ct-m{self.ids}", "sha256": SHA, "photos": 0}
            case "choose" | "reschedule" if "pool" in task.data:
                starts = self.now + timedelta(hours=self.dice.randint(1, 30))
                return {"slot": f"slot-{self.ids}-{starts.isoformat()}", "starts": starts.isoformat()}
            case "accept" if task.name == "accept":
                return {"seat": f"seat-{self.ids}"}
            case "decide":
                choice = self.dice.choice(task.data["choices"])
                proof = {**PROOF.model_dump(mode="json"), "source": "papers"}
                return {"choice": choice, "evidence": proof if choice == "confirmed" else None}
            case "submit" if task.name == "fill":
                return {"content": "ct-1", "sha256": SHA, "facts": self.facts(task)}
            case "submit":
                facts = {"acts": ["history", "advise"], "orders": self.dice.randint(0, 1), "referrals": 1}
                return {"content": "ct-2", "sha256": OTHER_SHA, "facts": facts}
            case "pay":
                return {"means": "tok-1"}
            case "sign":
                return {"signature": "sg-1", "sha256": task.data["sha256"], "level": "qualified"}
            case "choose":
                return {"partner": "helix"}
            case "score":
                return {"score": 9}
            case "record":
                verdict = self.dice.choice(["real", "false_alarm"])
                return {"content": "ct-3", "sha256": SHA, "verdict": verdict}
        return {}

    def facts(self, task: Task) -> dict[str, Json]:
        """What was computed from the answers, of the types the form has."""
        types = self.pathway.forms[str(task.form)].content["facts"]
        some = {"int": self.dice.randint(0, 200), "bool": self.dice.random() < 0.5, "string": "monitor"}
        return {name: some.get(type_, []) for name, type_ in types.items()}

    def world_answers(self, state: ConsultationState, *, well: bool = False) -> None:
        flying = [(key, pending) for key, pending in state.pending.items() if not pending.held]
        if flying:
            key, pending = self.dice.choice(flying)
            answer = self.answer(pending, 1.0 if well else self.dice.random())
            self.put(engine.settle(self.pathway, state, key, answer, self.now))

    def answer(self, pending: Pending, luck: float) -> dict[str, Json]:
        """What an activity would answer; with little luck not what one hoped for."""
        bad, body = luck < 0.1, pending.body
        self.done[pending.effect] += 1
        match pending.effect:
            case "identity.check" | "identity.prove":
                return {"level": "declared" if bad else "confirmed"}
            case "consent.find":
                return {"valid": [] if bad else ["intervention"]}
            case "consent.record":
                return {"consents": ["cs-1"]}
            case "eligibility.find":
                return {"outcome": "unknown"} if bad else {"outcome": "met", "proofs": [PROOF.model_dump(mode="json")]}
            case "payment.authorise":
                if bad:
                    return {"declined": "no_funds"}
                hold = f"h-{self.done[pending.effect]}"
                self.money[hold] += 1
                return {"hold": hold}
            case "payment.capture":
                self.money[body["hold"]] -= 1
                return {"receipt": "r-1"}
            case "payment.cancel":
                self.money[body["hold"]] -= 1
                return {}
            case "queue.join":
                return {"low": 1, "high": 2}
            case "video.open":
                return {"room": "r-1"}
            case "protocol.render":
                return {"document": "d-1", "sha256": SHA}
            case "prescription.issue":
                return {"prescription": "rx-1", "number": "1"}
            case "lab_order.place":
                return {"refused": "no_such_test"} if bad else {"order": "L-1"}
            case "lab_order.cancel":
                return {"cancelled": not bad}
            case "results.fetch":
                kind = "none" if bad else "partial" if luck < 0.5 else "final"
                return {"result": f"rs-{self.done[pending.effect]}", "status": kind, "critical": luck < 0.6}
            case "signature.register":
                return {"request": "R-1"}
            case "signature.find_registration":
                return {"status": "pending" if bad else "registered", "number": None if bad else "N"}
            case "referral.request":
                return {"reference": "v-1"}
            case "notify.tell" | "notify.deliver":
                return {"people": 0 if bad else 1}
            case "appointment.find":
                return {"free": 0 if bad else 3}
            case "appointment.book":
                starts = datetime.fromisoformat(body["slot"].split("-", 2)[2])
                if bad:
                    return {"booking": None}
                self.booked[f"b-{self.done[pending.effect]}"] += 1
                times = {"starts": starts.isoformat(), "ends": (starts + timedelta(minutes=20)).isoformat()}
                return {"booking": f"b-{self.done[pending.effect]}", "doctor": "p-doctor", **times}
            case "video.record":
                return {"recording": f"rec-{self.done[pending.effect]}"}
            case "report.send":
                fact = Fact.model_validate(body["fact"])
                self.put(engine.fact(self.pathway, self.states[body["to"]], fact, self.now))
                return {}
        return {}

    def world_fails(self, state: ConsultationState) -> None:
        flying = [key for key, pending in state.pending.items() if not pending.held]
        if flying:
            error = self.dice.choice(ERRORS)
            self.put(engine.give_up(self.pathway, state, self.dice.choice(flying), error, self.now))

    def machine_reports(self, state: ConsultationState) -> None:
        """Something about an open step, of this occurrence or another; or a red flag."""
        self.ids += 1
        if self.dice.random() < 0.01 and state.parent is None:
            flag = Fact(source="intake", id=f"f-{self.ids}", step="form", body={"flag": "chest_pain"})
            self.put(engine.fact(self.pathway, state, flag, self.now))
        elif state.runs:
            run = self.dice.choice(list(state.runs.values()))
            event = self.dice.choice(
                [
                    "joined",
                    "joined",
                    "joined",
                    "left",
                    "closed",
                    "near",
                    "material_taken",
                    "result",
                    "refused",
                    "rejected",
                ]
            )
            side = self.dice.choice(["doctor", "patient"])
            fact = Fact(
                source=self.dice.choice(["video", "labs", "registry"]),
                id=f"f-{self.ids}",
                step=run.step,
                occurrence=self.dice.choice([run.occurrence, run.occurrence, run.occurrence, 7]),
                body={"event": event, "side": side, "participant": f"{side}-{self.dice.randint(1, 2)}"},
            )
            self.put(engine.fact(self.pathway, state, fact, self.now))

    def time_passes(self, state: ConsultationState) -> None:
        """A while, or until the next thing that is due."""
        due = state.due()
        span = timedelta(seconds=self.dice.randint(1, 600))
        self.now = max(self.now, due) if due is not None and self.dice.random() < 0.2 else self.now + span
        for other in list(self.states.values()):
            self.put(engine.tick(self.pathway, self.states[other.workflow], self.now))

    # --- everybody does his duty -----------------------------------------------------------------------------

    def to_the_end(self) -> None:
        """The world works again, administrators see to what is stuck, and time goes on."""
        for _ in range(3000):
            still_open = [s for s in self.states.values() if s.status is not Status.CLOSED]
            if not still_open:
                return
            for state in still_open:
                self.duties(state.workflow)
        left = {w: (s.status, list(s.runs), list(s.tasks), list(s.pending)) for w, s in self.states.items()}
        raise AssertionError(f"never closes: {left}")

    def duties(self, workflow: str) -> None:
        while any(not pending.held for pending in self.states[workflow].pending.values()):
            self.world_answers(self.states[workflow], well=True)
        own = [task for task in self.states[workflow].tasks.values() if task.step is None or task.name == "mend"]
        for task in own:
            who = next(who for who in EVERYBODY if task.shown_to(who))
            if task.claimed_by not in (None, who.person):
                assert self.act(workflow, who, "release", task, {}) is None
            action = task.actions[-1]
            assert self.act(workflow, who, action, task, self.body(task, action)) is None
        if not own and self.states[workflow].due() is not None:
            self.now = max(self.now, self.states[workflow].due() or self.now)
            self.put(engine.tick(self.pathway, self.states[workflow], self.now))


@pytest.mark.parametrize("code", [WEEKS, *sorted(path.stem for path in FILES)])
@pytest.mark.parametrize("seed", range(20))
def test_every_story_can_be_brought_to_its_end_and_each_hold_is_taken_or_freed_once(code: str, seed: int) -> None:
    world = World(shipped()[code], seed)
    for _ in range(world.dice.randint(20, 300)):
        if all(state.status is Status.CLOSED for state in world.states.values()):
            break
        world.anything()
    world.to_the_end()
    main = world.states["c-1"]
    assert main.end in world.pathway.ends
    assert main.met_at is None or main.signed or main.end == "unsigned"
    written_off = {"payment.authorise", "payment.capture", "payment.cancel"}
    if not any(t.code == "effect.written_off" and t.detail["effect"] in written_off for t in main.transitions):
        assert not +world.money, "a hold is neither taken nor freed"
        assert not -world.money, "a hold is taken or freed twice"
