"""How each kind comes to each of its outcomes on the core: one scenario for every pair, and no pair without one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from domain.effects.appointment import Book, FindSlots
from domain.effects.consent import RecordConsents
from domain.effects.eligibility import FindEvidence
from domain.effects.identity import CheckIdentity, ProveIdentity
from domain.effects.lab_order import PlaceOrder
from domain.effects.notify import Deliver
from domain.effects.payment import Authorise
from domain.effects.prescription import IssuePrescription
from domain.effects.protocol import RenderDocument
from domain.effects.referral import RequestVisit
from domain.effects.results import DeliverResult, FetchResults
from domain.effects.signature import RegisterDocument
from domain.effects.survey import RecordScore
from domain.effects.video import OpenRoom
from pathways.core.kind import kinds
from tests.pathways.kinds.desk import DOCTOR, HOUR, NOTE, OTHER_SHA, PATIENT, PROOF, REGISTRAR, SHA, START
from tests.pathways.kinds.stage import Stage

SCENARIOS: dict[tuple[str, str], Callable[[], Stage]] = {}
MET = {"doctor": "p-doctor", "met_by": "p-doctor", "met_at": START}
SIGN = {"signature": "sg-1", "sha256": SHA, "level": "qualified"}
CONTRACT = {"id": "contract", "version": 2, "sha256": SHA}
TIME = {"slot": "sl-1", "starts": (START + 3 * HOUR).isoformat()}
BOOKED: dict[str, Any] = {
    "booking": "bk-1",
    "doctor": "p-doctor",
    "starts": START + 3 * HOUR,
    "ends": START + 3.5 * HOUR,
}
CHOICES = ["confirmed", "not_found"]


def pairs() -> set[tuple[str, str]]:
    """Every kind with every outcome of its closed list; of a ``task`` with those of the scenarios' choices."""
    found = set()
    for name, kind in kinds().items():
        fields = {"who": "registrar", "choices": CHOICES} if name == "task" else None
        typed = type(kind).fields.model_validate(fields) if fields else None
        good, others = type(kind).outcomes(typed)
        found |= {(name, outcome) for outcome in (good, *others)}
    return found


def reaches(kind: str, *outcomes: str) -> Callable[[Callable[..., Stage]], Callable[..., Stage]]:
    """The scenario of a kind's outcome; one of several is given the outcome it is to reach."""

    def keep(play: Callable[..., Stage]) -> Callable[..., Stage]:
        for outcome in outcomes:
            assert (kind, outcome) not in SCENARIOS, f"two scenarios of {kind} {outcome}"
            SCENARIOS[kind, outcome] = play if len(outcomes) == 1 else partial(play, outcome)
        return play

    return keep


@reaches("identity", "done", "failed", "timed_out")
def identity(outcome: str) -> Stage:
    stage = Stage("identity")
    stage.settle(CheckIdentity, level="confirmed" if outcome == "done" else "declared")
    if outcome == "failed":
        for _ in range(3):
            stage.must(PATIENT, "prove", "prove", method="esia", session="s-1")
            stage.settle(ProveIdentity, level="declared", refused="no_such_session")
    stage.wait(hours=2)
    return stage


@reaches("consent", "agreed", "declined", "timed_out")
def consent(outcome: str) -> Stage:
    stage = Stage("consent", documents=[{"id": "contract"}])
    if outcome == "agreed":
        stage.must(PATIENT, "accept", "agree", documents=[CONTRACT])
        stage.settle(RecordConsents, consents=["cs-1"])
    elif outcome == "declined":
        stage.must(PATIENT, "decline", "agree")
    stage.wait(hours=2)
    return stage


@reaches("eligibility", "met", "not_met")
def eligibility(outcome: str) -> Stage:
    stage = Stage("eligibility", requires="in_person_diagnosis")
    stage.settle(FindEvidence, outcome=outcome, proofs=[PROOF.model_dump(mode="json")] if outcome == "met" else [])
    return stage


@reaches("eligibility", "unknown")
def a_silent_mis() -> Stage:
    stage = Stage("eligibility", requires="in_person_diagnosis")
    stage.give_up(FindEvidence)
    return stage


