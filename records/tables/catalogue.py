"""The catalogue: folders as clinics put them up, drafts, published pathways, retirements."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from records.tables.base import ClinicTable, Document, Timestamp, check, clinic, clinic_key

ITSELF = "compiled->>'code' = code AND compiled->>'version' = version::text"
"""A row is found by the code and version that its content has."""


class ClinicFolderRow(ClinicTable, table=True):
    """A clinic's folder as somebody put it up: what was written, and the clinic it makes. Immutable."""

    __tablename__: ClassVar[Any] = "clinic_folder"
    __table_args__ = (clinic(),)

    sha256: str = Field(primary_key=True)
    files: dict[str, str] = Field(sa_type=Document)
    live: dict[str, Any] = Field(sa_type=Document)
    live_sha256: str
    put_up_by: str
    at: datetime = Field(sa_type=Timestamp)


class PathwayDraftRow(ClinicTable, table=True):
    """A pathway that waits for a second person. ``base`` is the digest of the clinic that was live at that time."""

    __tablename__: ClassVar[Any] = "pathway_draft"
    __table_args__ = (clinic_key("clinic_folder", "folder", to=("sha256",)), check("itself", ITSELF))

    code: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    sha256: str
    folder: str
    base: str
    title: dict[str, str] = Field(sa_type=Document)
    speciality: str
    compiled: dict[str, Any] = Field(sa_type=Document)
    bound: str
    author: str
    at: datetime = Field(sa_type=Timestamp)


class PathwayRow(ClinicTable, table=True):
    """A published pathway. Immutable. Two people stand behind it; only what was published before 0003 knows one."""

    __tablename__: ClassVar[Any] = "pathway"
    __table_args__ = (
        clinic(),
        clinic_key("clinic_folder", "folder", to=("sha256",)),
        check("itself", ITSELF),
        check(
            "two_people",
            "author IS NOT NULL AND published_by IS NOT NULL AND folder IS NOT NULL AND published_by <> author",
        ),
        Index("uq_pathway_sha256", "clinic_id", "sha256", unique=True),
    )

    code: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    sha256: str
    title: dict[str, str] = Field(sa_type=Document)
    speciality: str
    compiled: dict[str, Any] = Field(sa_type=Document)
    published_by: str | None = None
    published_at: datetime = Field(sa_type=Timestamp)
    author: str | None = None
    folder: str | None = None


class PathwayRetirementRow(ClinicTable, table=True):
    """A published version nobody begins any more. Immutable: what is to come back is published anew."""

    __tablename__: ClassVar[Any] = "pathway_retirement"
    __table_args__ = (clinic_key("pathway", "code", "version", to=("code", "version")),)

    code: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    reason: str
    retired_by: str
    at: datetime = Field(sa_type=Timestamp)
