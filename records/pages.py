"""Keyset pages: a list is read on from the last row seen, so that rows which come meanwhile move nothing."""

import base64
import json
from datetime import datetime
from typing import Generic, TypeVar

from domain.base import Value

T = TypeVar("T")


class BadCursor(ValueError):
    """A cursor that we did not make."""


class Page(Value, Generic[T]):
    """Some items, and the cursor of the next page (None on the last)."""

    items: tuple[T, ...]
    next: str | None = None


def cursor_of(at: datetime, *ids: str) -> str:
    """An opaque cursor after the row with this moment and ids."""
    raw = json.dumps([at.isoformat(), *ids], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(cursor: str, ids: int) -> tuple[datetime, list[str]]:
    """The moment and ids of a cursor.

    Raises:
        BadCursor: Not one of ours.
    """
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at = datetime.fromisoformat(parts[0])
        if at.tzinfo is None or len(parts) != ids + 1 or not all(isinstance(part, str) for part in parts):
            raise ValueError
    except (ValueError, TypeError, IndexError, KeyError):
        raise BadCursor("not a cursor of ours") from None
    return at, parts[1:]