@reaches("intake", "done", "timed_out")
def intake(outcome: str) -> Stage:
    stage = Stage("intake", form="therapy")
    if outcome == "done":
        stage.must(PATIENT, "submit", "fill", content="ct-1", sha256=SHA, facts={"pain": 3})
    stage.wait(hours=2)
    return stage


@reaches("payment", "held", "declined", "timed_out")
def payment(outcome: str) -> Stage:
    stage = Stage("payment", service="visit")
    if outcome == "held":
        stage.must(PATIENT, "pay", "pay", means="tok-1")
        stage.settle(Authorise, hold="h-1")
    elif outcome == "declined":
        stage.must(PATIENT, "refuse", "pay")
    stage.wait(hours=2)
    return stage


@reaches("appointment", "done", "none_free", "declined", "timed_out")
def appointment(outcome: str) -> Stage:
    stage = Stage("appointment", within="7d", pool="therapists")
    stage.settle(FindSlots, free=0 if outcome == "none_free" else 12)
    if outcome == "declined":
        stage.must(PATIENT, "decline", "choose")
    elif outcome == "done":
        stage.must(PATIENT, "choose", "choose", **TIME)
        stage.settle(Book, **BOOKED)
    stage.wait(days=8)
    return stage


@reaches("queue", "accepted", "closed", "left", "timed_out")
def queue(outcome: str) -> Stage:
    stage = Stage("queue", pool="therapists")
    if outcome == "accepted":
        stage.must(DOCTOR, "accept", "accept", seat="s-1")
    elif outcome == "closed":
        stage.fact("line", event="closed")
    elif outcome == "left":
        stage.must(PATIENT, "leave", "wait")
    stage.wait(hours=2)
    return stage


def meeting(*came: str) -> Stage:
    stage = Stage("video", state={"doctor": "p-doctor"})
    stage.settle(OpenRoom, room="r-1")
    for side in came:
        stage.fact(event="joined", side=side)
    return stage


@reaches("video", "done", "in_person_needed")
def a_meeting(outcome: str) -> Stage:
    stage = meeting("doctor", "patient")
    stage.must(DOCTOR, "finish" if outcome == "done" else "needs_in_person", "meet")
    return stage


@reaches("video", "timed_out")
def a_call_that_broke() -> Stage:
    stage = meeting("doctor", "patient")
    for side in ("doctor", "patient"):
        stage.fact(event="left", side=side)
    stage.wait(hours=2)
    return stage


@reaches("video", "no_show_patient", "no_show_doctor", "technical")
def they_never_met(outcome: str) -> Stage:
    came = {"no_show_patient": ["doctor"], "no_show_doctor": ["patient"], "technical": []}
    stage = meeting(*came[outcome])
    stage.wait(hours=2)
    return stage


def chat(**fields: Any) -> Stage:
    return Stage("chat", within="3d", state={"doctor": "p-doctor"}, reply="2h", silence="1d", **fields)


MESSAGE = {"content": "ct-1", "sha256": SHA}


@reaches("chat", "done", "in_person_needed")
def a_chat(outcome: str) -> Stage:
    stage = chat()
    stage.must(DOCTOR, "send", "reply", **MESSAGE)
    stage.must(DOCTOR, "finish" if outcome == "done" else "needs_in_person", "reply")
    return stage


@reaches("chat", "unanswered", "doctor_silent", "patient_silent")
def a_silence(outcome: str) -> Stage:
    stage = chat()
    if outcome != "unanswered":
        stage.must(DOCTOR, "send", "reply", **MESSAGE)
    if outcome == "doctor_silent":
        stage.must(PATIENT, "send", "message", **MESSAGE)
    stage.wait(days=2)
    return stage


@reaches("chat", "timed_out")
def a_chat_without_end() -> Stage:
    stage = chat()
    for _ in range(80):
        if stage.outcome is None:
            stage.must(DOCTOR, "send", "reply", **MESSAGE)
            stage.must(PATIENT, "send", "message", **MESSAGE)
            stage.wait(hours=1)
    return stage


@reaches("task", *CHOICES, "timed_out")
def decision(outcome: str) -> Stage:
    stage = Stage("task", who="registrar", choices=CHOICES)
    if outcome != "timed_out":
        stage.must(REGISTRAR, "decide", "decide", choice=outcome)
    stage.wait(hours=2)
    return stage


