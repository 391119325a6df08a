"""Invitations into a meeting."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from records.tables.base import ClinicTable, Timestamp, check, clinic


class InvitationRow(ClinicTable, table=True):
    """A guest's invitation. Its secret is kept as a keyed hash; only its being taken back is noted later.

    The workflow is no foreign key: somebody may be invited before the process is first projected.
    """

    __tablename__: ClassVar[Any] = "invitation"
    __table_args__ = (
        clinic(),
        check("ahead", "expires_at > at"),
        check("taken_back", "(revoked_at IS NULL) = (revoked_by IS NULL)"),
        Index("uq_invitation_token", "clinic_id", "token_hash", unique=True),
        Index("ix_invitation_workflow", "clinic_id", "workflow"),
    )

    id: str = Field(primary_key=True)
    workflow: str
    step: str
    occurrence: int
    guest: str
    token_hash: str
    invited_by: str = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Timestamp)
    expires_at: datetime = Field(sa_type=Timestamp)
    revoked_at: datetime | None = Field(default=None, sa_type=Timestamp)
    revoked_by: str | None = Field(default=None, foreign_key="person.id")
