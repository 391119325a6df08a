"""Time that was nobody's own: what a pause or a false alarm took is given back to every open step."""

from datetime import datetime, timedelta

from domain.state import StepRun
from pathways.core.context import Context

TELLS = ("remind:", "escalate:")


def give_back(c: Context, since: datetime, until: datetime, *, told_until: datetime | None = None) -> None:
    """Move deadlines, and the timers that are the end of a span, by the time lost; of one opened meanwhile less.

    ``told_until`` is until when reminders and escalations stood still as well, None where they went on.
    """
    for run in c.state.runs.values():
        by = lost(since, until, run.opened_at)
        if run.deadline is not None:
            run.deadline += by
        run.timers = {name: at + moved(run, name, by, since, told_until) for name, at in run.timers.items()}
    for task in c.state.tasks.values():
        if task.step is not None and task.due is not None:
            task.due += lost(since, until, task.opened_at)


def moved(run: StepRun, name: str, by: timedelta, since: datetime, told_until: datetime | None) -> timedelta:
    """By how much a timer moves."""
    if name in run.fixed:
        return timedelta()
    if name.startswith(TELLS):
        return timedelta() if told_until is None else lost(since, told_until, run.opened_at)
    return by


def lost(since: datetime, until: datetime, opened: datetime) -> timedelta:
    """How much of a stretch of time something lost that was opened at, before or after its beginning."""
    return max(timedelta(), until - max(since, opened))
