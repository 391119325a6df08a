"""Consents: which text a person accepted for a patient, when, on what ground. Never changed; withdrawal is a row."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from domain.base import Moment, Value
from domain.effects.consent import ConsentDocument
from records.database import Session
from records.ids import new_id
from records.rows import value


class Consent(Value):
    """A consent as given; ``withdrawn_at`` is set from its withdrawal on."""

    id: str
    patient: str
    person: str
    representation: str | None
    document: str
    version: int
    sha256: str
    consultation: str
    at: Moment
    withdrawn_at: Moment | None
    withdrawn_by: str | None


_VALID = text("""
    SELECT DISTINCT c.document FROM consent AS c
    JOIN json_to_recordset(CAST(:documents AS json)) AS d(id text, version int, sha256 text)
      ON c.document = d.id AND c.version = d.version AND c.sha256 = d.sha256
    WHERE c.clinic_id = :clinic AND c.patient_id = :patient AND c.at <= :at
      AND NOT EXISTS (SELECT FROM consent_withdrawal AS w
                      WHERE w.clinic_id = c.clinic_id AND w.consent_id = c.id AND w.at <= :at)
""")
_RECORD = text("""
    INSERT INTO consent (clinic_id, id, patient_id, person_id, representation_id, document, version, sha256,
                         consultation_id, step, occurrence, at)
    VALUES (:clinic, :id, :patient, :person, :representation, :document, :version, :sha256,
            :consultation, :step, :occurrence, :at)
    ON CONFLICT (clinic_id, consultation_id, step, occurrence, document) DO NOTHING
""")
_RECORDED = text("""
    SELECT id, document FROM consent
    WHERE clinic_id = :clinic AND consultation_id = :consultation AND step = :step AND occurrence = :occurrence
""")
_WITHDRAW = text("""
    INSERT INTO consent_withdrawal (clinic_id, consent_id, person_id, at)
    SELECT clinic_id, id, :person, :at FROM consent WHERE clinic_id = :clinic AND id = :consent
    ON CONFLICT DO NOTHING
""")
_LIST = text("""
    SELECT c.id, c.patient_id AS patient, c.person_id AS person, c.representation_id AS representation, c.document,
           c.version, c.sha256, c.consultation_id AS consultation, c.at, w.at AS withdrawn_at,
           w.person_id AS withdrawn_by
    FROM consent AS c LEFT JOIN consent_withdrawal AS w ON w.clinic_id = c.clinic_id AND w.consent_id = c.id
    WHERE c.clinic_id = :clinic AND c.patient_id = :patient ORDER BY c.at DESC, c.id
""")


async def find_valid(
    session: Session, patient: str, documents: Sequence[ConsentDocument], at: datetime
) -> tuple[str, ...]:
    """Of these exact texts, the ids of those for which a consent stands that was not withdrawn by then."""
    rows = await session.rows(
        _VALID,
        clinic=session.clinic,
        patient=patient,
        at=at,
        documents="[" + ",".join(document.model_dump_json() for document in documents) + "]",
    )
    valid = {row.document for row in rows}
    return tuple(document.id for document in documents if document.id in valid)


async def record(
    session: Session,
    patient: str,
    person: str,
    representation: str | None,
    documents: Sequence[ConsentDocument],
    consultation: str,
    step: str,
    occurrence: int,
    at: datetime,
) -> tuple[str, ...]:
    """Keep what a person accepted in one occurrence of a step; the consents' ids in the documents' order.

    The same again keeps nothing twice and returns the same ids.
    """
    where = {"clinic": session.clinic, "consultation": consultation, "step": step, "occurrence": occurrence}
    for document in documents:
        await session.run(
            _RECORD,
            **where,
            id=new_id("cs"),
            patient=patient,
            person=person,
            representation=representation,
            document=document.id,
            version=document.version,
            sha256=document.sha256,
            at=at,
        )
    known = {row.document: row.id for row in await session.rows(_RECORDED, **where)}
    return tuple(known[document.id] for document in documents)


async def withdraw(session: Session, consent: str, person: str, at: datetime) -> bool:
    """Withdraw a consent; False when it was withdrawn before or there is none."""
    return await session.run(_WITHDRAW, clinic=session.clinic, consent=consent, person=person, at=at) == 1


async def list_for(session: Session, patient: str) -> list[Consent]:
    """All consents of a patient, newest first, withdrawn ones too."""
    return [value(Consent, row) for row in await session.rows(_LIST, clinic=session.clinic, patient=patient)]
