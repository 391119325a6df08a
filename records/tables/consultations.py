"""What workflows project: processes, their open tasks, their transitions."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field

from domain.state import Status
from records.tables.base import NOW, ClinicTable, Document, Timestamp, Words, check, clinic_key, one_of


class ConsultationRow(ClinicTable, table=True):
    """A process: a consultation, or a step it left behind (then ``parent`` is set). Never goes back (a trigger)."""

    __tablename__: ClassVar[Any] = "consultation"
    __table_args__ = (
        clinic_key("patient", "patient_id"),
        clinic_key("pathway", "pathway", to=("sha256",)),
        one_of("status", Status),
        check("ended", "(status = 'open') = (ended_at IS NULL)"),
        check("numbers", "epoch >= 1 AND revision >= 0"),
        Index("ix_consultation_patient", "clinic_id", "patient_id", "started_at", "workflow"),
        Index("ix_consultation_doctor", "clinic_id", "doctor_id", "started_at", "workflow"),
        Index("ix_consultation_met_by", "clinic_id", "met_by", "started_at", "workflow"),
        Index("ix_consultation_started", "clinic_id", "started_at", "workflow"),
        Index("ix_consultation_status", "clinic_id", "status", "started_at", "workflow"),
        Index("ix_consultation_whole", "clinic_id", "consultation_id"),
        Index("ix_consultation_open", "workflow", postgresql_where=text("status <> 'closed'")),
    )

    workflow: str = Field(primary_key=True)
    consultation_id: str
    parent: str | None = None
    patient_id: str
    doctor_id: str | None = None
    met_by: str | None = None
    pathway: str
    status: str
    end: str | None = None
    started_at: datetime = Field(sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    emergency: bool
    paused: bool
    epoch: int
    revision: int
    state: dict[str, Any] = Field(sa_type=Document)
    projected_at: datetime = Field(sa_type=Timestamp, sa_column_kwargs={"server_default": NOW})


class TaskRow(ClinicTable, table=True):
    """An open task; closing removes it (its history stands in transitions)."""

    __tablename__: ClassVar[Any] = "task"
    __table_args__ = (
        clinic_key("consultation", "workflow", to=("workflow",), ondelete="CASCADE"),
        Index("ix_task_consultation", "clinic_id", "consultation_id"),
    )

    workflow: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    consultation_id: str
    patient_id: str
    name: str
    step: str | None = None
    occurrence: int
    owner: str
    actions: list[str] = Field(sa_type=Words)
    form: str | None = None
    opened_at: datetime = Field(sa_type=Timestamp)
    due: datetime | None = Field(default=None, sa_type=Timestamp)
    claimed_by: str | None = None
    data: dict[str, Any] = Field(sa_type=Document)


class TaskOwnerRow(ClinicTable, table=True):
    """Whose list a task stands on: its owner, and those an escalation rang.

    A table, not an array: under row-level security an index serves only leakproof operators, ``=`` is one, ``&&`` is
    not.
    """

    __tablename__: ClassVar[Any] = "task_owner"
    __table_args__ = (
        clinic_key("task", "workflow", "task", to=("workflow", "id"), ondelete="CASCADE"),
        Index("ix_task_owner_owner", "clinic_id", "owner"),
    )

    workflow: str = Field(primary_key=True)
    task: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)


class TransitionRow(ClinicTable, table=True):
    """One thing that happened. Immutable."""

    __tablename__: ClassVar[Any] = "transition"
    __table_args__ = (
        clinic_key("consultation", "workflow", to=("workflow",)),
        Index("ix_transition_consultation", "clinic_id", "consultation_id", "at"),
    )

    workflow: str = Field(primary_key=True)
    epoch: int = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    consultation_id: str
    at: datetime = Field(sa_type=Timestamp)
    code: str
    step: str | None = None
    occurrence: int | None = None
    actor: str | None = None
    detail: dict[str, Any] = Field(sa_type=Document)
