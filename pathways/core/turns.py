"""The turns of a ``repeat``: at once one after another, or with ``every`` each at its local hour.

With ``every`` the turns stand in a rhythm of days counted from the first one's day. Turns never overlap: one whose
time came while the turn before still ran (or while a pause or an emergency held it) begins as soon as it can, and the
next is the next of the rhythm after that.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from domain.base import Json
from domain.pathway import Step
from domain.state import TURN, StepRun
from pathways.core import flow
from pathways.core.context import Context

DAY = timedelta(days=1)


def begin(c: Context, repeat: Step, run: StepRun) -> None:
    """A repeat is opened: its first turn, now or at its time."""
    run.memory = {"turns": 0, "missed": 0, "missed_in_a_row": 0}
    following(c, repeat, run)


def following(c: Context, repeat: Step, run: StepRun) -> None:
    """The next turn, now or at its time."""
    if not timed(repeat):
        open_turn(c, repeat, run)
        return
    c.state.outputs[repeat.id] = counts(run)
    at = next_time(c, repeat, run)
    if at > c.now or c.state.paused is not None or c.state.holds_deadlines:
        run.timers[TURN] = at
        run.fixed = [TURN]
        c.note("turn.awaited", step=repeat.id, occurrence=run.occurrence, at=at.isoformat())
    else:
        open_turn(c, repeat, run)


def timed(repeat: Step) -> bool:
    """Whether each turn has its time."""
    return repeat.fields.get("every") is not None


def open_turn(c: Context, repeat: Step, run: StepRun) -> None:
    """Begin the next turn."""
    run.memory["turns"] += 1
    if timed(repeat):
        run.memory["opened"] = c.now.isoformat()
    number = c.state.occurrences.get(f"{repeat.id}/turn", 0) + 1
    c.state.occurrences[f"{repeat.id}/turn"] = number
    # Readable inside the turn as well; the outcome comes with the repeat's end.
    c.state.outputs[repeat.id] = counts(run)
    c.note("turn.opened", step=repeat.id, occurrence=number)
    flow.open_from(c, repeat.id, repeat.steps, 0, number)


def over(c: Context, repeat: Step, how: Literal["done", "again", "leave"]) -> None:
    """A turn is over: it fell off its end, was missed (``again``) or left the repeat."""
    run = c.state.runs[repeat.id]
    missed = how == "again"
    run.memory["missed"] += missed
    run.memory["missed_in_a_row"] = run.memory["missed_in_a_row"] + 1 if missed else 0
    for inside in [s for s in c.state.runs if flow.is_inside(c, s, repeat.id)]:
        flow.close(c, inside)
    if how == "leave" or (how == "done" and not timed(repeat)):
        flow.end_step(c, repeat, "done", counts(run))
    elif run.memory["turns"] < int(repeat.fields["times"]):
        following(c, repeat, run)
    else:
        flow.end_step(c, repeat, "done" if timed(repeat) else "exhausted", counts(run))


def counts(run: StepRun) -> dict[str, Json]:
    """What conditions may read of a repeat."""
    return {"count": run.memory["turns"], **{k: run.memory[k] for k in ("missed", "missed_in_a_row")}}


def around(c: Context, step: str) -> Step:
    """The nearest repeat around a step."""
    parent = c.pathway.parents[step][0]
    while parent is not None and c.pathway.index[parent].kind != "repeat":
        parent = c.pathway.parents[parent][0]
    return c.pathway.index[parent or ""]


def next_time(c: Context, repeat: Step, run: StepRun) -> datetime:
    """When the next turn is due: the first one at the next such hour, a later one in the rhythm of the first."""
    every = repeat.fields["every"]
    hour, zone = time.fromisoformat(every["at"]), ZoneInfo(c.state.zone)
    if "opened" not in run.memory:
        day = c.now.astimezone(zone).date() - DAY
        while (at := moment(day, hour, zone)) < c.now:
            day += DAY
        run.memory["first"] = day.isoformat()
        return at
    first, opened = date.fromisoformat(run.memory["first"]), datetime.fromisoformat(run.memory["opened"])
    step = timedelta(days=int(every["days"]))
    day = first + max(0, (opened.astimezone(zone).date() - first) // step) * step
    while (at := moment(day, hour, zone)) <= opened:
        day += step
    return at


def moment(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """A local hour of a day as a moment. One that the clocks skip comes as much later, one that they show twice first.

    In UTC, because aware moments of one zone are compared by their wall clocks.
    """
    return datetime.combine(day, hour, zone).astimezone(UTC)
