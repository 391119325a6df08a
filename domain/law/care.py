"""How much care is lawful: the pathway's ceiling, lowered by the proof for this doctor and this diagnosis."""

from datetime import date

from domain.effects.eligibility import Proof
from domain.pathway import Care, Pathway
from domain.state import ConsultationState


def proofs_of(state: ConsultationState) -> list[Proof]:
    """Every proof of an in-person visit that a gate, or a task with ``gives: evidence``, left in the outputs."""
    found = [proof for outputs in state.outputs.values() for proof in outputs.get("proofs", ())]
    return [Proof.model_validate(proof) for proof in found]


def care_for(pathway: Pathway, state: ConsultationState, doctor: str, diagnosis: str | None, on: date) -> Care:
    """What this doctor may do for this diagnosis on this day: min(``care``, the proof).

    A colleague of the doctor who saw the patient in person acts as ``advice``; so does the doctor himself on
    another diagnosis. The law knows no other reading of 'attending' (323-ФЗ 36.2 ч. 3), whatever the pathway says.
    """
    proven = any(
        proof.doctor == doctor and proof.on <= on and same_diagnosis(proof.diagnosis, diagnosis)
        for proof in proofs_of(state)
    )
    return pathway.care if proven else Care.ADVICE


def best_care(pathway: Pathway, state: ConsultationState, doctor: str, on: date) -> Care:
    """What this doctor may do at most, for whichever diagnosis he proved: shown at accept and at hand-over."""
    levels = [care_for(pathway, state, doctor, proof.diagnosis, on) for proof in proofs_of(state)]
    return max(levels, key=lambda care: care.rank, default=Care.ADVICE)


def same_diagnosis(proven: str, named: str | None) -> bool:
    """Whether two ICD-10 codes are one diagnosis: equal codes. A subcode is another diagnosis until a lawyer says."""
    return named is not None and proven.strip().upper() == named.strip().upper()
