"""Small types of what clinics write: texts in both languages, names, ages, working hours."""

import re
from datetime import date, time
from functools import cache
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from domain.base import Text, Value
from domain.calendar import Calendar, Hours, Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _pattern(pattern: re.Pattern[str]) -> WithJsonSchema:
    """How an editor knows a value that is written as a text of its own form."""
    return WithJsonSchema({"type": "string", "pattern": f"^({pattern.pattern})$"})


HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
WRITTEN_SPAN = re.compile(r"[1-9][0-9]{0,4}(d|[mh]( working)?)")
"""A length of time as an editor knows it: days are never working ones."""
EVERY = re.compile(r"([1-9][0-9]{0,3})d at ((?:[01][0-9]|2[0-3]):[0-5][0-9])")
MOST_DAYS = 730
AGES = re.compile(r"(0|[1-9][0-9]{0,2})(?:\+|-([1-9][0-9]{0,2}))")


def _filled(text: Text) -> Text:
    """Both languages hold more than blanks."""
    if not (text.ru.strip() and text.en.strip()):
        raise ValueError("the text is empty in a language")
    return text


Both = Annotated[Text, AfterValidator(_filled)]
"""A text in Russian and English, neither empty."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
"""What a file is called: words joined by hyphens."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
"""A name that conditions can read: no hyphens, no points."""

Version = Annotated[int, Field(ge=1, le=1_000_000)]


def _ages(value: Any) -> Any:
    """``18+`` or ``3-17``."""
    found = AGES.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("ages are written like 18+ or 3-17")
    youngest, oldest = int(found[1]), int(found[2]) if found[2] else None
    if oldest is not None and oldest < youngest:
        raise ValueError("the youngest age is above the oldest")
    return (youngest, oldest)


Ages = Annotated[tuple[int, int | None], BeforeValidator(_ages), _pattern(AGES)]
"""An inclusive range of ages in years."""


def _span_key(value: str) -> str:
    Span.parse(value)
    return value


SpanKey = Annotated[str, AfterValidator(_span_key), _pattern(WRITTEN_SPAN)]
"""A length of time as a key."""


class Every(Value):
    """When the turns of a repeat begin: every so many days at an hour in the patient's zone."""

    days: int
    at: str

    def __str__(self) -> str:
        return f"{self.days}d at {self.at}"


def _every(value: Any) -> Any:
    """``7d at 10:00``: whole days and an hour, nothing left out."""
    found = EVERY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("turns are written like 7d at 10:00: whole days, and the hour in the patient's zone")
    if int(found[1]) > MOST_DAYS:
        raise ValueError(f"a turn comes at least once in two years ({MOST_DAYS}d)")
    return Every(days=int(found[1]), at=found[2])


WrittenEvery = Annotated[Every, BeforeValidator(_every), _pattern(EVERY)]
"""``7d at 10:00``."""


def _hours(value: Any) -> Any:
    """``08:00-20:00``; ``24:00`` is the end of the day."""
    found = HOURS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("hours are written like 08:00-20:00")
    since = time(int(found[1]), int(found[2]))
    until = time(int(found[3]), int(found[4])) if found[3] else time(0)
    if until != time(0) and until <= since:
        raise ValueError("the hours end before they begin")
    if found[3] and until == time(0):
        raise ValueError("one value has one spelling: the end of the day is 24:00")
    return Hours(since=since, until=until)


WrittenHours = Annotated[Hours, BeforeValidator(_hours), _pattern(HOURS)]


def _in_turn(hours: tuple[Hours, ...]) -> tuple[Hours, ...]:
    """The intervals of a day do not overlap and stand in order."""
    for one, other in pairwise(hours):
        if one.until == time(0) or other.since < one.until:
            raise ValueError("the hours of a day overlap or stand out of order")
    return hours


Day = Annotated[tuple[WrittenHours, ...], AfterValidator(_in_turn)]


class Week(Value):
    """The working hours of each day; a day off is an empty list, so that none is forgotten."""

    mon: Day
    """Working hours of Monday, such as ``[08:00-20:00]``; an empty list is a day off."""
    tue: Day
    """Working hours of Tuesday, such as ``[08:00-20:00]``; an empty list is a day off."""
    wed: Day
    """Working hours of Wednesday, such as ``[08:00-20:00]``; an empty list is a day off."""
    thu: Day
    """Working hours of Thursday, such as ``[08:00-20:00]``; an empty list is a day off."""
    fri: Day
    """Working hours of Friday, such as ``[08:00-20:00]``; an empty list is a day off."""
    sat: Day
    """Working hours of Saturday, such as ``[08:00-20:00]``; an empty list is a day off."""
    sun: Day
    """Working hours of Sunday, such as ``[08:00-20:00]``; an empty list is a day off."""


class WrittenCalendar(Value):
    """A calendar: the week, and the days that differ (holidays, short days)."""

    week: Week
    """The hours of each day of the week."""
    special: dict[date, Day] = {}
    """Days that differ, by date: holidays and short days."""

    def in_zone(self, zone: str) -> Calendar:
        """The calendar as counted in a zone."""
        return Calendar(zone=zone, week=tuple(getattr(self.week, day) for day in DAYS), special=self.special)

    @property
    def ever_open(self) -> bool:
        """Whether the week has a working hour at all."""
        return any(getattr(self.week, day) for day in DAYS)


@cache
def _zones() -> set[str]:
    """Every zone there is: found by reading a whole folder."""
    return available_timezones()


def _zone(value: str) -> str:
    if value not in _zones():
        raise ValueError("there is no such time zone; write it like Europe/Moscow")
    ZoneInfo(value)
    return value


Zone = Annotated[str, AfterValidator(_zone)]
