"""Time that was nobody's own: what a pause or a false alarm took is given back to every open step."""

from datetime import datetime, timedelta

from domain.state import StepRun
from pathways.core.context import Context

TELLS = ("remind:", "escalate:")


def give_back(c: Context, since: datetime, until: datetime, *, told_until: datetime | None = None) -> None:
    """Move deadlines, and the timers that are the end of a span, by the time lost; of what began meanwhile less.

    ``told_until`` is until when reminders and escalations stood still as well, None where they went on.
    """
    for run in c.state.runs.values():
        timers = {name: at + moved(run, name, since, until, told_until) for name, at in run.timers.items()}
        follows = {run.timers[name]: at for name, at in timers.items()}
        run.timers = timers
        if run.deadline is not None:
            follows[run.deadline] = run.deadline = run.deadline + lost(since, until, run.opened_at)
        for task in c.state.tasks.values():
            # A task is due with its step, or with the one who is waited for in it.
            if task.step == run.step and task.due is not None:
                task.due = follows.get(task.due, task.due + lost(since, until, task.opened_at))
        if not c.state.clocks_stand:
            run.set_while_held.clear()


def moved(run: StepRun, name: str, since: datetime, until: datetime, told_until: datetime | None) -> timedelta:
    """By how much a timer moves."""
    if name in run.fixed:
        return timedelta()
    if name.startswith(TELLS):
        return timedelta() if told_until is None else lost(since, told_until, run.opened_at)
    return lost(since, until, run.set_while_held.get(name, run.opened_at))


def lost(since: datetime, until: datetime, began: datetime) -> timedelta:
    """How much of a stretch of time something lost that began before or in it."""
    return max(timedelta(), until - max(since, began))
