"""Persons and logins (of no clinic), patients, representations, identity, staff."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from domain.base import Language
from domain.people import IdentityLevel, Role
from records.tables.base import ClinicTable, Timestamp, Words, check, clinic, clinic_key, one_of


class PersonRow(SQLModel, table=True):
    """A human. Who he is to a clinic stands with the clinic."""

    __tablename__: ClassVar[Any] = "person"

    id: str = Field(primary_key=True)
    created_at: datetime = Field(sa_type=Timestamp)


class LoginRow(SQLModel, table=True):
    """A way to sign in. ``key_hash`` finds it; ``sealed`` is the phone or the TOTP secret, encrypted."""

    __tablename__: ClassVar[Any] = "login"
    __table_args__ = (
        one_of("way", ("phone", "oidc", "password")),
        check("secrets", "(way = 'oidc') = (sealed IS NULL) AND (way = 'password') = (password_hash IS NOT NULL)"),
        # A phone given up may be somebody else's tomorrow: only open logins are unique.
        Index("uq_login_open", "way", "key_hash", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index("ix_login_person", "person_id"),
    )

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    way: str
    key_hash: str
    sealed: bytes | None = None
    password_hash: str | None = None
    totp_step: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = Field(sa_type=Timestamp)
    seen_at: datetime | None = Field(default=None, sa_type=Timestamp)
    closed_at: datetime | None = Field(default=None, sa_type=Timestamp)


class LoginCodeRow(SQLModel, table=True):
    """The one valid one-time code of a phone; both as keyed hashes."""

    __tablename__: ClassVar[Any] = "login_code"

    phone_hash: str = Field(primary_key=True)
    code_hash: str
    made_at: datetime = Field(sa_type=Timestamp)
    expires_at: datetime = Field(sa_type=Timestamp)
    tries: int
    used_at: datetime | None = Field(default=None, sa_type=Timestamp)
    issued: int
    window_since: datetime = Field(sa_type=Timestamp)


class PatientRow(ClinicTable, table=True):
    """A human as this clinic's patient; of one person a clinic has one patient."""

    __tablename__: ClassVar[Any] = "patient"
    __table_args__ = (
        clinic(),
        one_of("sex", ("male", "female")),
        one_of("language", Language),
        Index("uq_patient_person", "clinic_id", "person_id", unique=True),
        Index("uq_patient_number", "clinic_id", "number", unique=True),
    )

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    number: str
    family_name: str
    given_name: str
    patronymic: str | None = None
    birth_date: date
    sex: str
    language: str
    zone: str
    created_at: datetime = Field(sa_type=Timestamp)


class RepresentationRow(ClinicTable, table=True):
    """Who may act for a patient, on what ground, from and to which day, checked by whom."""

    __tablename__: ClassVar[Any] = "representation"
    __table_args__ = (
        clinic_key("patient", "patient_id"),
        one_of("ground", ("parent", "guardian", "adoptive_parent", "proxy", "institution")),
        check("period", "valid_to IS NULL OR valid_to >= valid_from"),
        Index("uq_representation_person", "clinic_id", "id", "person_id", "patient_id", unique=True),
        Index("ix_representation_person", "clinic_id", "person_id"),
        Index("ix_representation_patient", "clinic_id", "patient_id"),
    )

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id")
    patient_id: str
    ground: str
    evidence: str
    valid_from: date
    valid_to: date | None = None
    checked_by: str
    ended_on: date | None = None
    created_at: datetime = Field(sa_type=Timestamp)


class IdentityRow(ClinicTable, table=True):
    """A proof of who acts for a patient; the last one counts."""

    __tablename__: ClassVar[Any] = "identity"
    __table_args__ = (
        clinic_key("patient", "patient_id"),
        one_of("level", IdentityLevel),
        Index("uq_identity_proof", "clinic_id", "patient_id", "method", "session", unique=True),
        Index("ix_identity_patient", "clinic_id", "patient_id", "at", "id"),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True, nullable=False)
    )
    patient_id: str
    person_id: str = Field(foreign_key="person.id")
    level: str
    method: str
    session: str
    at: datetime = Field(sa_type=Timestamp)


class StaffRow(ClinicTable, table=True):
    """A person at work in this clinic. Never removed: his name stands under documents."""

    __tablename__: ClassVar[Any] = "staff"
    __table_args__ = (clinic(), check("period", "until IS NULL OR until >= since"))

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    name: str
    position: str
    specialities: list[str] = Field(sa_type=Words)
    since: date
    until: date | None = None


class StaffRoleRow(ClinicTable, table=True):
    """A role of an employee."""

    __tablename__: ClassVar[Any] = "staff_role"
    __table_args__ = (
        clinic_key("staff", "person_id", to=("person_id",)),
        one_of("role", sorted(set(Role) - {Role.PATIENT, Role.REPRESENTATIVE, Role.INVITED})),
        Index("ix_staff_role_role", "clinic_id", "role"),
    )

    person_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)


class StaffPoolRow(ClinicTable, table=True):
    """A pool an employee belongs to."""

    __tablename__: ClassVar[Any] = "staff_pool"
    __table_args__ = (clinic_key("staff", "person_id", to=("person_id",)),)

    person_id: str = Field(primary_key=True)
    pool: str = Field(primary_key=True)
