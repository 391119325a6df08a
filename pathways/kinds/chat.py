"""A consultation in writing: messages are content, here stand only who wrote last and how long the other is waited for.

At most one clock runs beside the deadline. ``reply`` is the doctor's: from the opening, then from the patient's oldest
message without an answer. ``silence`` is the patient's: from the doctor's last message. Both go on when the chat is
handed over, and rest while an emergency is open.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from domain.acts import Act, Refusal
from domain.base import Json, Text, Value
from domain.calendar import Span
from domain.people import Actor
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import Id, Sha256, free_seats, only_doctor


class Fields(Value):
    """The two clocks; ``may`` names what else is allowed in the chat."""

    reply: Span
    """How long the doctor may take to answer."""
    silence: Span
    """How long the patient may take to answer."""
    may: tuple[Literal["video", "consult", "handover"], ...] = ()
    """What else is allowed in the chat."""
    photos: Annotated[int, Field(ge=0, le=20)] = 6
    """At most how many photos a message has."""


class Send(Value):
    """A message that stands in the record: content by id and digest, and how many photos it has."""

    content: Id
    sha256: Sha256
    photos: Annotated[int, Field(ge=0, strict=True)] = 0


def writer(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: for the doctor writes the assigned one alone."""
    if task.name == "reply":
        only_doctor(kind, step, task, actor)


def after_meeting(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: the doctor has answered in this step."""
    only_doctor(kind, step, task, actor)
    if not step.memory["met"]:
        raise Refusal("not_met")


def video_allowed(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: the pathway lets the chat go on as a video meeting."""
    after_meeting(kind, step, task, actor)
    if "video" not in step.fields.may:
        raise Refusal("video_not_allowed")


class Chat(Kind):
    """The doctor's task is ``reply``, the patient's ``message``; the doctor's first message is the meeting."""

    name: ClassVar[str] = "chat"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = (
        "unanswered",
        "doctor_silent",
        "patient_silent",
        "in_person_needed",
        "timed_out",
    )
    outputs: ClassVar[dict[str, str]] = {"video": "bool", "messages": "int"}
    needs_doctor: ClassVar[bool] = True
    meets: ClassVar[bool] = True
    never_met: ClassVar[frozenset[str]] = frozenset({"unanswered"})
    title: ClassVar[Text] = Text(ru="Переписка с врачом", en="Chat with the doctor")
    task_titles: ClassVar[dict[str, Text]] = {
        "reply": Text(ru="ответить пациенту", en="answer the patient"),
        "message": Text(ru="написать врачу", en="write to the doctor"),
    }

    def open(self, step: StepDraft) -> None:
        """The doctor is to write first: what brought the patient here he has told already."""
        step.memory.update(met=False, messages=0)
        step.timer("reply", step.fields.reply)
        self.tasks(step)
        step.tell(step.doctor, "chat_waits")

    def tasks(self, step: StepDraft) -> None:
        """The two duties, as they stand now; the one who is waited for has his clock as the due time."""
        timers = step.run.timers
        data: dict[str, Json] = {
            "messages": step.memory["messages"],
            "met": step.memory["met"],
            "waits_for": "doctor" if "reply" in timers else "patient",
            "photos": step.fields.photos,
        }
        video: tuple[str, ...] = ("needs_video",) if "video" in step.fields.may else ()
        actions = ("send", "finish", "needs_in_person", *video)
        step.task("reply", step.doctor, actions, due=timers.get("reply"), **data)
        step.task("message", step.patient, ("send",), due=timers.get("silence"), **data)

    @action(Send, guard=writer)
    def send(self, step: StepDraft, task: Task, act: Act, body: Send) -> None:
        """A message, of either side: the other one is told, and is waited for."""
        if body.photos > step.fields.photos:
            raise Refusal("too_many_photos", most=step.fields.photos)
        side = "doctor" if task.name == "reply" else "patient"
        step.memory["messages"] += 1
        step.note("chat.message", actor=act.actor.person, content=body.content, side=side)
        if side == "doctor":
            self.answered(step)
        else:
            self.asked(step)
        self.tasks(step)

    def answered(self, step: StepDraft) -> None:
        """The doctor wrote: nothing is unanswered any more."""
        if not step.memory["met"]:
            self.met(step)
        step.drop_timer("reply")
        step.timer("silence", step.fields.silence)
        step.tell(step.patient, "new_message", part=f"new_message.{step.memory['messages']}")

    def asked(self, step: StepDraft) -> None:
        """The patient wrote: what is unanswered longest sets the doctor's clock, so a further message moves nothing."""
        step.drop_timer("silence")
        if "reply" not in step.run.timers:
            step.timer("reply", step.fields.reply)
        step.tell(step.doctor, "chat_waits", part=f"chat_waits.{step.memory['messages']}")

    def met(self, step: StepDraft) -> None:
        """They have met: from now on every path passes the protocol and its signature (rule 4)."""
        step.memory["met"] = True
        if step.state.met_at is None:
            step.state.met_at, step.state.met_by = step.now, step.state.doctor
        step.note("met", how="chat")

    @action(guard=after_meeting)
    def finish(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """All is said."""
        self.end(step, "done")

    @action(guard=after_meeting)
    def needs_in_person(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The doctor must see the patient in person."""
        self.end(step, "in_person_needed")

    @action(guard=video_allowed)
    def needs_video(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The doctor must see the patient: a later step of the pathway asks for ``video``."""
        self.end(step, "done", video=True)

    def timer(self, step: StepDraft, name: str) -> None:
        """Somebody was waited for long enough."""
        if name == "silence":
            self.end(step, "patient_silent")
        else:
            self.end(step, "doctor_silent" if step.memory["met"] else "unanswered")

    def expired(self, step: StepDraft) -> None:
        """The time is over. Where the doctor never wrote they never met, however long he had left."""
        self.end(step, "timed_out" if step.memory["met"] else "unanswered")

    def doctor_changed(self, step: StepDraft) -> None:
        """The new doctor has the thread and its clock: who was waited for still is."""
        self.tasks(step)

    def end(self, step: StepDraft, outcome: str, *, video: bool = False) -> None:
        """End the step and free the doctor."""
        self.close(step)
        step.finish(outcome, video=video, messages=step.memory["messages"])

    def close(self, step: StepDraft) -> None:
        """On every way out the doctor's seat is given back."""
        free_seats(step)
