"""The kinds on the real core: the therapist's follow-up from identity to survey, and where it may turn off."""

from collections import deque
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from domain.acts import Act, Fact
from domain.base import Json, Text
from domain.calendar import Span
from domain.clock import Clock
from domain.effects import load
from domain.pathway import Care, EmergencyPlan, End, Jump, Pathway, People, Step
from domain.people import Actor, Role
from domain.state import ConsultationState, Status
from pathways.core import engine
from tests.pathways.kinds.desk import COLLEAGUE, DOCTOR, OTHER_SHA, PATIENT, PROOF, SHA, pinned

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def jumps(**to: str) -> dict[str, Jump]:
    found = {}
    for outcome, where in to.items():
        word, _, target = where.partition(" ")
        found[outcome] = Jump.model_validate({"to": word, "target": target or None})
    return found


def step(id_: str, kind: str, within: str | None, then: dict[str, Jump] | None = None, **more: Any) -> Step:
    values = {"id": id_, "kind": kind, "within": within, "then": then or {}, **more}
    return Step.model_validate({k: v for k, v in values.items() if v is not None})


FOLLOW_UP = Pathway(
    code="therapist-follow-up",
    version=3,
    title=Text(ru="Повторная консультация терапевта", en="Therapist follow-up"),
    speciality="therapy",
    care=Care.FOLLOW_UP,
    people=People(doctor="attending"),
    emergency=EmergencyPlan(call_back=Role.SHIFT_SUPERVISOR, within=Span(seconds=180), otherwise=Role.HEAD_DOCTOR),
    ends={
        "completed": End(charge="full"),
        "in_person_needed": End(charge="full"),
        "not_eligible": End(charge="none", offer="clinic_visit"),
        "failed_by_us": End(charge="none", alarm=Role.SHIFT_SUPERVISOR),
        "no_show": End(charge="costs"),
        "abandoned": End(charge="none"),
        "cancelled": End(charge="costs"),
        "unsigned": End(charge="none", alarm=Role.HEAD_DOCTOR),
    },
    forms={"therapy": pinned("therapy", facts={"pain": "int"})},
    consents={"contract": pinned("contract"), "intervention": pinned("intervention")},
    services={"visit": {"amount": 150_000, "costs": 20_000}},
    steps=(
        step("who", "identity", "1d", jumps(failed="end abandoned", timed_out="end abandoned")),
        step(
            "agree",
            "consent",
            "1d",
            jumps(declined="end abandoned", timed_out="end abandoned"),
            fields={"documents": [{"id": "contract", "by": "payer"}, {"id": "intervention", "reuse": True}]},
        ),
        step(
            "gate",
            "eligibility",
            "2m",
            jumps(not_met="end not_eligible", unknown="next"),
            fields={"requires": "in_person_diagnosis"},
        ),
        step(
            "papers",
            "task",
            "1h",
            jumps(not_found="end not_eligible", timed_out="end failed_by_us"),
            when='gate.outcome == "unknown"',
            fields={"who": "registrar", "gives": "evidence", "choices": ["confirmed", "not_found"]},
        ),
        step(
            "form",
            "intake",
            "1d",
            jumps(timed_out="end abandoned"),
            fields={"form": "therapy", "takes": ["present_address", "callback_phone"]},
        ),
        step(
            "pay",
            "payment",
            "30m",
            jumps(declined="end abandoned", timed_out="end abandoned"),
            fields={"service": "visit"},
        ),
        Step(
            id="meet",
            kind="repeat",
            fields={"times": 2},
            then=jumps(exhausted="end failed_by_us"),
            steps=(
                step(
                    "line",
                    "queue",
                    "2h",
                    jumps(timed_out="end failed_by_us", closed="end failed_by_us", left="end abandoned"),
                    fields={"pool": "therapists"},
                ),
                step(
                    "talk",
                    "video",
                    "90m",
                    jumps(
                        no_show_patient="end no_show",
                        no_show_doctor="again",
                        technical="again",
                        in_person_needed="leave",
                        timed_out="leave",
                    ),
                    fields={"plan": "20m", "may": ["phone"]},
                ),
            ),
        ),
        step("note", "protocol", "1d", jumps(timed_out="end unsigned")),
        step("sign", "signature", "1d", jumps(timed_out="end unsigned"), fields={"of": "note"}),
        step(
            "rx",
            "prescription",
            "1d",
            jumps(refused="next", timed_out="next"),
            when="size(note.prescriptions) > 0",
            fields={"of": "note"},
        ),
        step("labs", "lab_order", "30d", wait=False, when="size(note.orders) > 0", fields={"of": "note"}),
        step("nps", "survey", "3d", wait=False),
    ),
)

