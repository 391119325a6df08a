"""An agreed time: the patient chooses a free one of the pool, and the step is over when that time comes.

The time is the MIS's. A booking made is given back on every way out but the good one, and a new time is booked before
the old one is given back. What was agreed is a moment of the calendar: no pause and no false alarm moves it. A MIS
books its own doctors: where another one takes the time over, a registrar writes it there in his name.
"""

from datetime import timedelta
from typing import Any, ClassVar

from pydantic import field_validator

from domain.acts import Act, Refusal
from domain.base import Code, Json, Moment, Text, Value
from domain.calendar import Span
from domain.effects.appointment import Book, Booked, CancelBooking, FindSlots, SlotsFound
from domain.law.care import best_care
from domain.people import Actor, Owner, Role
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._booking import kept, opens, reached, starts, usable
from pathways.kinds._common import Id, count, in_flight, is_late, let_doctor_go, today, waits_for

AGAIN = Span(seconds=60)
"""How soon to look again when the agreed time has come while another one is being asked for."""
SOON = "soon."
REGISTRAR = Owner(role=Role.REGISTRAR)


class Fields(Value):
    """The pool, live by name; the lengths count back from the agreed time."""

    pool: Code
    """The pool of doctors, one of the clinic's."""
    remind_before: tuple[Span, ...] = (Span(seconds=86_400), Span(seconds=3600))
    """How long before the agreed time patient and doctor are reminded."""
    early: Span = Span(seconds=300)
    """How long before the agreed time the next step opens."""

    @field_validator("remind_before", "early")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        if any(span.working for span in (value if isinstance(value, tuple) else (value,))):
            raise ValueError("a length before the agreed time is counted by the clock, not in working time")
        return value


class Choose(Value):
    """A free time by the MIS's id, and when it begins, as the facade found it in the MIS."""

    slot: Id
    starts: Moment


