"""Evidence of an in-person visit, from our record or the clinic's MIS."""

from datetime import date
from typing import ClassVar, Literal

from domain.base import Code, Text, Value
from domain.effects import Effect


class Proof(Value):
    """A dated, versioned proof of an in-person visit. The gate and a task with ``gives: evidence`` yield it."""

    evidence: str
    doctor: str | None
    diagnosis: str
    on: date
    source: Literal["record", "mis", "papers"]


class EvidenceFound(Value):
    """``met`` with proofs, ``not_met`` when the answer is surely none, ``unknown`` when nobody could say."""

    outcome: Literal["met", "not_met", "unknown"]
    proofs: tuple[Proof, ...] = ()


class FindEvidence(Effect):
    """Ask the record, then the MIS; a silent MIS is ``unknown``, never the patient's fault."""

    activity: ClassVar[str] = "eligibility.find"
    title: ClassVar[Text] = Text(ru="поиск очного приёма", en="look for an in-person visit")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = EvidenceFound
    reads: ClassVar[bool] = True
    patience: ClassVar[int] = 60
    patient: str
    speciality: Code
    not_older_than_days: int
