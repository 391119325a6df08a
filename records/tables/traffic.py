"""What passes through: recorded answers to requests, facts from machines, messages to people."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from records.tables.base import ClinicTable, Document, Timestamp, clinic


class RequestRow(SQLModel, table=True):
    """A recorded answer, encrypted, by the keyed hash of its request. Of no clinic."""

    __tablename__: ClassVar[Any] = "request"
    __table_args__ = (Index("ix_request_at", "at"),)

    key_hash: str = Field(primary_key=True)
    digest: str
    sealed: bytes
    at: datetime = Field(sa_type=Timestamp)


class InboxRow(SQLModel, table=True):
    """A fact on its way to a workflow. Of no clinic: a sender knows none (``clinic_id`` where we do)."""

    __tablename__: ClassVar[Any] = "inbox"
    __table_args__ = (
        Index("uq_inbox_event", "sender", "event_id", unique=True),
        Index("ix_inbox_due", "next_try_at", "id", postgresql_where=text("delivered_at IS NULL")),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True, nullable=False)
    )
    clinic_id: str | None = None
    sender: str
    event_id: str
    workflow: str
    fact: dict[str, Any] = Field(sa_type=Document)
    raw: bytes | None = None
    ring: str | None = None
    received_at: datetime = Field(sa_type=Timestamp)
    next_try_at: datetime = Field(sa_type=Timestamp)
    tries: int
    delivered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    rung_at: datetime | None = Field(default=None, sa_type=Timestamp)


class NoticeRow(ClinicTable, table=True):
    """A message that went to a person: its catalogue code, never its text."""

    __tablename__: ClassVar[Any] = "notice"
    __table_args__ = (clinic(),)

    key: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    text: str
    channel: str
    at: datetime = Field(sa_type=Timestamp)
