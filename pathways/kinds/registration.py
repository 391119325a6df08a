"""Registration of a signed document in РЭМД: sent, decided there, by callback or by asking, and mended by people.

Internal: left behind by ``signature`` and ``prescription``. It has no deadline of its own, because the duty to register
does not end by waiting.
"""

from typing import Any, ClassVar

from domain.acts import Act, Fact
from domain.base import Code, Text, Value
from domain.calendar import Span
from domain.effects.signature import FindRegistration, RegisterDocument, RegistrationFound, Submitted, local_uid
from domain.people import Owner, Role
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import count, word

ASKS = (1800, 1800, 3600, 7200, 14_400, 28_800)
"""Seconds until the registry is asked, time after time; the last one repeats."""


class Fields(Value):
    """The signed document, its signature, and the doctor who signed."""

    document: str
    """The signed document."""
    signature: str
    """Its signature in the record."""
    doctor: str
    """The doctor who signed."""


class Registration(Kind):
    """A rejection is no outcome: the document stays unregistered until somebody mends what the registry named."""

    name: ClassVar[str] = "registration"
    fields: ClassVar[type[Value]] = Fields
    good: ClassVar[str] = "registered"
    outputs: ClassVar[dict[str, str]] = {"number": "string"}
    waits_for_people: ClassVar[bool] = False
    internal: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Регистрация в РЭМД", en="Registration in РЭМД")
    task_titles: ClassVar[dict[str, Text]] = {
        "mend": Text(ru="исправить ошибки и отправить в РЭМД снова", en="mend the errors and send to РЭМД again")
    }

    def open(self, step: StepDraft) -> None:
        """Send it."""
        self.submit(step)

    def submit(self, step: StepDraft) -> None:
        """Send the document, each time under a key of its own."""
        step.memory.update(asks=0, mending=False)
        step.ask(
            RegisterDocument,
            part=str(count(step, "tries")),
            document=step.fields.document,
            signature=step.fields.signature,
        )

    @action()
    def resubmit(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """What was wrong is mended (a record, a certificate, a book): send again."""
        step.close_task("mend")
        self.submit(step)

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """Taken is not registered: the decision comes by callback, or is asked for."""
        if isinstance(result, Submitted):
            self.ask_later(step)
        elif isinstance(result, RegistrationFound):
            last = pending.body.get("tries") == step.memory["tries"]
            self.decided(step, result.status, result.number, result.errors, last=last)

    def fact(self, step: StepDraft, fact: Fact) -> None:
        """The registry's callback."""
        body = fact.body
        sent = local_uid(step.fields.document, str(step.memory["tries"]))
        self.decided(
            step,
            str(body.get("event")),
            body.get("number"),
            tuple(map(word, body.get("errors") or ())),
            last=body.get("local_uid", sent) == sent,
        )

    def decided(
        self, step: StepDraft, status: str, number: str | None, errors: tuple[Code, ...], *, last: bool
    ) -> None:
        """Registered, whatever we did meanwhile; rejected, once a try and only the last one; pending, ask again."""
        if status == "registered":
            step.finish("registered", number=number or "", document=step.fields.document)
        elif step.memory["mending"] or (status == "rejected" and not last):
            return
        elif status == "rejected":
            self.mend(step, errors)
        elif status == "pending":
            self.ask_later(step)

    def ask_later(self, step: StepDraft) -> None:
        """Ask by ourselves when the callback is late."""
        if not step.memory["mending"]:
            seconds = ASKS[min(step.memory["asks"], len(ASKS) - 1)]
            step.memory["asks"] += 1
            step.timer("ask", Span(seconds=seconds))

    def timer(self, step: StepDraft, name: str) -> None:
        """The callback is late."""
        tries = int(step.memory["tries"])
        step.ask(FindRegistration, part=str(count(step, "finds")), document=step.fields.document, tries=tries)

    def mend(self, step: StepDraft, errors: tuple[Code, ...]) -> None:
        """Show the registry's mnemonics to the doctor and the clinic's administrator."""
        step.drop_timer("ask")
        step.memory["mending"] = True
        doctor, admin = Owner(person=step.fields.doctor), Owner(role=Role.CLINIC_ADMIN)
        task = step.task("mend", doctor, ("resubmit",), errors=list(errors), document=step.fields.document)
        task.also = tuple(dict.fromkeys((*task.also, admin)))
        for owner, part in ((doctor, "doctor"), (admin, "admin")):
            step.tell(owner, "registration_rejected", part=f"rejected.{step.memory['tries']}.{part}")

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """Refused at once is a rejection; a question without an answer is asked again later."""
        if pending.effect == FindRegistration.activity:
            self.ask_later(step)
            return True
        if error == "Refused":
            self.mend(step, ("REFUSED",))
            return True
        return False
