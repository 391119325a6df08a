"""A referral in person: the patient confirms, the paper is made, the MIS is asked for the visit."""

from typing import Any, ClassVar

from domain.acts import Act
from domain.base import Code, Text, Value
from domain.effects.protocol import RenderDocument, Rendered
from domain.effects.referral import RequestVisit, VisitRequested
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import meeting_doctor, waits_for


class Fields(Value):
    """Where to; ``of`` names the protocol the paper is made from, without it no paper is made."""

    to: Code
    """Where to: a speciality or a department."""
    of: Code | None = None
    """The protocol step the paper is made from; without it no paper is made."""


class Referral(Kind):
    """Lawful at every level of care: deciding that a visit is needed is what a first contact is for."""

    name: ClassVar[str] = "referral"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("declined", "timed_out")
    outputs: ClassVar[dict[str, str]] = {"reference": "string"}
    skippable: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Направление на очный приём", en="Referral in person")
    task_titles: ClassVar[dict[str, Text]] = {"confirm": Text(ru="подтвердить запись", en="confirm the visit")}

    def open(self, step: StepDraft) -> None:
        """Ask the patient."""
        step.memory["kept"] = {}
        step.task("confirm", step.patient, ("accept", "decline"), to=step.fields.to)
        step.tell(step.patient, "visit_offered")

    @action()
    def accept(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """Make the paper and ask for the visit."""
        of = step.fields.of
        step.memory["wanted"] = ["reference", *(["document"] if of else [])]
        step.ask(RequestVisit, patient=step.state.patient, to=step.fields.to)
        if of:
            step.ask(
                RenderDocument,
                paper="referral",
                content=step.output(of, "content"),
                sha256=step.output(of, "content_sha256"),
                patient=step.state.patient,
                doctor=meeting_doctor(step),
            )
        step.close_task("confirm")

    @action()
    def decline(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The patient does not want the visit."""
        step.finish("declined")

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """Finish with the last of the two."""
        kept = step.memory["kept"]
        if isinstance(result, VisitRequested):
            kept["reference"] = result.reference
        elif isinstance(result, Rendered):
            kept.update(document=result.document, sha256=result.sha256)
        if set(step.memory["wanted"]) <= set(kept):
            step.finish("done", **kept)

    def expired(self, step: StepDraft) -> None:
        """What was accepted in time is waited for."""
        if not waits_for(step, RequestVisit, RenderDocument):
            step.finish("timed_out")
