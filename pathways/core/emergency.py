"""A red flag never ends contact: it opens a call back, rings one role after another, and a person's record ends it."""

from typing import Literal

from domain.acts import Act, Refusal
from domain.base import Value
from domain.effects.notify import Tell
from domain.people import Owner
from domain.state import Emergency, Status
from domain.tasks import Task
from pathways.core import clocks, ending
from pathways.core.context import Context


class Record(Value):
    """What a named person wrote of what was done: content by id and digest, and the verdict."""

    content: str
    sha256: str
    verdict: Literal["real", "false_alarm"]


def open_emergency(c: Context, flag: str, step: str | None, by: str | None) -> None:
    """Open the call back, once: a second flag while one is open is noted and rings nobody anew."""
    if c.state.emergency is not None:
        c.note("emergency.flagged_again", step=step, actor=by, flag=flag)
        return
    if c.state.status is Status.CLOSED:
        # Its run is not over yet, or it could not have heard: a red flag is never too late.
        c.state.status = Status.ENDING
    plan = c.pathway.emergency
    c.state.emergency = Emergency(flag=flag, opened_at=c.now, step=step)
    c.note("emergency.opened", step=step, actor=by, flag=flag)
    task = c.own_task(
        "call_back", Owner(role=plan.call_back), ("acknowledge", "record"), flag=flag, address=c.state.address
    )
    task.due = plan.within.after(c.now, None)
    c.state.emergency.escalate_at = task.due
    ring(c, Owner(role=plan.call_back))


def ring(c: Context, to: Owner) -> None:
    """Ring a role; each ring is an effect of its own."""
    emergency = c.state.emergency
    if emergency is not None:
        emergency.rung.append(to.role or "")
        part = f"{int(emergency.opened_at.timestamp())}.{len(emergency.rung)}"
        c.ask(Tell, step=None, occurrence=1, part=part, to=to, text="call_back_now", urgent=True)


def ring_again(c: Context) -> None:
    """Whoever had taken the call back gave it back: the ringing goes on."""
    if c.state.emergency is not None:
        c.state.emergency.acknowledged_by = None
        c.state.emergency.escalate_at = c.pathway.emergency.within.after(c.now, None)


def know_address(c: Context) -> None:
    """An address that came after the flag is shown to who calls back."""
    task = call_back(c) if c.state.emergency is not None else None
    if task is not None and task.data.get("address") != c.state.address:
        task.data = {**task.data, "address": c.state.address}
        c.note("task.changed", task=task.id)


def escalate(c: Context) -> None:
    """Nobody acknowledged in time: the next role, again and again until somebody does."""
    emergency, plan = c.state.emergency, c.pathway.emergency
    task = call_back(c)
    if emergency is None or task is None:
        return
    other = Owner(role=plan.otherwise)
    if other not in task.also:
        task.also = (*task.also, other)
    # Who only claimed it has not answered: the next one must be able to.
    task.claimed_by = None
    emergency.escalate_at = plan.within.after(c.now, None)
    c.note("emergency.escalated", to=plan.otherwise)
    ring(c, other)


def call_back(c: Context) -> Task | None:
    """The open call back task."""
    return next((t for t in c.state.tasks.values() if t.name == "call_back"), None)


def acknowledge(c: Context, task: Task, act: Act, _: Value) -> None:
    """A named person takes the call back; the ringing stops."""
    if c.state.emergency is not None:
        c.state.emergency.acknowledged_by = act.actor.person
        c.state.emergency.escalate_at = None
        task.claimed_by = act.actor.person


def record(c: Context, task: Task, act: Act, body: Record) -> None:
    """What was done ends the emergency: ``real`` ends the consultation, ``false_alarm`` gives the time back.

    Raises:
        Refusal: ``no_such_task`` where none is open.
    """
    emergency = c.state.emergency
    if emergency is None:
        raise Refusal("no_such_task", task=task.id)
    since = emergency.opened_at
    c.state.emergency = None
    c.close_own_task(task.id)
    c.note("emergency.recorded", actor=act.actor.person, verdict=body.verdict, content=body.content)
    if body.verdict == "real":
        ending.begin(c, "emergency", by=act.actor.person)
        return
    # While it was open the clocks of the steps stood still; what a pause around it took, the pause gives back.
    if c.state.paused is None:
        clocks.give_back(c, since, c.now)
