"""What all tables share: column types, the clinic's column, composite keys and checks spelled short."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, JSON, CheckConstraint, DateTime, ForeignKeyConstraint, Text, text
from sqlmodel import Field, SQLModel

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
SQLModel.metadata.naming_convention = NAMING


class Timestamp(DateTime):
    """An aware moment."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)


class Words(ARRAY[str]):
    """A list of words."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(Text())


class Document(JSON):
    """JSON as it was written (``json``, not ``jsonb``): order, numbers and so digests stay what they were."""

    cache_ok = True


class ClinicTable(SQLModel):
    """A table of a clinic: its first key column is the clinic's id, by which row-level security holds it."""

    clinic_id: str = Field(primary_key=True)


def clinic_key(target: str, *columns: str, to: Iterable[str] = ("id",), **more: Any) -> ForeignKeyConstraint:
    """A composite foreign key that carries the clinic: what it names cannot be another clinic's."""
    return ForeignKeyConstraint(
        ["clinic_id", *columns], [f"{target}.clinic_id", *(f"{target}.{column}" for column in to)], **more
    )


def clinic() -> ForeignKeyConstraint:
    """The clinic itself."""
    return ForeignKeyConstraint(["clinic_id"], ["clinic.clinic_id"])


def one_of(column: str, words: Iterable[str] | type[StrEnum]) -> CheckConstraint:
    """A column that holds one of some words."""
    listed = ", ".join(f"'{word!s}'" for word in words)
    return CheckConstraint(f'"{column}" IN ({listed})', name=column)


def check(name: str, condition: str) -> CheckConstraint:
    """A condition on a row."""
    return CheckConstraint(condition, name=name)


NOW = text("statement_timestamp()")
