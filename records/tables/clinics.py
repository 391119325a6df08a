"""Clinics, and the clock of the whole installation."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from records.tables.base import ClinicTable, Document, Timestamp, check


class ClinicRow(ClinicTable, table=True):
    """A tenant."""

    __tablename__: ClassVar[Any] = "clinic"
    __table_args__ = (check("named", "clinic_id <> ''"),)

    name: dict[str, str] = Field(sa_type=Document)
    oid: str
    region: str
    zone: str
    folder: dict[str, Any] = Field(sa_type=Document)
    saved_at: datetime = Field(sa_type=Timestamp)


class ClockRow(SQLModel, table=True):
    """The stepped clock: one row."""

    __tablename__: ClassVar[Any] = "clock"
    __table_args__ = (check("one", '"only"'), check("forward", "rate > 0"))

    only: bool = Field(primary_key=True, sa_column_kwargs={"server_default": text("true")})
    anchor: datetime = Field(sa_type=Timestamp)
    real_anchor: datetime = Field(sa_type=Timestamp)
    rate: float
