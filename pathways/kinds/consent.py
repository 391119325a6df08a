"""Consents: only those without a valid, reusable one are asked; what is accepted is exactly what is pinned."""

from typing import Any, ClassVar, Literal

from domain.acts import Act, Refusal
from domain.base import Code, Json, Text, Value
from domain.effects.consent import ConsentDocument, ConsentsFound, ConsentsRecorded, FindConsents, RecordConsents
from domain.people import Owner
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import is_late, waits_for


class Wanted(Value):
    """One document: who accepts it, and whether a valid earlier consent spares asking."""

    id: Code
    """The document, one of consents/."""
    by: Literal["patient", "payer"] = "patient"
    """Who accepts it, as the document says."""
    reuse: bool = False
    """Whether a valid earlier consent spares asking again."""


class Fields(Value):
    """The documents to accept."""

    documents: tuple[Wanted, ...]
    """The documents to accept."""


class Accept(Value):
    """The documents shown and accepted, each by id, version and digest."""

    documents: tuple[ConsentDocument, ...]


class Consent(Kind):
    """One task for the patient; one more for the payer where he is another person and has documents of his own.

    Who must consent by age and ground is a guard of the law table on the day of the act (issue 6): it goes here.
    """

    name: ClassVar[str] = "consent"
    fields: ClassVar[type[Value]] = Fields
    good: ClassVar[str] = "agreed"
    others: ClassVar[tuple[str, ...]] = ("declined", "timed_out")
    outputs: ClassVar[dict[str, str]] = {"reused": "list(string)", "accepted": "list(string)"}
    stays: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Согласия и договор", en="Consents")
    task_titles: ClassVar[dict[str, Text]] = {"agree": Text(ru="принять документы", en="accept the documents")}

    def open(self, step: StepDraft) -> None:
        """Look for consents that may be reused; without such documents ask at once."""
        reusable = [wanted.id for wanted in step.fields.documents if wanted.reuse]
        step.memory["accepted"] = []
        if reusable:
            step.ask(FindConsents, patient=step.state.patient, documents=pinned(step, reusable))
        else:
            self.prompt(step, ())

    def prompt(self, step: StepDraft, valid: tuple[str, ...]) -> None:
        """Ask for what is missing, each of its own person."""
        if is_late(step):
            step.finish("timed_out")
            return
        missing = [wanted for wanted in step.fields.documents if wanted.id not in valid or not wanted.reuse]
        step.memory["reused"] = [w.id for w in step.fields.documents if w not in missing]
        step.memory["missing"] = [wanted.id for wanted in missing]
        for name, owner, ids in self.shares(step, missing):
            documents: Json = [document.model_dump() for document in pinned(step, ids)]
            step.task(name, owner, ("accept", "decline"), documents=documents)
        self.conclude(step)

    def shares(self, step: StepDraft, missing: list[Wanted]) -> list[tuple[str, Owner, list[str]]]:
        """Whose task holds which documents. Where nobody else pays, the patient is the payer."""
        payer = step.state.payer
        own = [w.id for w in missing if w.by == "patient" or payer is None]
        others = [w.id for w in missing if w.by == "payer" and payer is not None]
        shares = [("agree", step.patient, own)]
        if payer is not None:
            shares.append(("agree_payer", Owner(person=payer), others))
        return [share for share in shares if share[2]]

    @action(Accept)
    def accept(self, step: StepDraft, task: Task, act: Act, body: Accept) -> None:
        """Keep the consent of this person to exactly the pinned texts."""
        shown = [ConsentDocument.model_validate(document) for document in task.data["documents"]]
        if len(body.documents) != len(shown) or set(body.documents) != set(shown):
            raise Refusal("wrong_documents")
        step.ask(
            RecordConsents,
            part=task.name,
            patient=step.state.patient,
            person=act.actor.person,
            representation=act.actor.representation if task.owner.patient is not None else None,
            documents=tuple(shown),
        )
        step.close_task(task.name)

    @action(NoFields)
    def decline(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The person does not agree."""
        step.finish("declined")

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """Ask after looking; finish after the last document is kept."""
        if isinstance(result, ConsentsFound):
            self.prompt(step, result.valid)
        elif isinstance(result, ConsentsRecorded):
            accepted = [document["id"] for document in pending.body["documents"]]
            step.memory["accepted"] += accepted
            given = {step.pathway.consents[id_].content.get("purpose") for id_ in accepted}
            step.state.withdrawn = [purpose for purpose in step.state.withdrawn if purpose not in given]
            self.conclude(step)

    def conclude(self, step: StepDraft) -> None:
        """Finish when nothing is missing any more."""
        if set(step.memory["missing"]) <= set(step.memory["accepted"]):
            step.finish("agreed", reused=step.memory["reused"], accepted=sorted(step.memory["accepted"]))
        elif is_late(step) and not waits_for(step, RecordConsents):
            step.finish("timed_out")

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """Nothing found out: ask for everything. A consent that cannot be kept waits for a person."""
        if pending.effect != FindConsents.activity:
            return False
        self.prompt(step, ())
        return True

    def expired(self, step: StepDraft) -> None:
        """A consent given in time is waited for."""
        if not waits_for(step, RecordConsents):
            step.finish("timed_out")


def pinned(step: StepDraft, ids: list[str]) -> tuple[ConsentDocument, ...]:
    """Documents as they were pinned when the pathway was published."""
    found = [step.pathway.consents[id_] for id_ in ids]
    return tuple(ConsentDocument(id=p.id, version=p.version, sha256=p.sha256) for p in found)
