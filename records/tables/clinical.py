"""The medical record: consents, evidence, content, papers, signatures, prescriptions, orders, results, scores.

Written by people and effects, never ahead of whom it belongs to; a consultation's id is no foreign key here, because
effects may be done before the process is first projected.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field

from records.tables.base import ClinicTable, Document, Timestamp, check, clinic, clinic_key, one_of


class ConsentRow(ClinicTable, table=True):
    """A consent as given. Immutable. By a representative only where he represents this very patient."""

    __tablename__: ClassVar[Any] = "consent"
    __table_args__ = (
        clinic_key("patient", "patient_id"),
        clinic_key(
            "representation",
            "representation_id",
            "person_id",
            "patient_id",
            to=("id", "person_id", "patient_id"),
        ),
        Index(
            "uq_consent_once",
            "clinic_id",
            "consultation_id",
            "step",
            "occurrence",
            "document",
            unique=True,
        ),
        Index("ix_consent_patient", "clinic_id", "patient_id", "at"),
    )

    id: str = Field(primary_key=True)
    patient_id: str
    person_id: str = Field(foreign_key="person.id")
    representation_id: str | None = None
    document: str
    version: int
    sha256: str
    consultation_id: str
    step: str
    occurrence: int
    at: datetime = Field(sa_type=Timestamp)


class ConsentWithdrawalRow(ClinicTable, table=True):
    """A consent taken back. Immutable."""

    __tablename__: ClassVar[Any] = "consent_withdrawal"
    __table_args__ = (clinic_key("consent", "consent_id"),)

    consent_id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Timestamp)


class EvidenceRow(ClinicTable, table=True):
    """A version of a proof of an in-person visit. Immutable."""

    __tablename__: ClassVar[Any] = "evidence"
    __table_args__ = (
        clinic_key("patient", "patient_id"),
        one_of("source", ("record", "mis", "papers")),
        check("papers_seen", "(source = 'papers') <= (recorded_by IS NOT NULL)"),
        Index("ix_evidence_patient", "clinic_id", "patient_id", "id", "version"),
    )

    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    patient_id: str
    doctor: str | None = None
    diagnosis: str
    on: date
    source: str
    speciality: str
    recorded_by: str | None = None
    at: datetime = Field(sa_type=Timestamp)


class ContentRow(ClinicTable, table=True):
    """A version of a text people wrote. Immutable; a draft may be removed."""

    __tablename__: ClassVar[Any] = "content"
    __table_args__ = (
        clinic(),
        Index(
            "ix_content_draft",
            "clinic_id",
            "workflow",
            "task",
            "author",
            "at",
            postgresql_where=text("draft"),
        ),
        Index("ix_content_task", "clinic_id", "workflow", "task"),
        Index("ix_content_sweep", "clinic_id", "at", postgresql_where=text("draft")),
    )

    id: str = Field(primary_key=True)
    kind: str
    draft: bool
    consultation_id: str
    workflow: str
    task: str | None = None
    author: str
    sha256: str
    body: dict[str, Any] = Field(sa_type=Document)
    at: datetime = Field(sa_type=Timestamp)


class DocumentRow(ClinicTable, table=True):
    """A rendered paper. Immutable; one for a key."""

    __tablename__: ClassVar[Any] = "document"
    __table_args__ = (
        clinic_key("patient", "patient_id"),
        clinic_key("content", "content_id"),
        one_of("paper", ("protocol", "prescription", "referral", "lab_order")),
        Index("uq_document_key", "clinic_id", "key", unique=True),
        Index("uq_document_bytes", "clinic_id", "id", "sha256", unique=True),
        Index("ix_document_consultation", "clinic_id", "consultation_id"),
        Index("ix_document_content", "clinic_id", "content_id"),
    )

    id: str = Field(primary_key=True)
    key: str
    paper: str
    consultation_id: str
    patient_id: str
    doctor_id: str
    content_id: str
    item: int
    sha256: str
    size: int
    stored: str
    at: datetime = Field(sa_type=Timestamp)


class SignatureRow(ClinicTable, table=True):
    """A signature over the exact bytes of a paper. Immutable; one a person and paper."""

    __tablename__: ClassVar[Any] = "signature"
    __table_args__ = (
        clinic_key("document", "document_id", "sha256", to=("id", "sha256")),
        one_of("level", ("simple", "unqualified", "qualified")),
        Index("uq_signature_person", "clinic_id", "document_id", "person_id", unique=True),
        Index("uq_signature_document", "clinic_id", "id", "document_id", unique=True),
    )

    id: str = Field(primary_key=True)
    document_id: str
    sha256: str
    person_id: str
    level: str
    certificate: str | None = None
    valid_until: datetime | None = Field(default=None, sa_type=Timestamp)
    at: datetime = Field(sa_type=Timestamp)
    cms: bytes


class PrescriptionRow(ClinicTable, table=True):
    """A prescription in force. Immutable; one an item, under a signature of its own form."""

    __tablename__: ClassVar[Any] = "prescription"
    __table_args__ = (
        clinic_key("patient", "patient_id"),
        clinic_key("signature", "signature_id", "document_id", to=("id", "document_id")),
        Index(
            "uq_prescription_item",
            "clinic_id",
            "consultation_id",
            "step",
            "occurrence",
            "item",
            unique=True,
        ),
        Index("uq_prescription_number", "clinic_id", "number", unique=True),
    )

    id: str = Field(primary_key=True)
    number: str
    consultation_id: str
    step: str
    occurrence: int
    item: int
    patient_id: str
    doctor_id: str
    document_id: str
    signature_id: str
    at: datetime = Field(sa_type=Timestamp)


class LabOrderRow(ClinicTable, table=True):
    """An order at a laboratory; one for a key."""

    __tablename__: ClassVar[Any] = "lab_order"
    __table_args__ = (
        clinic_key("patient", "patient_id"),
        clinic_key("content", "content_id"),
        one_of("status", ("sending", "placed", "refused", "cancelled")),
        check("numbered", "(status IN ('placed', 'cancelled')) = (number IS NOT NULL)"),
        check("refused_why", "(status = 'refused') = (refused IS NOT NULL)"),
        Index("uq_lab_order_key", "clinic_id", "key", unique=True),
        Index("uq_lab_order_patient", "clinic_id", "id", "patient_id", unique=True),
        Index("uq_lab_order_number", "clinic_id", "partner", "number", unique=True),
        Index("ix_lab_order_consultation", "clinic_id", "consultation_id"),
        Index("ix_lab_order_content", "clinic_id", "content_id"),
    )

    id: str = Field(primary_key=True)
    key: str
    consultation_id: str
    workflow: str
    step: str
    occurrence: int
    patient_id: str
    doctor_id: str
    partner: str
    content_id: str
    status: str
    number: str | None = None
    refused: str | None = None
    at: datetime = Field(sa_type=Timestamp)


class ResultRow(ClinicTable, table=True):
    """A version of an order's result; of the order's own patient. Only its delivery is noted later."""

    __tablename__: ClassVar[Any] = "result"
    __table_args__ = (
        clinic_key("lab_order", "order_id", "patient_id", to=("id", "patient_id")),
        one_of("status", ("partial", "final")),
        check("delivery", "(delivered_at IS NULL) = (delivered_by IS NULL)"),
        Index("uq_result_version", "clinic_id", "order_id", "status", "sha256", unique=True),
        Index("ix_result_patient", "clinic_id", "patient_id", "at"),
    )

    id: str = Field(primary_key=True)
    order_id: str
    patient_id: str
    status: str
    critical: bool
    sha256: str
    body: dict[str, Any] = Field(sa_type=Document)
    at: datetime = Field(sa_type=Timestamp)
    delivered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    delivered_by: str | None = None


class ScoreRow(ClinicTable, table=True):
    """A patient's score. Immutable."""

    __tablename__: ClassVar[Any] = "score"
    __table_args__ = (
        clinic_key("patient", "patient_id"),
        clinic_key("content", "comment_id"),
        check("nps", "score BETWEEN 0 AND 10"),
        Index("ix_score_doctor", "clinic_id", "doctor_id", "at"),
        Index("ix_score_comment", "clinic_id", "comment_id"),
    )

    consultation_id: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    occurrence: int = Field(primary_key=True)
    patient_id: str
    doctor_id: str | None = None
    score: int
    comment_id: str | None = None
    at: datetime = Field(sa_type=Timestamp)