WORLD: dict[str, Any] = {
    "identity.check": {"level": "confirmed"},
    "consent.find": {"valid": ["intervention"]},
    "consent.record": {"consents": ["cs-1"]},
    "eligibility.find": {"outcome": "met", "proofs": [PROOF.model_dump(mode="json")]},
    "payment.authorise": {"hold": "h-1"},
    "payment.capture": {"receipt": "r-1"},
    "queue.join": {"low": 60, "high": 300},
    "video.open": {"room": "r-1"},
    "protocol.render": {"document": "d-1", "sha256": SHA},
    "prescription.issue": {"prescription": "rx-1", "number": "001"},
    "lab_order.place": {"order": "L-1"},
    "lab_order.cancel": {"cancelled": True},
    "results.fetch": {"result": "rs-1", "status": "final"},
    "signature.register": {"request": "R-1"},
    "signature.find_registration": {"status": "pending"},
    "notify.tell": {"people": 1},
}
"""What every activity answers; an effect that is not here answers that it is done."""


class Play:
    """A consultation and what it left behind, on the core, with a world that answers at once."""

    def __init__(self, **world: Any) -> None:
        load()
        self.world = {**WORLD, **{name.replace("__", "."): answer for name, answer in world.items()}}
        self.now = START
        self.ids = count(1)
        self.done: list[str] = []
        self.states: dict[str, ConsultationState] = {}
        state = ConsultationState(
            workflow="c-1",
            consultation="c-1",
            clinic="cl-1",
            patient="pt-1",
            pathway=FOLLOW_UP.digest,
            started_at=START,
            clock=Clock(anchor=START, real_anchor=START),
        )
        self.run(engine.begin(FOLLOW_UP, state, self.now))

    @property
    def state(self) -> ConsultationState:
        return self.states["c-1"]

    def run(self, state: ConsultationState) -> None:
        """Make the world agree: settle what is pending, start children, deliver their reports."""
        queue = deque([state])
        while queue:
            state = queue.popleft()
            for key, pending in list(state.pending.items()):
                self.done.append(pending.effect)
                if pending.effect == "report.send":
                    fact = Fact.model_validate(pending.body["fact"])
                    queue.append(engine.fact(FOLLOW_UP, self.states[pending.body["to"]], fact, self.now))
                    self.states[pending.body["to"]] = queue[-1]
                state = engine.settle(FOLLOW_UP, state, key, self.world.get(pending.effect, {}), self.now)
            state = ConsultationState.model_validate_json(state.model_dump_json())
            self.states[state.workflow] = state
            if any(not pending.held for pending in state.pending.values()):
                queue.append(state)
            for child in state.children.values():
                if not child.started:
                    child.started = True
                    start = engine.child_start(FOLLOW_UP, state, child, self.now)
                    queue.append(engine.begin(FOLLOW_UP, start.state, self.now))

    def act(self, task: str, action: str, actor: Actor, workflow: str = "c-1", **body: Json) -> str | None:
        """An act; the code of its refusal, if any."""
        act = Act(
            id=f"a-{next(self.ids)}",
            actor=actor,
            action=action,
            task=task,
            body=body,
            not_after=self.now + timedelta(seconds=5),
        )
        state, answered = engine.act(FOLLOW_UP, self.states[workflow], act, self.now)
        self.run(state)
        return answered.refusal["code"] if answered.refusal else None

    def fact(self, step: str, occurrence: int = 1, workflow: str = "c-1", source: str = "video", **body: Json) -> None:
        fact = Fact(source=source, id=f"f-{next(self.ids)}", step=step, occurrence=occurrence, body=body)
        self.run(engine.fact(FOLLOW_UP, self.states[workflow], fact, self.now))

    def wait(self, by: timedelta) -> None:
        self.now += by
        for workflow in list(self.states):
            self.run(engine.tick(FOLLOW_UP, self.states[workflow], self.now))

    def until_the_line(self) -> None:
        contract = {"id": "contract", "version": 1, "sha256": SHA}
        assert self.act("agree.1.agree", "accept", PATIENT, documents=[contract]) is None
        assert self.act("form.1.fill", "submit", PATIENT, content="ct-1", sha256=SHA, facts={"pain": 2}) is None
        assert self.act("pay.1.pay", "pay", PATIENT, means="tok-1") is None

    def meet(self, turn: int = 1, doctor: Actor = DOCTOR) -> None:
        assert self.act(f"line.{turn}.accept", "accept", doctor, seat=f"s-{turn}") is None
        self.fact("talk", turn, event="joined", side="doctor")
        self.fact("talk", turn, event="joined", side="patient")

    def write(self, **facts: Json) -> str | None:
        named = {"diagnosis": "I10", "prescriptions": 1, "orders": 1, "acts": ["correct_treatment"], **facts}
        return self.act("note.1.write", "submit", DOCTOR, content="ct-2", sha256=OTHER_SHA, facts=named)


