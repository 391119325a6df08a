"""Rule 2: the longest a consultation can take, through all ``within``.

Live calls past their ``within``, pauses, moved deadlines and open emergencies come on top (design section 4).
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from domain.base import Value
from domain.calendar import Calendar, Span
from domain.pathway import Pathway, Step

CalendarOf = Callable[[Step], Calendar | None]
"""The calendar that working time of a step is counted in."""
DAY = timedelta(days=1)
CLOCK_CHANGE = timedelta(hours=1)
"""How much longer a stretch of whole days by the clock on the wall may be, and how much shorter."""


class Bound(Value):
    """The longest path of a pathway, and the longest duty it leaves behind."""

    pathway: str
    longest: timedelta
    """Working time is counted over its worst stretch: closed nights, weekends, holidays."""
    left_behind: timedelta
    """Of steps with ``wait: false``, from the moment they are left."""

    def __str__(self) -> str:
        beside = f"; what it leaves behind up to {in_words(self.left_behind)} more" if self.left_behind else ""
        return (
            f"{self.pathway}: at most {in_words(self.longest)}{beside} "
            "(live calls, pauses, moved deadlines and open emergencies come on top)"
        )


def bound(pathway: Pathway) -> Bound:
    """The bound of a checked pathway."""
    calendar = pathway.calendar_of
    left = [elapsed(step.within, calendar(step)) for step in pathway.index.values() if not step.wait]
    return Bound(
        pathway=pathway.code, longest=longest(pathway.steps, calendar), left_behind=max(left, default=timedelta())
    )


def longest(steps: tuple[Step, ...], calendar: CalendarOf) -> timedelta:
    """The longest way from the first step of a sequence on; jumps only go forward."""
    times = [timedelta()] * (len(steps) + 1)
    places = {step.id: place for place, step in enumerate(steps)}
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        after = [times[place + 1]]
        after += [times[places[jump.target]] for jump in step.then.values() if jump.target in places]
        times[place] = _step(step, calendar) + max(after)
    return times[0]


def elapsed(span: Span | None, calendar: Calendar | None) -> timedelta:
    """How long a span may take at the worst moment to begin it."""
    if span is None:
        return timedelta()
    if not span.working or calendar is None:
        return timedelta(seconds=span.seconds)
    return _worst(span, calendar.model_dump_json())


@cache
def _worst(span: Span, calendar_json: str) -> timedelta:
    """Over every closing time of a plain week and of the days around each special one: then the wait is longest."""
    calendar = Calendar.model_validate_json(calendar_json)
    ordinary = datetime(2024, 1, 1, tzinfo=UTC).date()
    days = {ordinary + timedelta(days=n) for n in range(8)}
    days |= {day + timedelta(days=n) for day in calendar.special for n in range(-8, 2)}
    # Converted to UTC: subtraction inside one zone ignores a clock change.
    closings = [until.astimezone(UTC) for day in sorted(days) for _, until in calendar.intervals(day)]
    return max((span.after(closing, calendar) - closing for closing in closings), default=timedelta())


def _step(step: Step, calendar: CalendarOf) -> timedelta:
    if not step.wait:
        return timedelta()
    if step.kind == "repeat":
        return _repeat(step, calendar)
    own = elapsed(step.within, calendar(step))
    if step.kind == "parallel":
        return min(own, max(longest(branch, calendar) for branch in step.branches.values()))
    return own


def _repeat(step: Step, calendar: CalendarOf) -> timedelta:
    """Turn after turn; with ``every`` from hour to hour, and then the last turn."""
    times, every, turn = int(step.fields["times"]), step.fields.get("every"), longest(step.steps, calendar)
    if every is None:
        return times * turn
    # No turn is longer than the days between two (CP308), so only the last one counts.
    return DAY + (times - 1) * int(every["days"]) * DAY + CLOCK_CHANGE + turn


def in_words(time: timedelta) -> str:
    """A length of time as it is said in English."""
    minutes = round(time.total_seconds() / 60)
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "no time"
