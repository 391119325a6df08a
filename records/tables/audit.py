"""The audit and its chain."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlmodel import Field

from records.tables.base import NOW, ClinicTable, Document, Timestamp, Words, clinic_key


class AuditRow(ClinicTable, table=True):
    """Who saw or did what. Immutable but for the seal it joins.

    ``seal`` is no foreign key: a chain with a missing link must be readable, to be found out.
    """

    __tablename__: ClassVar[Any] = "audit"
    __table_args__ = (
        Index("ix_audit_unsealed", "clinic_id", "id", postgresql_where=text("seal IS NULL")),
        Index("ix_audit_seal", "clinic_id", "seal"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True, nullable=False)
    )
    at: datetime = Field(sa_type=Timestamp)
    person_id: str
    on_behalf_of: str | None = None
    action: str
    subjects: list[str] = Field(sa_type=Words)
    reason: str | None = None
    recorded_at: datetime = Field(sa_type=Timestamp, sa_column_kwargs={"server_default": NOW})
    seal: int | None = Field(default=None, sa_type=BigInteger)


class AuditSubjectRow(ClinicTable, table=True):
    """By which a row is found by whom it is about. Immutable."""

    __tablename__: ClassVar[Any] = "audit_subject"
    __table_args__ = (
        clinic_key("audit", "audit_id"),
        Index("ix_audit_subject_at", "clinic_id", "subject", "at", "audit_id"),
    )

    audit_id: int = Field(primary_key=True, sa_type=BigInteger)
    subject: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Timestamp)


class SealRow(ClinicTable, table=True):
    """A link of a clinic's chain. Immutable but for when it was copied outside."""

    __tablename__: ClassVar[Any] = "seal"
    __table_args__ = (Index("ix_seal_uncopied", "clinic_id", "number", postgresql_where=text("copied_at IS NULL")),)

    number: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=Timestamp)
    previous: str
    rows: list[Any] = Field(sa_type=Document)
    whole: bool
    digest: str
    copied_at: datetime | None = Field(default=None, sa_type=Timestamp)
