"""The base of every value that crosses rooms."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

Json = Any
"""A JSON value. Ids, codes and counts only: no clinical text ever travels in a value of this room."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
"""An opaque machine word: step ids, kinds, outcomes, stable error codes."""

Moment = AwareDatetime


class Value(BaseModel):
    """An immutable value. Unknown fields are an error: a typo never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Draft(BaseModel):
    """A part of the state that the core changes in place on its own private copy."""

    model_config = ConfigDict(extra="forbid")


class Language(StrEnum):
    """What a person reads; Russian first."""

    RU = "ru"
    EN = "en"


class Text(Value):
    """A short text in both languages, written by the clinic."""

    ru: str
    """In Russian."""
    en: str
    """In English."""

    def in_(self, language: str) -> str:
        """The text in the language asked for, Russian where it is unknown."""
        return self.en if language == Language.EN else self.ru


def earliest(moments: list[datetime]) -> datetime | None:
    """The first of some moments, None for none."""
    return min(moments, default=None)