def not_busy(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: one time is asked for at a time."""
    if in_flight(step, Book):
        raise Refusal("busy")


class Appointment(Kind):
    """``choose`` is the patient's until a time is booked; then ``come`` is his and ``expect`` the doctor's."""

    name: ClassVar[str] = "appointment"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("none_free", "declined", "timed_out")
    outputs: ClassVar[dict[str, str]] = {"starts": "string", "care": "string"}
    assigns: ClassVar[bool] = True
    stays: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Запись к врачу", en="Appointment")
    task_titles: ClassVar[dict[str, Text]] = {
        "choose": Text(ru="выбрать время приёма", en="choose a time"),
        "come": Text(ru="прийти в назначенное время", en="come at the agreed time"),
        "expect": Text(ru="принять пациента в назначенное время", en="see the patient at the agreed time"),
        "rebook": Text(ru="записать в МИС на другого врача", en="move the booking in the MIS to another doctor"),
    }

    def open(self, step: StepDraft) -> None:
        """Ask whether there is a time at all. The doctor of a turn that failed is let go."""
        let_doctor_go(step)
        step.memory.update(booking=None, taken=False)
        self.look(step)

    def look(self, step: StepDraft, part: str = "") -> None:
        """Ask for free times before the deadline."""
        step.ask(FindSlots, part=part, pool=step.fields.pool, since=step.now, until=step.run.deadline or step.now)

    def tasks(self, step: StepDraft, **more: Json) -> None:
        """The duties, as they stand now."""
        booking = step.memory["booking"]
        data: dict[str, Json] = {"pool": step.fields.pool, "taken": step.memory["taken"], **more}
        if booking is None:
            step.task("choose", step.patient, ("choose", "decline"), **data)
            return
        times = {name: booking[name] for name in ("starts", "ends")}
        doctor = step.state.doctor
        step.close_task("choose")
        step.task("come", step.patient, ("reschedule", "decline"), doctor=doctor, **times, **data)
        step.task("expect", step.doctor, (), **times)
        if doctor == booking["doctor"]:
            step.close_task("rebook")
        else:
            step.task("rebook", REGISTRAR, (), booking=booking["reference"], doctor=doctor, **times)

    @action(Choose, guard=not_busy)
    def choose(self, step: StepDraft, task: Task, act: Act, body: Choose) -> None:
        """Book the time."""
        self.book(step, body)

    @action(Choose, guard=not_busy)
    def reschedule(self, step: StepDraft, task: Task, act: Act, body: Choose) -> None:
        """Book another time; the one there is stays until then."""
        self.book(step, body)

    def book(self, step: StepDraft, body: Choose) -> None:
        """Ask the MIS for it: a time that lies ahead, and before the deadline."""
        if body.starts <= step.now:
            raise Refusal("not_in_the_future")
        if step.run.deadline is not None and body.starts >= step.run.deadline:
            raise Refusal("after_the_deadline")
        step.memory["taken"] = False
        number = str(count(step, "tries"))
        step.ask(Book, part=number, patient=step.state.patient, pool=step.fields.pool, slot=body.slot)

    @action()
    def decline(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The patient does not come."""
        self.over(step, "declined")

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """There are times, or none; the time is booked, or somebody was faster."""
        if isinstance(result, SlotsFound):
            self.found(step, result.free)
        elif isinstance(result, Booked):
            part = str(pending.body["part"])
            if part == str(step.memory["tries"]) and usable(step, result):
                self.booked(step, part, result)
                return
            if result.booking is not None:
                step.ask(CancelBooking, part=part, booking=result.booking)
            if part == str(step.memory["tries"]):
                self.not_had(step)
            elif is_late(step):
                # An earlier try, made again at the last moment, was what the step still waited for.
                self.expired(step)

    def found(self, step: StepDraft, free: int) -> None:
        """No time, and none on its way to be booked: the clinic has none."""
        if step.memory["booking"] is not None or in_flight(step, Book):
            return
        if free == 0:
            self.over(step, "none_free")
        elif "tries" not in step.memory:
            self.tasks(step)
            step.tell(step.patient, "choose_time")

    def booked(self, step: StepDraft, part: str, result: Booked) -> None:
        """The time is the patient's, and its doctor is the consultation's; the time before is given back."""
        self.give_back(step, unless=result.doctor)
        step.memory["booking"] = kept(part, result)
        step.undo(CancelBooking, part=part, booking=result.booking)
        step.state.doctor = result.doctor
        if is_late(step) and not reached(step):
            # The deadline was moved before the agreed time while it was being booked.
            self.over(step, "timed_out")
            return
        for owner, whom in ((step.patient, "patient"), (step.doctor, "doctor")):
            step.tell(owner, "appointment_booked", part=f"booked.{part}.{whom}")
        if reached(step):
            self.come(step)
            return
        self.tasks(step)
        self.set_timers(step)

    def set_timers(self, step: StepDraft) -> None:
        """Reminders that are still to come, and the agreed time itself."""
        for name in [name for name in step.run.timers if name.startswith(SOON)]:
            step.drop_timer(name)
        for number, span in enumerate(step.fields.remind_before):
            at = starts(step) - timedelta(seconds=span.seconds)
            if step.now < at:
                step.timer(f"{SOON}{number}", at)
        step.timer("start", opens(step))

    def not_had(self, step: StepDraft) -> None:
        """The time is not to be had: another one, or the one there is. Where there was none, is there any left?"""
        step.memory["taken"] = True
        if is_late(step) or reached(step):
            self.expired(step)
            return
        self.tasks(step)
        step.tell(step.patient, "time_taken", part=f"time_taken.{step.memory['tries']}")
        if step.memory["booking"] is None:
            self.look(step, part=str(step.memory["tries"]))

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """Nobody knows whether there are times: let him look. A time that may be booked waits for a person."""
        if pending.effect == FindSlots.activity:
            self.found(step, free=1)
            return True
        if pending.effect != Book.activity:
            return False
        if error == "Refused":
            self.not_had(step)
            return True
        if not is_late(step):
            # Meanwhile he may choose another: the answer of an earlier try is given back.
            self.tasks(step, unconfirmed=True)
        return False

    def timer(self, step: StepDraft, name: str) -> None:
        """A reminder, or the agreed time has come."""
        if name.startswith(SOON):
            self.remind(step, name)
        elif not reached(step):
            step.timer("start", opens(step))
        elif in_flight(step, Book):
            step.timer("start", AGAIN)
        else:
            self.come(step)

    def remind(self, step: StepDraft, name: str) -> None:
        """Both are reminded; not of a time that came meanwhile, in a pause."""
        if not reached(step):
            part = f"{name}.{step.memory['booking']['part']}"
            for owner, whom in ((step.patient, "patient"), (step.doctor, "doctor")):
                step.tell(owner, "appointment_soon", part=f"{part}.{whom}")

    def come(self, step: StepDraft) -> None:
        """The time has come: from now on it is used, and no longer to be given back."""
        booking, doctor = step.memory["booking"], step.doctor.person or ""
        step.drop_undo(CancelBooking)
        step.finish(
            "done",
            starts=booking["starts"],
            ends=booking["ends"],
            doctor=doctor,
            care=best_care(step.pathway, step.state, doctor, today(step)).value,
            booking=booking["reference"],
        )

    def late(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """A time booked after the step had ended is given back."""
        if isinstance(result, Booked) and result.booking is not None:
            step.ask(CancelBooking, part=str(pending.body["part"]), booking=result.booking)

    def expired(self, step: StepDraft) -> None:
        """No time was booked; or one was, and the deadline was moved before it. One that has come has come."""
        if waits_for(step, Book):
            return
        if reached(step):
            self.come(step)
        else:
            self.over(step, "timed_out")

    def over(self, step: StepDraft, outcome: str) -> None:
        """End without a time."""
        self.close(step)
        let_doctor_go(step)
        step.finish(outcome)

    def close(self, step: StepDraft) -> None:
        """On every way out but the good one the time is given back."""
        self.give_back(step)

    def give_back(self, step: StepDraft, unless: str | None = None) -> None:
        """Give the booked time back and tell its doctor, ``unless`` he has the new one as well."""
        booking, step.memory["booking"] = step.memory["booking"], None
        if booking is None:
            return
        step.ask(CancelBooking, part=booking["part"], booking=booking["reference"])
        step.drop_undo(CancelBooking)
        if step.state.doctor not in (None, unless):
            step.tell(step.doctor, "appointment_cancelled", part=f"cancelled.{booking['part']}")

    def doctor_changed(self, step: StepDraft) -> None:
        """Who is expected by whom: the agreed time stays what it is. The MIS is told by a person."""
        booking = step.memory["booking"]
        if booking is not None:
            self.tasks(step)
            if step.state.doctor != booking["doctor"]:
                step.tell(REGISTRAR, "task_waits", part=f"rebook.{booking['part']}.{count(step, 'doctors')}")