@reaches("protocol", "done", "timed_out")
def protocol(outcome: str) -> Stage:
    stage = Stage("protocol", state={"doctor": "p-doctor"})
    if outcome == "done":
        body = {"content": "ct-1", "sha256": OTHER_SHA, "facts": {"acts": ["history", "advise"]}}
        stage.must(DOCTOR, "submit", "write", **body)
        stage.settle(RenderDocument, document="d-1", sha256=SHA)
    stage.wait(hours=2)
    return stage


def paper(kind: str, gate: bool = False, **fields: Any) -> Stage:
    outputs: dict[str, dict[str, Any]] = {"note": dict(NOTE)}
    if gate:
        outputs["gate"] = {"outcome": "met", "proofs": [PROOF.model_dump(mode="json")]}
    return Stage(kind, state=MET, outputs=outputs, of="note", **fields)


@reaches("signature", "done", "timed_out")
def signature(outcome: str) -> Stage:
    stage = paper("signature")
    if outcome == "done":
        stage.must(DOCTOR, "sign", "sign", **SIGN)
    stage.wait(hours=2)
    return stage


@reaches("prescription", "done", "refused", "timed_out")
def prescription(outcome: str) -> Stage:
    stage = paper("prescription", gate=True)
    stage.settle(RenderDocument, document="d-1", sha256=SHA)
    if outcome == "done":
        stage.must(DOCTOR, "sign", "sign_0", **SIGN)
        stage.settle(IssuePrescription, prescription="rx-1", number="001")
    elif outcome == "refused":
        stage.must(DOCTOR, "refuse", "sign_0")
    stage.wait(hours=2)
    return stage


@reaches("lab_order", "done", "not_chosen", "refused", "not_given", "timed_out")
def lab_order(outcome: str) -> Stage:
    stage = paper("lab_order", within="30d")
    if outcome == "refused":
        stage.must(PATIENT, "refuse", "choose")
    elif outcome != "not_chosen":
        stage.must(PATIENT, "choose", "choose", partner="north")
        stage.settle(PlaceOrder, order="L-1")
    if outcome in ("done", "timed_out"):
        stage.fact("labs", event="material_taken", order="L-1")
    if outcome == "done":
        stage.fact("labs", event="result", order="L-1")
        stage.settle(FetchResults, result="rs-1", status="final")
        stage.must(DOCTOR, "acknowledge", "acknowledge")
        stage.settle(DeliverResult)
    stage.wait(days=31)
    return stage


@reaches("results", "done", "none", "timed_out")
def results(outcome: str) -> Stage:
    order = {"outcome": "timed_out"} if outcome == "none" else {"outcome": "done", "result": "rs-1"}
    stage = Stage("results", state=MET, outputs={"labs": order}, of="labs")
    if outcome == "done":
        stage.must(DOCTOR, "acknowledge", "acknowledge")
        stage.settle(DeliverResult)
    stage.wait(hours=2)
    return stage


@reaches("referral", "done", "declined", "timed_out")
def referral(outcome: str) -> Stage:
    stage = Stage("referral", to="therapy")
    if outcome == "done":
        stage.must(PATIENT, "accept", "confirm")
        stage.settle(RequestVisit, reference="v-1")
    elif outcome == "declined":
        stage.must(PATIENT, "decline", "confirm")
    stage.wait(hours=2)
    return stage


@reaches("survey", "done", "timed_out")
def survey(outcome: str) -> Stage:
    stage = Stage("survey")
    if outcome == "done":
        stage.must(PATIENT, "score", "score", score=9)
        stage.settle(RecordScore)
    stage.wait(hours=2)
    return stage


@reaches("notify", "done", "undelivered")
def notify(outcome: str) -> Stage:
    stage = Stage("notify", within=None, to="patient", text="hello")
    stage.settle(Deliver, people=2 if outcome == "done" else 0)
    return stage


@reaches("registration", "registered")
def registration() -> Stage:
    stage = Stage("registration", within=None, document="d-1", signature="sg-1", doctor="p-doctor")
    stage.settle(RegisterDocument, request="R-1")
    stage.fact("registry", event="registered", number="N")
    return stage
