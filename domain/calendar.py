"""Spans of time as clinics write them, and working time."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.base import Value


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


class Span(Value):
    """A length of time; ``working`` counts only the calendar's hours."""

    seconds: int
    working: bool = False

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
