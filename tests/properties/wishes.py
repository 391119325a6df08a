"""How a step is brought to an outcome: what people do, what machines report, what the world answers.

A player wishes an outcome for each step he sees open and mostly goes towards it, so that rare ends come as often as
good ones; what he wishes decides nothing, only what happens is counted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.base import Json
from domain.state import ConsultationState, StepRun
from domain.tasks import Task

GOOD = "good"
"""The usual answer."""


LAST_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True)
class Do:
    """Somebody does something with a task."""

    task: str
    action: str
    given: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Say:
    """A machine reports something about the step."""

    source: str
    body: dict[str, Json]


Move = Do | Say
Towards = Callable[[ConsultationState, StepRun, str, datetime], Iterator[Move]]


def tasks(state: ConsultationState, run: StepRun) -> dict[str, Task]:
    """The open tasks of a step by name."""
    return {t.name: t for t in state.tasks.values() if t.step == run.step and t.occurrence == run.occurrence}


def simple(**by: tuple[str, ...]) -> Towards:
    """Each wish has its actions, on whichever task knows them."""

    def moves(state: ConsultationState, run: StepRun, wish: str, now: datetime) -> Iterator[Move]:
        for task in tasks(state, run).values():
            for action in task.actions:
                if action in by.get(wish, ()):
                    yield Do(task.id, action)

    return moves


def decide(state: ConsultationState, run: StepRun, wish: str, now: datetime) -> Iterator[Move]:
    if wish != "timed_out":
        for task in tasks(state, run).values():
            yield Do(task.id, "decide", {"choice": wish})


def queue(state: ConsultationState, run: StepRun, wish: str, now: datetime) -> Iterator[Move]:
    yield from simple(accepted=("accept",), left=("leave",))(state, run, wish, now)
    if wish == "closed":
        yield Say("line", {"event": "closed"})
    elif wish == "accepted":
        yield Say("line", {"event": "near"})


def appointment(state: ConsultationState, run: StepRun, wish: str, now: datetime) -> Iterator[Move]:
    yield from simple(done=("choose",), declined=("decline", "choose"), timed_out=("choose",))(state, run, wish, now)
    if int(run.memory.get("tries", 0)) < 2:
        yield from simple(done=("reschedule",))(state, run, wish, now)


def side(event: str, who: str, connection: int = 1) -> Say:
    """Somebody enters or leaves a room."""
    return Say("video", {"event": event, "side": who, "participant": f"{who}-{connection}"})


def video(state: ConsultationState, run: StepRun, wish: str, now: datetime) -> Iterator[Move]:
    open_tasks, inside = tasks(state, run), set(run.memory.get("in", {}).values())
    doctor = {"no_show_patient", "done", "in_person_needed", "timed_out"}
    patient = {"no_show_doctor", "done", "in_person_needed", "timed_out"}
    met = run.memory.get("how") is not None
    for who, wishes, task in (("doctor", doctor, "meet"), ("patient", patient, "join")):
        if wish in wishes and who not in inside and not (met and wish == "timed_out"):
            yield side("joined", who)
        actions = open_tasks[task].actions if task in open_tasks else ()
        if "no_show" in actions and wish == f"no_show_{'patient' if who == 'doctor' else 'doctor'}":
            yield Do(open_tasks[task].id, "no_show")
        if met and "invite" in actions and len(run.memory.get("invited", ())) < 3:
            yield Do(open_tasks[task].id, "invite")
    if met and wish in ("done", "in_person_needed", "timed_out"):
        yield from recording(run, open_tasks)
        if "phone" in open_tasks["meet"].actions:
            yield Do(open_tasks["meet"].id, "phone")
    if met and wish == "timed_out":
        yield from (side("left", who) for who in sorted(inside))
    elif met:
        action = {"done": "finish", "in_person_needed": "needs_in_person"}.get(wish)
        if action:
            yield Do(open_tasks["meet"].id, action)


def recording(run: StepRun, open_tasks: dict[str, Task]) -> Iterator[Move]:
    """Agree, disagree, bring a guest in, send him out."""
    if "allow_recording" in open_tasks["meet"].actions:
        agreed = set(run.memory.get("recording", {}).get("agreed", ()))
        for task, who in (("meet", "doctor"), ("join", "patient")):
            yield Do(open_tasks[task].id, "forbid_recording" if who in agreed else "allow_recording")
            yield Do(open_tasks[task].id, "allow_recording")
    guest = "invited" in run.memory.get("in", {}).values()
    if run.memory.get("invited"):
        yield side("left" if guest else "joined", "invited")


def chat(state: ConsultationState, run: StepRun, wish: str, now: datetime) -> Iterator[Move]:
    open_tasks, met = tasks(state, run), run.memory.get("met")
    reply, message = open_tasks["reply"].id, open_tasks["message"].id
    doctor_is_due = "reply" in run.timers
    if wish == "unanswered":
        yield Do(message, "send")
    elif wish == "timed_out":
        # Whoever is waited for writes at the last moment, so that the deadline comes before anybody's silence.
        clock = run.timers.get("reply") or run.timers.get("silence")
        if not met or (clock is not None and clock - now <= LAST_MOMENT):
            yield Do(reply if doctor_is_due else message, "send")
    elif not met:
        yield Do(reply, "send")
    elif wish == "doctor_silent" and not doctor_is_due:
        yield Do(message, "send")
    elif wish == "patient_silent" and doctor_is_due:
        yield Do(reply, "send")
    elif wish in ("done", "in_person_needed"):
        yield Do(message, "send", {"photos": 2})
        actions = {"done": ("finish", "needs_video"), "in_person_needed": ("needs_in_person",)}[wish]
        yield from (Do(reply, action) for action in actions if action in open_tasks["reply"].actions)


def lab_order(state: ConsultationState, run: StepRun, wish: str, now: datetime) -> Iterator[Move]:
    phase = run.memory.get("phase")
    if wish == "refused" or (wish == "not_chosen" and phase != "choose"):
        yield from simple(refused=("refuse", "choose"))(state, run, wish, now)
    if wish in ("not_given", "timed_out", "done"):
        yield from simple(done=("choose",), not_given=("choose",), timed_out=("choose",))(state, run, wish, now)
    if wish in ("done", "timed_out") and phase == "placed":
        yield Say("labs", {"event": "material_taken"})
    if wish in ("done", "timed_out") and phase == "taken":
        yield Say("labs", {"event": "result"})
    if wish == "done":
        yield from simple(done=("acknowledge",))(state, run, wish, now)
    if phase in ("placed", "taken") and wish == "refused":
        yield Say("labs", {"event": "refused", "reason": "no_material"})


def registration(state: ConsultationState, run: StepRun, wish: str, now: datetime) -> Iterator[Move]:
    yield Say("registry", {"event": wish if wish != "pending" else "registered", "number": "N-1"})
    yield from simple(registered=("resubmit",), rejected=("resubmit",))(state, run, wish, now)


TOWARDS: dict[str, Towards] = {
    "identity": simple(done=("prove",), failed=("prove",)),
    "consent": simple(agreed=("accept",), declined=("decline",)),
    "eligibility": simple(),
    "payment": simple(held=("pay",), declined=("refuse", "pay")),
    "appointment": appointment,
    "intake": simple(done=("submit",)),
    "queue": queue,
    "video": video,
    "chat": chat,
    "task": decide,
    "protocol": simple(done=("submit",)),
    "signature": simple(done=("sign",)),
    "prescription": simple(done=("sign",), refused=("refuse",)),
    "lab_order": lab_order,
    "referral": simple(done=("accept",), declined=("decline",)),
    "results": simple(done=("acknowledge",)),
    "survey": simple(done=("score",)),
    "notify": simple(),
    "registration": registration,
}
"""By kind: what brings a wish about."""

ANSWERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("identity", "done"): ("low", GOOD),
    ("identity", "failed"): ("low",),
    ("identity", "timed_out"): ("low", "declared"),
    ("eligibility", "not_met"): ("not_met",),
    ("eligibility", "unknown"): ("unknown",),
    ("payment", "declined"): ("declined",),
    ("payment", "timed_out"): ("declined",),
    ("appointment", "none_free"): ("none",),
    ("appointment", "timed_out"): ("taken",),
    ("lab_order", "refused"): ("refused",),
    ("lab_order", "timed_out"): ("partial", "none", "critical", "refused"),
    ("registration", "rejected"): ("rejected", "pending"),
    ("notify", "undelivered"): ("nobody",),
}
"""By kind and wish: how the world answers."""

FAILS: dict[tuple[str, str], str] = {
    ("video", "technical"): "video.open",
    ("eligibility", "unknown"): "eligibility.find",
    ("notify", "undelivered"): "notify.deliver",
    ("protocol", "timed_out"): "protocol.render",
}
"""Effects whose failure brings a wish about."""


def words_for(kind: str, wish: str, known: dict[str, dict[str, Json]]) -> list[str | None]:
    """How the world may answer an effect of a step with a wish; None is well, and nothing known is well too."""
    found = [word for word in ANSWERS.get((kind, wish), ()) if word in known]
    return [*found, *([None] if found and GOOD in ANSWERS[kind, wish] else [])]
