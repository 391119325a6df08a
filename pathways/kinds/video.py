"""The video meeting: met, never met, or broken off; and nothing hangs up a live call.

``no_show`` (10 minutes unless written) does not end the step by itself, because only ``within`` branches by time.
When it is due and the two have not met, the missing side is rung, and the waiting side, who came, may say "nobody
came" (action ``no_show``) and is free at once: the patient goes back to the head of the line or gets his money back,
the doctor takes the next patient (ten minutes are usual, as at Maple). Who says nothing may wait until ``within``.
"""

from datetime import datetime
from typing import Any, ClassVar, Literal

from domain.acts import Act, Fact, Refusal
from domain.base import Json, Text, Value
from domain.calendar import Span
from domain.effects.video import CloseRoom, OpenRoom, Recording, RoomOpened
from domain.people import Actor, Owner
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import NoFields, action
from pathways.kinds import _recording as recording
from pathways.kinds import _room as room
from pathways.kinds._common import count, free_seats, late_part
from pathways.kinds._common import only_doctor as assigned
from pathways.kinds._guests import Hosts, welcome
from pathways.kinds._recording import SIDES, Recorded
from pathways.kinds._room import BOTH, missing, present

GRACE = Span(seconds=300)
"""After ``within``: how long a call that broke may take to come together again."""

OUTLIVES = Span(seconds=21_600)
"""How far beyond ``within`` a room lives: a live call is not hung up."""


class Fields(Value):
    """``plan`` only tells; ``may`` names what else is allowed in the meeting."""

    plan: Span | None = None
    """How long the meeting is meant to take; it only tells."""
    may: tuple[Literal["phone", "consult", "handover", "record"], ...] = ()
    """What else is allowed in the meeting."""
    no_show: Span = Span(seconds=600)
    """After how long the missing side is rung and who came may say that nobody did."""


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
    side, other = SIDES[task.name], "patient" if task.name == "meet" else "doctor"
    if step.memory.get("how") is not None:
        raise Refusal("met")
    if not step.memory.get("absence"):
        raise Refusal("too_early")
    if side not in step.memory["came"]:
        raise Refusal("you_did_not_come")
    if other in present(step):
        raise Refusal("they_are_here")


def latest(step: StepDraft, pending: Pending) -> bool:
    """Whether it is the room asked for last: one the provider closed before its answer came is none any more."""
    return bool(pending.body["part"] == str(step.memory.get("rooms", "")))


class Video(Recorded, Hosts):
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
    live: ClassVar[bool] = True
    never_met: ClassVar[frozenset[str]] = frozenset({"no_show_patient", "no_show_doctor", "technical"})
    title: ClassVar[Text] = Text(ru="Видеоприём", en="Video meeting")
    task_titles: ClassVar[dict[str, Text]] = {
        "meet": Text(ru="провести приём", en="hold the meeting"),
        "join": Text(ru="войти в звонок", en="join the call"),
    }

    def open(self, step: StepDraft) -> None:
        """Open the room and call the patient into it."""
        step.memory.update({"room": None, "how": None, "seconds": 0})
        room.begin(step)
        self.open_room(step)
        self.tasks(step)
        step.timer("no_show", step.fields.no_show)
        step.tell(step.patient, "doctor_waits")

    def open_room(self, step: StepDraft, part: str = "") -> None:
        """Ask for the room; it outlives the deadline."""
        step.ask(OpenRoom, part=part, until=OUTLIVES.after(step.run.deadline or step.now, None))

    def tasks(self, step: StepDraft) -> None:
        """The two duties, as they stand now."""
        met, may = step.memory["how"] is not None, step.fields.may
        nobody = ("no_show",) if step.memory.get("absence") and not met else ()
        phone = ("phone",) if "phone" in may and step.memory["how"] != "phone" else ()
        record = ("allow_recording", "forbid_recording") if "record" in may else ()
        data: dict[str, Json] = {"room": step.memory["room"], "met": met, **recording.data(step)}
        for name, owner, own in (
            ("meet", step.doctor, ("finish", "needs_in_person", *phone)),
            ("join", step.patient, ()),
        ):
            guests = welcome(step, name)
            more = {"may_invite": list(guests), "invited": step.memory.get("invited", [])} if guests else {}
            step.task(name, owner, (*own, *nobody, *record, *(("invite",) if guests else ())), **data, **more)

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
        if isinstance(result, RoomOpened) and not latest(step, pending):
            step.ask(CloseRoom, part=late_part(pending), room=result.room)
        elif isinstance(result, RoomOpened):
            step.memory["room"] = result.room
            recording.follow(step)
            self.tasks(step)
        else:
            self.recording_settled(step, pending, result)

    def late(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """A room opened after its step had ended is closed, a recording begun then is stopped."""
        if isinstance(result, RoomOpened):
            step.ask(CloseRoom, part=late_part(pending), room=result.room)
        elif isinstance(result, Recording):
            recording.stop_late(step, pending, result)

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """No room: by phone where allowed or once they have met; else they never met, for technical reasons."""
        if pending.effect != OpenRoom.activity:
            return self.recording_failed(step, pending)
        if not latest(step, pending):
            return True
        if "phone" in step.fields.may:
            step.tell(step.doctor, "call_by_phone", urgent=True)
        elif step.memory["how"] is None:
            self.end(step, "technical")
        return True

    def fact(self, step: StepDraft, fact: Fact) -> None:
        """Somebody came or went, or the provider closed the room."""
        event, side = fact.body.get("event"), str(fact.body.get("side", ""))
        was = present(step)
        room.count_presence(step, event, side, fact.body.get("participant"))
        here = present(step)
        if here >= BOTH:
            self.together(step)
        else:
            self.apart(step)
            if event == "joined" and side == "patient" and step.memory["how"] is None:
                self.patient_came(step)
        for side in was - here:
            recording.forbid(step, side)
        self.record(step)
        if event == "closed":
            self.open_room(step, part=str(count(step, "rooms")))
        if was != here and step.memory.get("over"):
            self.after_deadline(step)

    def patient_came(self, step: StepDraft) -> None:
        """Tell the doctor, once, that the patient sits in the room."""
        if not step.memory.get("told"):
            step.memory["told"] = True
            step.tell(step.doctor, "patient_waits")

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
        step.tell(owner, text, urgent=True, part=f"{text}.again{step.memory.get('doctors', '')}")

    def expired(self, step: StepDraft) -> None:
        """Never met: whose fault it was. Met: over when the room is empty, else when they part for good."""
        if step.memory["how"] is None:
            self.end(step, missing(step))
            return
        step.memory["over"] = True
        if present(step):
            # The room lives no longer: a "left" that never came must not keep the step open for ever.
            step.timer("outlived", OUTLIVES)
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
        """On every way out: nothing records, the room is closed and the doctor's seat given back."""
        recording.stop(step)
        if step.memory["room"] is not None:
            step.ask(CloseRoom, room=step.memory["room"])
        free_seats(step)

    def doctor_changed(self, step: StepDraft) -> None:
        """The new doctor has not come yet, and nobody asked him whether he agrees to be recorded."""
        room.another_doctor(step)
        recording.forbid(step, "doctor")
        self.apart(step)
        number = count(step, "doctors")
        if step.memory["how"] is None:
            step.memory["absence"] = False
            step.timer("no_show", step.fields.no_show)
        if "patient" in present(step):
            step.tell(step.doctor, "patient_waits", urgent=True, part=f"patient_waits.now{number}")
        recording.follow(step)
        self.tasks(step)
        if step.memory.get("over"):
            self.after_deadline(step)
