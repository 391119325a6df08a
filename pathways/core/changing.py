"""An administrator changes the way of one consultation, with a reason: skips a step, moves a deadline, gives a task."""

from datetime import timedelta

from domain.acts import Act, Refusal
from domain.base import Code, Moment, Value
from domain.people import Actor
from domain.state import Status, StepRun
from domain.tasks import Task
from pathways.conditions import names
from pathways.core import emergency, flow, who
from pathways.core.context import Context
from pathways.core.kind import fields_of, kinds

LONGEST = timedelta(days=730)


class Skip(Value):
    """Which open step, and why."""

    step: str
    reason: Code


class Deadline(Value):
    """Another moment for an open step, and why."""

    step: str
    until: Moment
    reason: Code


class Assign(Value):
    """Who has a shared task from now on, and why. That he belongs to its owners the facade has seen in the record."""

    to: str
    reason: Code


def may_skip(c: Context, actor: Actor) -> None:
    """Where some open step can be skipped."""
    who.administers(c, actor)
    if not any(stands_against_skipping(c, step) is None for step in c.state.runs):
        raise Refusal("not_skippable")


def stands_against_skipping(c: Context, step: str) -> str | None:
    """Why an open step cannot be skipped, None where it can."""
    compiled = c.step(step)
    if compiled.kind not in kinds() or not type(c.kind(step)).may_be_skipped(fields_of(compiled)):
        return "not_skippable"
    read = {name.partition(".")[0] for other in c.pathway.index.values() if other.when for name in names(other.when)}
    return "step_is_read" if step in read else None


def skip(c: Context, _: None, act: Act, body: Skip) -> None:
    """Pass an open step by; what it has under way comes late and is taken back."""
    run = open_run(c, body.step)
    against = stands_against_skipping(c, body.step)
    if against is not None:
        raise Refusal(against, step=body.step)
    for task in [t for t in c.state.tasks.values() if t.name == "halted" and t.data.get("step") == body.step]:
        c.close_own_task(task.id)
    flow.close(c, body.step, "skipped", actor=act.actor.person, reason=body.reason)
    flow.proceed(c, c.step(body.step), flow.NEXT, run.occurrence)


def may_change_deadline(c: Context, actor: Actor) -> None:
    """In a consultation or a step left behind, where a clock runs that is not held back."""
    if not actor.is_(*who.ADMINISTERS):
        raise Refusal("not_yours")
    if c.state.status is not Status.OPEN:
        raise Refusal("closed")
    if c.state.paused is not None:
        raise Refusal("paused")
    if c.state.emergency is not None:
        raise Refusal("emergency_open")
    if all(run.deadline is None for run in c.state.runs.values()):
        raise Refusal("no_deadline")


def change_deadline(c: Context, _: None, act: Act, body: Deadline) -> None:
    """Another moment; the step's tasks follow it."""
    run = open_run(c, body.step)
    was = run.deadline
    if was is None:
        raise Refusal("no_deadline", step=body.step)
    who.ahead(c, body.until, LONGEST)
    run.deadline = body.until
    for task in c.state.tasks.values():
        if task.step == body.step and task.due == was:
            task.due = body.until
    c.note(
        "deadline.changed",
        step=run.step,
        occurrence=run.occurrence,
        actor=act.actor.person,
        reason=body.reason,
        was=was.isoformat(),
        until=body.until.isoformat(),
    )


def open_run(c: Context, step: str) -> StepRun:
    """The run of an open step.

    Raises:
        Refusal: ``no_such_step``.
    """
    run = c.state.runs.get(step)
    if run is None:
        raise Refusal("no_such_step", step=step)
    return run


def may_assign(c: Context, actor: Actor) -> None:
    """Whoever answers for how consultations go, also while one ends or runs beside."""
    if not actor.is_(*who.ADMINISTERS):
        raise Refusal("not_yours")


def assign(c: Context, task: Task, act: Act, body: Assign) -> None:
    """A colleague has the task now; whoever had it has it no more. A call back rings on until it is acknowledged."""
    task.claimed_by = body.to
    if task.name == "call_back":
        emergency.ring_again(c)
    c.note("task.assigned", actor=act.actor.person, task=task.id, to=body.to, reason=body.reason)
    c.tell(c.person(body.to), "task_waits")
