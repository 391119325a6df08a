"""Judging an act and carrying it out. The same rows tell what a caller may do now."""

from typing import Any

from pydantic import ValidationError

from domain.acts import Act, Refusal
from domain.base import Value
from domain.people import Actor
from domain.state import Status
from domain.tasks import Task
from pathways.core import flow, own
from pathways.core.context import Context


def judge(c: Context, act: Act) -> tuple[Task | None, Any, Value]:
    """Everything that can be said against an act before it is tried; else its task, row and typed body."""
    if act.actor.clinic != c.state.clinic:
        raise Refusal("not_yours")
    if c.state.status is Status.CLOSED:
        raise Refusal("closed")
    if act.task is None:
        row: Any = own.OWN.get(act.action)
        if row is None:
            raise Refusal("no_such_action", action=act.action)
        row.guard(c, act.actor)
        return None, row, read(row.body, act)
    task = c.state.tasks.get(act.task)
    if task is None:
        raise Refusal("too_late" if was_open(c, act.task) else "no_such_task", task=act.task)
    if not task.shown_to(act.actor) and act.action not in own.OVERSEES:
        raise Refusal("not_yours")
    if task.claimed_by not in (None, act.actor.person) and act.action not in {"release", *own.OVERSEES}:
        raise Refusal("claimed_by_other")
    row = row_of(c, task, act.action)
    guard(c, task, row, act.actor)
    return task, row, read(row.body, act)


def row_of(c: Context, task: Task, action: str) -> Any:
    """The row of the table an action on this task stands in.

    Raises:
        Refusal: ``no_such_action``.
    """
    # Only what several share is claimed: nobody takes a doctor's own duty away, and a pool's claim is the seat.
    found: Any = own.ANY_TASK.get(action) if task.owner.role is not None else None
    if found is None and action in task.actions:
        if task.step is None:
            found = own.OWN_TASKS[task.name].get(action)
        else:
            found = type(c.kind(task.step)).actions().get(action)
    if found is None:
        raise Refusal("no_such_action", action=action)
    return found


def guard(c: Context, task: Task, row: Any, actor: Actor) -> None:
    """Ask a row's guard, whichever table it stands in. In a pause nobody acts on a step."""
    if c.state.paused is not None and task.step is not None:
        raise Refusal("paused")
    if isinstance(row, own.Row):
        row.guard(c, actor)
    elif row.guard is not None and task.step is not None:
        row.guard(c.kind(task.step), c.draft(c.state.runs[task.step]), task, actor)


def perform(c: Context, task: Task | None, row: Any, act: Act, body: Value) -> None:
    """Carry out a judged act."""
    if isinstance(row, own.Row):
        row.do(c, task, act, body)
    elif task is not None and task.step is not None:
        draft = c.draft(c.state.runs[task.step])
        row.do(c.kind(task.step), draft, task, act, body)
        flow.conclude(c, draft)


def read(model: type[Value], act: Act) -> Value:
    """The act's body as its typed value.

    Raises:
        Refusal: ``bad_body`` with the field; never with what was written in it.
    """
    try:
        return model.model_validate(act.body)
    except ValidationError as error:
        raise Refusal("bad_body", field=".".join(str(part) for part in error.errors()[0]["loc"])) from None


def was_open(c: Context, task: str) -> bool:
    """Whether a task id belongs to an occurrence that was open once."""
    step, occurrence, *_ = *task.rsplit(".", 2), ""
    last = c.state.counter if step == "_" else c.state.occurrences.get(step, 0)
    return occurrence.isdecimal() and 0 < int(occurrence) <= last


def allowed(c: Context, task: Task, actor: Actor) -> tuple[str, ...]:
    """What this actor may do with an open task now."""
    found = []
    own_actions = task.actions if task.admits(actor) else ()
    shared = ("release" if task.claimed_by else "claim",) if task.shown_to(actor) else ()
    for action in (*own_actions, *shared, *own.OVERSEES):
        try:
            guard(c, task, row_of(c, task, action), actor)
        except Refusal:
            continue
        found.append(action)
    return tuple(found)


def allowed_own(c: Context, actor: Actor) -> tuple[str, ...]:
    """What this actor may do with the consultation itself now."""
    found = []
    for action, row in own.OWN.items():
        try:
            row.guard(c, actor)
        except Refusal:
            continue
        found.append(action)
    return tuple(found)
