"""The line's lasting side: duty, seats, waits."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlmodel import Field

from records.tables.base import ClinicTable, Timestamp, check, clinic, clinic_key, one_of


class DutyRow(ClinicTable, table=True):
    """A doctor's duty in a pool: from when to when, how many patients at once."""

    __tablename__: ClassVar[Any] = "duty"
    __table_args__ = (
        clinic_key("staff", "doctor_id", to=("person_id",)),
        check("capacity", "capacity >= 1"),
        Index(
            "uq_duty_now",
            "clinic_id",
            "doctor_id",
            "pool",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_duty_pool", "clinic_id", "pool", postgresql_where=text("ended_at IS NULL")),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True, nullable=False)
    )
    doctor_id: str
    pool: str
    since: datetime = Field(sa_type=Timestamp)
    capacity: int
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)


class SeatRow(ClinicTable, table=True):
    """A doctor's place for one patient, active until freed. The unique indexes decide every race."""

    __tablename__: ClassVar[Any] = "seat"
    __table_args__ = (
        clinic_key("staff", "doctor_id", to=("person_id",)),
        check("within_capacity", "slot BETWEEN 1 AND capacity"),
        Index(
            "uq_seat_doctor",
            "clinic_id",
            "doctor_id",
            "slot",
            unique=True,
            postgresql_where=text("freed_at IS NULL"),
        ),
        Index(
            "uq_seat_occurrence",
            "clinic_id",
            "workflow",
            "step",
            "occurrence",
            unique=True,
            postgresql_where=text("freed_at IS NULL"),
        ),
        Index("ix_seat_active", "taken_at", postgresql_where=text("freed_at IS NULL")),
    )

    id: str = Field(primary_key=True)
    doctor_id: str
    workflow: str
    step: str
    occurrence: int
    slot: int
    capacity: int
    taken_at: datetime = Field(sa_type=Timestamp)
    freed_at: datetime | None = Field(default=None, sa_type=Timestamp)


class WaitRow(ClinicTable, table=True):
    """A wait in line: predicted (``low``, ``high``, in seconds) and real."""

    __tablename__: ClassVar[Any] = "wait"
    __table_args__ = (
        clinic(),
        one_of("outcome", ("accepted", "left")),
        check("ended", "(ended_at IS NULL) = (outcome IS NULL)"),
        check("predicted", "0 <= low AND low <= high"),
        Index("ix_wait_standing", "clinic_id", "pool", "joined_at", postgresql_where=text("ended_at IS NULL")),
        Index("ix_wait_ended", "clinic_id", "pool", "ended_at"),
    )

    workflow: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    occurrence: int = Field(primary_key=True)
    pool: str
    first: bool
    joined_at: datetime = Field(sa_type=Timestamp)
    low: int
    high: int
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    outcome: str | None = None
