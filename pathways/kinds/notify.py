"""A message of the clinic: its words are the pathway's, what goes out says only that it waits."""

from typing import Any, ClassVar

from domain.base import Code, Text, Value
from domain.effects.notify import Deliver
from domain.people import Owner, Role
from domain.state import Pending
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind


class Fields(Value):
    """Who is written to, and what."""

    to: Role
    """Whom it is for: the patient, the doctor of this consultation, or a role of the staff."""
    text: Code
    """What it says, one of texts/."""


class Notify(Kind):
    """Nobody acts here: whether it reached anybody is the outcome. The message stands in the account either way."""

    name: ClassVar[str] = "notify"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("undelivered",)
    outputs: ClassVar[dict[str, str]] = {"text": "string", "at": "string"}
    waits_for_people: ClassVar[bool] = False
    skippable: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Сообщение клиники", en="A message of the clinic")

    def open(self, step: StepDraft) -> None:
        """Send it."""
        step.memory["at"] = step.now.isoformat()
        if step.fields.to is Role.PATIENT:
            step.ask(Deliver, to=step.patient)
        elif step.fields.to is not Role.DOCTOR:
            step.ask(Deliver, to=Owner(role=step.fields.to))
        elif step.state.doctor is not None:
            step.ask(Deliver, to=step.doctor)
        else:
            self.over(step, "undelivered")

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """It reached somebody, or nobody."""
        if pending.effect == Deliver.activity:
            self.over(step, "done" if result.people else "undelivered")

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """It could not be sent."""
        self.over(step, "undelivered")
        return True

    def expired(self, step: StepDraft) -> None:
        """It was not sent in time."""
        self.over(step, "undelivered")

    def over(self, step: StepDraft, outcome: str) -> None:
        """End, with what was said and when."""
        step.finish(outcome, text=step.fields.text, at=step.memory["at"])
