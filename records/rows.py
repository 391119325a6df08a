"""Rows as frozen values."""

from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import Row

V = TypeVar("V", bound=BaseModel)


def value(kind: type[V], row: Row[Any]) -> V:
    """A row whose columns are named as the value's fields."""
    return kind.model_validate(dict(row._mapping))


def maybe(kind: type[V], row: Row[Any] | None) -> V | None:
    """The same of a row that may be missing."""
    return None if row is None else value(kind, row)