SIGNED = {"signature": "sg-1", "sha256": SHA, "level": "qualified"}


def test_the_whole_way_through() -> None:
    play = Play()
    play.until_the_line()
    play.meet()
    assert play.act("talk.1.meet", "finish", DOCTOR) is None
    assert play.write() is None
    assert play.act("sign.1.sign", "sign", DOCTOR, **SIGNED) is None
    assert play.act("rx.1.sign_0", "sign", DOCTOR, **SIGNED) is None
    assert (play.state.status, play.state.end) == (Status.CLOSED, "completed")
    assert play.done.count("payment.capture") == 1
    assert play.done.count("prescription.issue") == 1
    assert "payment.cancel" not in play.done
    assert set(play.states) == {
        "c-1",
        "c-1.sign.1.registration",
        "c-1.rx.1.registration.0",
        "c-1.labs.1",
        "c-1.nps.1",
    }

    assert play.act("nps.1.score", "score", PATIENT, "c-1.nps.1", score=9) is None
    assert play.state.children["c-1.nps.1"].outcome == "done"

    labs = "c-1.labs.1"
    assert play.act("labs.1.choose", "choose", PATIENT, labs, partner="helix") is None
    play.wait(timedelta(days=7))
    assert play.act("labs.1.acknowledge", "acknowledge", DOCTOR, labs) is None
    assert play.states[labs].status is Status.CLOSED
    assert play.state.children[labs].outcome == "done"

    registration = "c-1.sign.1.registration"
    play.fact("sign.registration", 1, registration, "registry", event="registered", number="N")
    assert play.states[registration].status is Status.CLOSED
    assert play.state.children[registration].outcome == "registered"


def test_a_doctor_who_does_not_come_sends_the_patient_to_the_head_of_the_line_and_money_is_held_once() -> None:
    play = Play()
    play.until_the_line()
    assert play.act("line.1.accept", "accept", COLLEAGUE, seat="s-1") is None
    assert play.act("line.1.accept", "accept", DOCTOR, seat="s-2") == "too_late"
    play.fact("talk", 1, event="joined", side="patient")
    play.wait(timedelta(minutes=11))
    assert play.act("talk.1.join", "no_show", PATIENT) is None
    assert play.state.doctor is None
    play.meet(2)
    assert play.state.met_by == "p-doctor"
    assert play.done.count("payment.authorise") == 1
    assert play.done.count("queue.free_seat") == 1


def test_a_patient_who_does_not_come_pays_the_costs() -> None:
    play = Play()
    play.until_the_line()
    assert play.act("line.1.accept", "accept", DOCTOR, seat="s-1") is None
    play.fact("talk", 1, event="joined", side="doctor")
    play.wait(timedelta(minutes=91))
    assert (play.state.status, play.state.end) == (Status.CLOSED, "no_show")
    assert play.done.count("payment.capture") == 1
    assert {"video.close", "queue.free_seat"} <= set(play.done)


def test_nobody_is_asked_for_papers_when_the_mis_knows_and_a_registrar_is_when_it_is_silent() -> None:
    assert Play().state.outputs.get("papers", {}).get("outcome") is None
    play = Play(eligibility__find={"outcome": "unknown"})
    assert (
        play.act("agree.1.agree", "accept", PATIENT, documents=[{"id": "contract", "version": 1, "sha256": SHA}])
        is None
    )
    registrar = Actor(person="p-registrar", clinic="cl-1", roles=frozenset({Role.REGISTRAR}))
    proof = {**PROOF.model_dump(mode="json"), "source": "papers"}
    assert play.act("papers.1.decide", "decide", registrar, choice="confirmed", evidence=proof) is None
    assert "form.1.fill" in play.state.tasks


def test_a_diagnosis_nobody_set_in_person_is_refused_and_the_act_changes_nothing() -> None:
    play = Play()
    play.until_the_line()
    play.meet()
    assert play.act("talk.1.meet", "finish", DOCTOR) is None
    assert play.write(diagnosis="J06.9") == "law"
    assert "note.1.write" in play.state.tasks


def test_an_unsigned_protocol_ends_unsigned_and_frees_the_money() -> None:
    play = Play()
    play.until_the_line()
    play.meet()
    assert play.act("talk.1.meet", "finish", DOCTOR) is None
    assert play.write() is None
    play.wait(timedelta(days=2))
    assert play.state.end == "unsigned"
    assert "payment.capture" not in play.done
    assert play.done.count("payment.cancel") == 1


def test_a_live_call_outlives_its_deadline_on_the_core_too() -> None:
    play = Play()
    play.until_the_line()
    play.meet()
    play.wait(timedelta(hours=3))
    assert "talk.1.meet" in play.state.tasks
    play.fact("talk", 1, event="left", side="patient")
    play.wait(timedelta(minutes=6))
    assert "note.1.write" in play.state.tasks
