"""A consultation is held back with a reason until a moment: deadlines rest, steps are closed to acts.

Emergency, cancel, withdrawal, facts and the consultation's own tasks go on; a live call is not cut.
"""

from datetime import datetime, timedelta
from typing import Any

from domain.acts import Act, Refusal
from domain.base import Code, Moment, Value
from domain.people import Actor
from domain.state import Pause
from pathways.core import clocks, seats, who
from pathways.core.context import Context
from pathways.core.kind import kinds

LONGEST = timedelta(days=30)


class PauseBody(Value):
    """Why, and until when at the latest."""

    reason: Code
    until: Moment


def may_pause(c: Context, actor: Actor) -> None:
    """Once at a time, and never over an emergency, an ending or a live call."""
    who.administers(c, actor)
    if c.state.paused is not None:
        raise Refusal("paused")
    if c.state.wish is not None:
        raise Refusal("already_ending")
    if c.state.emergency is not None:
        raise Refusal("emergency_open")
    if call_is_live(c):
        raise Refusal("call_is_live")


def call_is_live(c: Context) -> bool:
    """Whether doctor and patient are in the middle of a live meeting."""
    live = (c.step(run.step).kind in kinds() and type(c.kind(run.step)).live for run in c.state.runs.values())
    return c.state.met_at is not None and any(live)


def pause(c: Context, _: None, act: Act, body: PauseBody) -> None:
    """Hold the consultation back."""
    who.ahead(c, body.until, LONGEST)
    c.state.paused = Pause(by=act.actor.person, reason=body.reason, since=c.now, until=body.until)
    c.note("paused", actor=act.actor.person, reason=body.reason, until=body.until.isoformat())
    # A pause may last for weeks: it keeps the doctor from no other patient.
    seats.free(c.state, c.now)
    tell_both(c, "consultation_paused")


def may_resume(c: Context, actor: Actor) -> None:
    """Whoever may pause may resume, whoever paused."""
    who.administers(c, actor)
    if c.state.paused is None:
        raise Refusal("not_paused")


def resume(c: Context, _: None, act: Act, __: Any) -> None:
    """Go on before the time."""
    over(c, c.now, by=act.actor.person)


def over(c: Context, at: datetime, by: str | None = None, *, told: bool = True) -> None:
    """The pause is over: its time is given back, but what an emergency stopped since is the emergency's to give."""
    paused, emergency = c.state.paused, c.state.emergency
    if paused is None:
        return
    c.state.paused = None
    until = at if emergency is None else min(at, emergency.opened_at)
    clocks.give_back(c, paused.since, until, told_until=at)
    c.note("resumed", actor=by)
    if told:
        tell_both(c, "consultation_resumed")


def tell_both(c: Context, text: str) -> None:
    """Tell the patient, and the doctor where there is one."""
    c.tell(c.patient, text)
    if c.state.doctor is not None:
        c.tell(c.person(c.state.doctor), text)
