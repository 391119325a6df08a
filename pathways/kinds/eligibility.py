"""The gate: is there a proof of an in-person visit? Lowers the care that is lawful, never raises it."""

from typing import Any, ClassVar, Literal

from domain.base import Text, Value
from domain.calendar import Span
from domain.effects.eligibility import EvidenceFound, FindEvidence
from domain.state import Pending
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind

ANY_AGE = 36_500
"""Days. The law names no age of the visit; a pathway may."""


class Fields(Value):
    """What is required, and how old it may be."""

    requires: Literal["in_person_diagnosis"]
    """What must be proved: that a doctor saw the patient in person and set the diagnosis."""
    not_older_than: Span | None = None
    """How old the proof may be."""


class Eligibility(Kind):
    """Nobody acts here. A silent MIS is ``unknown``: not the patient's fault, a registrar decides on papers."""

    name: ClassVar[str] = "eligibility"
    fields: ClassVar[type[Value]] = Fields
    good: ClassVar[str] = "met"
    others: ClassVar[tuple[str, ...]] = ("not_met", "unknown")
    outputs: ClassVar[dict[str, str]] = {}
    waits_for_people: ClassVar[bool] = False
    stays: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Проверка очного визита", en="Check for an in-person visit")

    def open(self, step: StepDraft) -> None:
        """Ask the record and the MIS."""
        limit = step.fields.not_older_than
        step.ask(
            FindEvidence,
            patient=step.state.patient,
            speciality=step.pathway.speciality,
            not_older_than_days=max(1, limit.seconds // 86_400) if limit else ANY_AGE,
        )

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """The answer is the outcome; proofs are kept for whoever asks what a doctor may do."""
        if isinstance(result, EvidenceFound):
            step.finish(result.outcome, proofs=[proof.model_dump(mode="json") for proof in result.proofs])

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """Silence is an answer: nobody knows."""
        step.finish("unknown", proofs=[])
        return True

    def expired(self, step: StepDraft) -> None:
        """Too slow is silent."""
        step.finish("unknown", proofs=[])
