"""The video meeting: met, never met, or broken off; and nothing hangs up a live call.

Who is in the room is known by facts of the provider. They may come twice, late or out of order, so presence is a set
of connections (``participant``, one id a connection; without it, one a side), and a connection that was seen to leave
before it was seen to join never counts as present.

``no_show`` (10 minutes unless written) does not end the step by itself, because only ``within`` branches by time.
When it is due and the two have not met, the missing side is rung, and the waiting side, who came, may say "nobody
came" (action ``no_show``) and is free at once: the patient goes back to the head of the line or gets his money back,
the doctor takes the next patient (ten minutes are usual, as at Maple). Who says nothing may wait until ``within``.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from domain.acts import Act, Fact, Refusal
from domain.base import Json, Text, Value
from domain.calendar import Span
from domain.effects.video import CloseRoom, OpenRoom, RoomOpened
from domain.people import Actor, Owner
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import count, free_seats

GRACE = Span(seconds=300)
"""After ``within``: how long a call that broke may take to come together again."""

OUTLIVES = timedelta(hours=6)
"""How far beyond ``within`` a room lives: a live call is not hung up."""

BOTH = frozenset({"doctor", "patient"})


class Fields(Value):
    """``plan`` only tells; ``may`` names what else is allowed in the meeting."""

    plan: Span | None = None
    may: tuple[Literal["phone", "consult", "handover", "record"], ...] = ()
    no_show: Span = Span(seconds=600)


def assigned(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: the assigned doctor alone, whoever else an escalation rang."""
    if actor.person != step.state.doctor:
        raise Refusal("not_yours")


