"""Evidence: dated, versioned proofs of in-person visits. A correction is a new version; nothing is changed."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import text

from domain.effects.eligibility import Proof
from records.database import Session
from records.ids import new_id

# Of each piece of evidence only the last version counts, whatever it says.
_FIND = text("""
    SELECT id AS evidence, doctor, diagnosis, "on", source FROM (
        SELECT DISTINCT ON (id) id, doctor, diagnosis, "on", source, speciality FROM evidence
        WHERE clinic_id = :clinic AND patient_id = :patient ORDER BY id, version DESC) AS last
    WHERE speciality = :speciality AND "on" >= :since ORDER BY "on" DESC, id
""")
# The id is the caller's, so that an answer of the MIS kept twice is one piece of evidence.
_ADD = text("""
    INSERT INTO evidence (clinic_id, id, version, patient_id, doctor, diagnosis, "on", source, speciality,
                          recorded_by, at)
    SELECT :clinic, :id, coalesce(max(version), 0) + 1, :patient, :doctor, :diagnosis, :on, :source, :speciality,
           :recorded_by, :at
    FROM evidence WHERE clinic_id = :clinic AND id = :id
    HAVING NOT EXISTS (
        SELECT FROM evidence AS e
        WHERE e.clinic_id = :clinic AND e.id = :id AND e.doctor IS NOT DISTINCT FROM CAST(:doctor AS text)
          AND e.diagnosis = :diagnosis AND e."on" = :on AND e.speciality = :speciality
          AND e.version = (SELECT max(version) FROM evidence AS m WHERE m.clinic_id = :clinic AND m.id = :id))
""")


async def find(session: Session, patient: str, speciality: str, since: date) -> tuple[Proof, ...]:
    """Proofs of visits to a speciality since a day, newest first."""
    rows = await session.rows(_FIND, clinic=session.clinic, patient=patient, speciality=speciality, since=since)
    return tuple(Proof.model_validate(dict(row._mapping)) for row in rows)


async def add(
    session: Session, patient: str, speciality: str, proofs: Sequence[Proof], recorded_by: str | None, at: datetime
) -> None:
    """Keep proofs; one known by its id gets a new version only where it says something new.

    ``recorded_by`` is the registrar who saw the papers, None for what a machine told.
    """
    for proof in proofs:
        await session.run(
            _ADD,
            clinic=session.clinic,
            id=proof.evidence,
            patient=patient,
            doctor=proof.doctor,
            diagnosis=proof.diagnosis,
            on=proof.on,
            source=proof.source,
            speciality=speciality,
            recorded_by=recorded_by,
            at=at,
        )


def new_evidence() -> str:
    """An id for evidence that did not come with one."""
    return new_id("ev")
