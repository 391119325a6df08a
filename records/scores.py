"""What patients think: NPS scores, one for each survey step."""

from datetime import datetime

from sqlalchemy import text

from records.database import Session

_RECORD = text("""
    INSERT INTO score (clinic_id, consultation_id, step, occurrence, patient_id, doctor_id, score, comment_id, at)
    VALUES (:clinic, :consultation, :step, :occurrence, :patient, :doctor, :score, :comment, :at)
    ON CONFLICT (clinic_id, consultation_id, step, occurrence) DO NOTHING
""")


async def record(
    session: Session,
    consultation: str,
    step: str,
    occurrence: int,
    patient: str,
    doctor: str | None,
    score: int,
    comment: str | None,
    at: datetime,
) -> None:
    """Keep a score (0-10); ``comment`` is a content id. The first one of a step stands."""
    await session.run(
        _RECORD,
        clinic=session.clinic,
        consultation=consultation,
        step=step,
        occurrence=occurrence,
        patient=patient,
        doctor=doctor,
        score=score,
        comment=comment,
        at=at,
    )