def after_meeting(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: they have met in this step."""
    assigned(kind, step, task, actor)
    if step.memory.get("how") is None:
        raise Refusal("not_met")


def phone_allowed(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: the pathway lets the call go on by phone."""
    assigned(kind, step, task, actor)
    if "phone" not in step.fields.may:
        raise Refusal("phone_not_allowed")


def nobody_came(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: the caller came, waited, and the other side is not there."""
    if task.name == "meet":
        assigned(kind, step, task, actor)
    side, other = ("doctor", "patient") if task.name == "meet" else ("patient", "doctor")
    if step.memory.get("how") is not None:
        raise Refusal("met")
    if not step.memory.get("absence"):
        raise Refusal("too_early")
    if side not in step.memory["came"]:
        raise Refusal("you_did_not_come")
    if other in present(step):
        raise Refusal("they_are_here")


class Video(Kind):
    """The doctor's task is ``meet``, the patient's ``join``; tickets are made by the facade and are no acts."""

    name: ClassVar[str] = "video"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = (
        "no_show_patient",
        "no_show_doctor",
        "technical",
        "in_person_needed",
        "timed_out",
    )
    outputs: ClassVar[dict[str, str]] = {"how": "string", "seconds": "int"}
    needs_doctor: ClassVar[bool] = True
    meets: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Видеоприём", en="Video meeting")
    task_titles: ClassVar[dict[str, Text]] = {
        "meet": Text(ru="провести приём", en="hold the meeting"),
        "join": Text(ru="войти в звонок", en="join the call"),
    }

    def open(self, step: StepDraft) -> None:
        """Open the room and call the patient into it."""
        step.memory.update({"room": None, "in": {}, "gone": [], "came": [], "how": None, "seconds": 0})
        self.open_room(step)
        self.tasks(step)
        step.timer("no_show", step.fields.no_show)
        step.tell(step.patient, "doctor_waits")

    def open_room(self, step: StepDraft, part: str = "") -> None:
        """Ask for the room; it outlives the deadline."""
        step.ask(OpenRoom, part=part, until=(step.run.deadline or step.now) + OUTLIVES)

    def tasks(self, step: StepDraft) -> None:
        """The two duties, as they stand now."""
        room, met = step.memory["room"], step.memory["how"] is not None
        nobody: tuple[str, ...] = ("no_show",) if step.memory.get("absence") and not met else ()
        phone: tuple[str, ...] = ("phone",) if "phone" in step.fields.may and step.memory["how"] != "phone" else ()
        data: dict[str, Json] = {"room": room, "met": met}
        step.task("meet", step.doctor, ("finish", "needs_in_person", *phone, *nobody), **data)
        step.task("join", step.patient, nobody, **data)

    @action(guard=after_meeting)
    def finish(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The meeting is over."""
        self.end(step, "done")

    @action(guard=after_meeting)
    def needs_in_person(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """They met, and the doctor must see the patient in person."""
        self.end(step, "in_person_needed")

    @action(guard=phone_allowed)
    def phone(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The doctor has the patient on the phone: they have met, and the call goes on so."""
        self.met(step, "phone")

    @action(guard=nobody_came)
    def no_show(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """Who came and waited says that nobody else did."""
        self.end(step, "no_show_patient" if task.name == "meet" else "no_show_doctor")

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """The room is there: joining is possible."""
        if isinstance(result, RoomOpened):
            step.memory["room"] = result.room
            self.tasks(step)

    def late(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """A room opened after its step had ended is closed."""
        if isinstance(result, RoomOpened):
            step.ask(CloseRoom, part="late", room=result.room)

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """No room: by phone where allowed or once they have met; else they never met, for technical reasons."""
        if pending.effect != OpenRoom.activity:
            return False
        if "phone" in step.fields.may:
            step.tell(step.doctor, "call_by_phone", urgent=True)
        elif step.memory["how"] is None:
            self.end(step, "technical")
        return True

    def fact(self, step: StepDraft, fact: Fact) -> None:
        """Somebody came or went, or the provider closed the room."""
        event, side = fact.body.get("event"), str(fact.body.get("side", ""))
        was = present(step)
        self.count_presence(step, event, side, fact.body.get("participant"))
        here = present(step)
        if here >= BOTH:
            self.together(step)
        else:
            self.apart(step)
            if event == "joined" and side == "patient" and step.memory["how"] is None:
                self.patient_came(step)
        if event == "closed":
            self.open_room(step, part=str(count(step, "rooms")))
        if was != here and step.memory.get("over"):
            self.after_deadline(step)

    def patient_came(self, step: StepDraft) -> None:
        """Tell the doctor, once, that the patient sits in the room."""
        if not step.memory.get("told"):
            step.memory["told"] = True
            step.tell(step.doctor, "patient_waits")

    def count_presence(self, step: StepDraft, event: Json, side: str, participant: Json) -> None:
        """Keep the set of connections."""
        inside, gone = step.memory["in"], step.memory["gone"]
        connection = str(participant or side)
        if event == "joined":
            if side not in step.memory["came"]:
                step.memory["came"].append(side)
            if connection not in gone:
                inside[connection] = side
        elif event == "left" and inside.pop(connection, None) is None and participant:
            gone.append(connection)
        elif event == "closed":
            inside.clear()

    def together(self, step: StepDraft) -> None:
        """Doctor and patient are both in the room."""
        step.memory.setdefault("since", step.now.isoformat())
        if step.memory["how"] is None:
            self.met(step, "video")

    def apart(self, step: StepDraft) -> None:
        """They are not, or not any more: count the time they were."""
        since = step.memory.pop("since", None)
        if since is not None:
            step.memory["seconds"] += int((step.now - datetime.fromisoformat(since)).total_seconds())

    def met(self, step: StepDraft, how: str) -> None:
        """They have met: from now on every path passes the protocol and its signature (rule 4)."""
        first = step.memory["how"] is None
        step.memory["how"] = how
        if step.state.met_at is None:
            step.state.met_at, step.state.met_by = step.now, step.state.doctor
        step.note("met" if first else "met.goes_on", how=how)
        step.drop_timer("no_show")
        if first and step.fields.plan is not None:
            step.timer("plan", step.fields.plan)
        self.tasks(step)

    def timer(self, step: StepDraft, name: str) -> None:
        """``plan`` tells, ``no_show`` rings and opens a choice; ``empty`` and ``outlived`` end what is over."""
        if name == "plan":
            step.tell(step.doctor, "planned_time_is_over")
        elif name in ("empty", "outlived"):
            self.end(step, "timed_out")
        elif name == "no_show" and step.memory["how"] is None:
            step.memory["absence"] = True
            here = present(step)
            for side, owner in (("doctor", step.doctor), ("patient", step.patient)):
                if side not in here:
                    self.ring(step, side, owner)
            self.tasks(step)

    def ring(self, step: StepDraft, side: str, owner: Owner) -> None:
        """Ring who is missing, unless nobody waits for him."""
        text = "patient_waits" if side == "doctor" else "doctor_waits"
        step.tell(owner, text, urgent=True, part=f"{text}.again")

    def expired(self, step: StepDraft) -> None:
        """Never met: whose fault it was. Met: over when the room is empty, else when they part for good."""
        if step.memory["how"] is None:
            self.end(step, missing(step))
            return
        step.memory["over"] = True
        if present(step):
            # The room lives no longer: a "left" that never came must not keep the step open for ever.
            step.timer("outlived", step.now + OUTLIVES)
            self.after_deadline(step)
        else:
            self.end(step, "timed_out")

    def after_deadline(self, step: StepDraft) -> None:
        """Beyond ``within``: a live call goes on; one that broke has a few minutes to come together again."""
        if present(step) >= BOTH:
            step.drop_timer("empty")
        elif "empty" not in step.run.timers:
            step.timer("empty", GRACE)

    def end(self, step: StepDraft, outcome: str) -> None:
        """End the step and free the world."""
        self.apart(step)
        self.close(step)
        step.finish(outcome, how=step.memory["how"] or "", seconds=step.memory["seconds"])

    def close(self, step: StepDraft) -> None:
        """On every way out: the room is closed and the doctor's seat given back."""
        if step.memory["room"] is not None:
            step.ask(CloseRoom, room=step.memory["room"])
        free_seats(step)


def present(step: StepDraft) -> frozenset[str]:
    """The sides that are in the room now; invited people do not count."""
    return frozenset(step.memory["in"].values()) & BOTH


def missing(step: StepDraft) -> str:
    """Who did not come, by who is there now, else by who ever came; both or neither: ``technical``."""
    for sides in (present(step), frozenset(step.memory["came"]) & BOTH):
        if sides == frozenset({"patient"}):
            return "no_show_doctor"
        if sides == frozenset({"doctor"}):
            return "no_show_patient"
    return "technical"
