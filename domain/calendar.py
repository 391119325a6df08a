"""Spans of time as clinics write them, and working time."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationInfo, model_validator

from domain.base import Value

SPAN = re.compile(r"([1-9][0-9]{0,4})([mhd])( working)?")
UNITS = {"m": 60, "h": 3600, "d": 86400}


class Hours(Value):
    """One working interval of a day, local time; ``until`` 00:00 means midnight at the end of the day."""

    since: time
    until: time


class Calendar(Value):
    """When a clinic or a pool works. ``week[0]`` is Monday; ``special`` days replace the week's hours."""

    zone: str
    week: tuple[tuple[Hours, ...], ...]
    special: dict[date, tuple[Hours, ...]] = {}

    def intervals(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working intervals of a local day as aware moments."""
        zone = ZoneInfo(self.zone)
        found = []
        for hours in self.special.get(day, self.week[day.weekday()]):
            start = datetime.combine(day, hours.since, zone)
            last = day + timedelta(days=1) if hours.until == time(0) else day
            found.append((start, datetime.combine(last, hours.until, zone)))
        return found

    def is_open(self, at: datetime) -> bool:
        """Whether a moment falls into working hours; the last moment of an interval is outside."""
        day = at.astimezone(ZoneInfo(self.zone)).date()
        # Aware moments of one zone compare by their wall clocks: at a clock change only what UTC says counts.
        return any(start.timestamp() <= at.timestamp() < end.timestamp() for start, end in self.intervals(day))


class Span(Value):
    """A length of time; ``working`` counts only the calendar's hours.

    Written ``20m``, ``3h``, ``30d`` or ``1h working``: any field of this type reads that. In a clinic's file
    (validation context ``written``) it is the only spelling.
    """

    seconds: int
    working: bool = False

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read a span as written.

        Raises:
            ValueError: Not a span, longer than two years, or not its shortest spelling (``60m`` is ``1h``).
        """
        found = SPAN.fullmatch(text)
        if found is None:
            raise ValueError("a length of time is written like 20m, 3h, 30d or 1h working")
        number, unit, working = int(found[1]), found[2], found[3] is not None
        if working and unit == "d":
            raise ValueError("working time is counted in m or h: a day has no fixed number of working hours")
        span = cls(seconds=number * UNITS[unit], working=working)
        if span.seconds > 730 * UNITS["d"]:
            raise ValueError("a length of time is at most two years (730d)")
        if str(span) != text:
            raise ValueError(f"one value has one spelling: write {span}")
        return span

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, value: Any, info: ValidationInfo) -> Any:
        """Accept the written form everywhere, and nothing else where a clinic writes."""
        if isinstance(value, str):
            return cls.parse(value).model_dump()
        if info.context and info.context.get("written"):
            raise ValueError("a length of time is written like 20m, 3h, 30d or 1h working")
        return value

    def __str__(self) -> str:
        units = ("h", "m") if self.working else ("d", "h", "m")
        unit = next((u for u in units if self.seconds % UNITS[u] == 0), "m")
        return f"{self.seconds // UNITS[unit]}{unit}{' working' if self.working else ''}"

    def after(self, start: datetime, calendar: Calendar | None) -> datetime:
        """The absolute moment this span ends, computed once and kept in state.

        Raises:
            ValueError: The calendar has no working hour within two years.
        """
        if not self.working or calendar is None:
            return start + timedelta(seconds=self.seconds)
        left = timedelta(seconds=self.seconds)
        day = start.astimezone(ZoneInfo(calendar.zone)).date()
        for offset in range(-1, 731):
            for since, until in calendar.intervals(day + timedelta(days=offset)):
                begin = max(start, since)
                if begin >= until:
                    continue
                # Aware subtraction within one zone ignores a clock change: go through UTC.
                length = until.timestamp() - begin.timestamp()
                if left.total_seconds() <= length:
                    return datetime.fromtimestamp(begin.timestamp(), start.tzinfo) + left
                left -= timedelta(seconds=length)
        raise ValueError("the calendar has no working hours within two years")
