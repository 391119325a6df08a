"""Prescriptions of a protocol: one form an item, each signed and issued exactly once, or refused by the doctor."""

from typing import Any, ClassVar

from domain.acts import Act
from domain.base import Code, Text, Value
from domain.effects.prescription import Issued, IssuePrescription
from domain.effects.protocol import RenderDocument, Rendered
from domain.law.care import care_for
from domain.law.guards import act_is_lawful, registration_demanded
from domain.law.rows import LawAct, Level, Paper
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import (
    Sign,
    close_tasks,
    in_flight,
    is_late,
    meeting_doctor,
    only_meeting_doctor,
    papers_owner,
    today,
)
from pathways.kinds.signature import judge


class Fields(Value):
    """The protocol whose prescriptions are issued, and the least level of the signatures."""

    of: Code
    """The protocol step whose prescriptions are issued."""
    level: Level = Level.QUALIFIED
    """The least level of the signatures."""


class Prescription(Kind):
    """A form holds at most three medicines; ``pathways.forms`` groups them, here an item is a form.

    Whatever was signed before the deadline is issued after it too; what was not is not.
    """

    name: ClassVar[str] = "prescription"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("refused", "timed_out")
    outputs: ClassVar[dict[str, str]] = {"issued": "list(string)"}
    needs_doctor: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Рецепты", en="Prescriptions")
    task_titles: ClassVar[dict[str, Text]] = {"sign": Text(ru="подписать рецепт", en="sign the prescription")}

    def open(self, step: StepDraft) -> None:
        """Make every form; without any there is nothing to do."""
        of = step.fields.of
        forms = step.output(of, "prescriptions") or []
        step.memory.update(open=list(forms), issued={})
        for item in forms:
            step.ask(
                RenderDocument,
                part=item,
                paper="prescription",
                content=step.output(of, "content"),
                sha256=step.output(of, "content_sha256"),
                patient=step.state.patient,
                doctor=meeting_doctor(step),
                item=int(item),
            )
        self.conclude(step)

    @action(Sign, guard=only_meeting_doctor)
    def sign(self, step: StepDraft, task: Task, act: Act, body: Sign) -> None:
        """Judge the signature and the right to prescribe, then put this form into force."""
        day, item = today(step), str(task.data["item"])
        judge(step, task, body, Paper.PRESCRIPTION, day)
        diagnosis = step.output(step.fields.of, "diagnosis") or None
        care = care_for(step.pathway, step.state, act.actor.person, diagnosis, day)
        row = act_is_lawful(LawAct.PRESCRIBE, care, day)
        step.note("law.checked", actor=act.actor.person, care=care.value, rules=[row.id])
        step.ask(
            IssuePrescription,
            part=item,
            patient=step.state.patient,
            doctor=act.actor.person,
            document=task.data["document"],
            signature=body.signature,
            item=int(item),
        )
        step.close_task(task.name)

    @action(guard=only_meeting_doctor)
    def refuse(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The doctor does not sign this form after all."""
        step.close_task(task.name)
        step.memory["open"].remove(str(task.data["item"]))
        self.conclude(step)

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """A form is made: sign it. A form is issued: register it, and finish with the last."""
        item = str(pending.body["item"])
        if isinstance(result, Rendered) and not is_late(step):
            step.task(
                f"sign_{item}",
                papers_owner(step),
                ("sign", "refuse"),
                document=result.document,
                sha256=result.sha256,
                item=int(item),
                level=step.fields.level.value,
            )
        elif isinstance(result, Issued):
            step.memory["issued"][item] = {"prescription": result.prescription, "number": result.number}
            step.memory["open"].remove(item)
            self.register(step, pending, item)
            self.conclude(step)

    def register(self, step: StepDraft, pending: Pending, item: str) -> None:
        """Leave the registration in РЭМД behind where the law wants it."""
        if registration_demanded(Paper.PRESCRIPTION, today(step)) is not None:
            body = pending.body
            step.leave_behind(
                "registration",
                part=item,
                document=body["document"],
                signature=body["signature"],
                doctor=body["doctor"],
            )

    def late(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """A form signed in time came into force after the step was closed: it stands, and is registered."""
        if isinstance(result, Issued):
            self.register(step, pending, str(pending.body["item"]))

    def conclude(self, step: StepDraft) -> None:
        """Finish when every form is issued or refused; late, when nothing signed is left to issue."""
        issued = step.memory["issued"]
        kept = {"issued": [form["number"] for form in issued.values()], "prescriptions": issued}
        if not step.memory["open"]:
            had = bool(step.output(step.fields.of, "prescriptions"))
            step.finish("refused" if had and not issued else "done", **kept)
        elif is_late(step) and not in_flight(step, IssuePrescription):
            step.finish("timed_out", **kept)

    def expired(self, step: StepDraft) -> None:
        """What was signed in time is issued; the rest is over."""
        step.memory["late"] = True
        close_tasks(step)
        self.conclude(step)
