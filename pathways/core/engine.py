"""The doors of the core: each a pure function of (pathway, state, input, domain time) to the next state.

What is wanted of the world stands in the state: ``pending`` effects, ``children`` not started, ``due()``.
"""

from datetime import datetime
from typing import Any

from domain.acts import Act, Fact, Refusal
from domain.base import Json
from domain.clock import Clock
from domain.effects.notify import Tell, Told
from domain.effects.payment import Capture, Captured
from domain.effects.report import Report
from domain.pathway import Pathway
from domain.state import Answered, Child, ConsultationState, Pending, Start, StepRun
from pathways.core import acts, behind, consulting, doctors, emergency, ending, flow, handing, own, passing
from pathways.core.context import Context
from pathways.core.kind import kinds

CORE = frozenset({Tell.activity, Capture.activity, Report.activity})
"""Effects whose answers no kind waits for."""
KEPT = 500
"""Answered keys and seen facts that are remembered: the state must not grow without end, and nobody sends an id again
after so many others (the record of requests and the inbox know it for good)."""


def begin(pathway: Pathway, state: ConsultationState, now: datetime) -> ConsultationState:
    """Open the first steps; for a child, the step it runs."""
    c = copy(pathway, state, now)
    c.note("started")
    if c.state.root is None:
        flow.open_from(c, None, pathway.steps, 0, 1)
    else:
        flow.start(c, c.step(c.state.root), c.state.occurrences.get(c.state.root, 1))
    return settled(c)


def check(pathway: Pathway, state: ConsultationState, act: Act, now: datetime) -> None:
    """Judge an act without carrying it out. Reads only.

    Raises:
        Refusal: What stands against it, by everything that can be said before it is tried.
    """
    acts.judge(Context(pathway, state, now), act)


def act(pathway: Pathway, state: ConsultationState, act: Act, now: datetime) -> tuple[ConsultationState, Answered]:
    """Carry out an act, or record its refusal. The same act id gets its recorded answer again."""
    known = state.answered.get(act.id)
    if known is not None:
        return state, known
    c = copy(pathway, state, now)
    try:
        task, row, body = acts.judge(c, act)
        c.note(f"act.{act.action}", step=task.step if task else None, actor=act.actor.person, task=act.task)
        acts.perform(c, task, row, act, body)
        c = Context(pathway, settled(c), now)
    except Refusal as refusal:
        c = copy(pathway, state, now)
        answered = Answered(revision=c.state.revision, refusal={"code": refusal.code, **refusal.params})
    else:
        answered = Answered(revision=c.state.revision)
    keep(c.state.answered, act.id, answered)
    return c.state, answered


def fact(pathway: Pathway, state: ConsultationState, fact: Fact, now: datetime) -> ConsultationState:
    """Take what a machine reported, once; a fact of a past occurrence is recorded and moves nothing."""
    if fact.name in state.seen:
        return state
    c = copy(pathway, state, now)
    c.note("fact", step=fact.step, occurrence=fact.occurrence, source=fact.source)
    keep(c.state.seen, fact.name, c.state.revision)
    if fact.source == "clock":
        moved = Clock.model_validate(fact.body["clock"])
        if moved.real_anchor >= c.state.clock.real_anchor:
            c.state.clock = moved
    elif fact.source == "intake":
        if "content" in fact.body:
            c.state.address = {k: fact.body[k] for k in ("content", "sha256") if k in fact.body}
        emergency.open_emergency(c, str(fact.body.get("flag", "red_flag")), fact.step, by=None)
    elif fact.source == "child":
        behind.reported(c, fact)
    elif fact.source == behind.SOURCE:
        doctors.told(c, fact)
    else:
        deliver(c, c.state.runs.get(fact.step or ""), fact)
    return settled(c)


def settle(pathway: Pathway, state: ConsultationState, key: str, result: Json, now: datetime) -> ConsultationState:
    """An effect was done; ``result`` is its answer's JSON."""
    c = copy(pathway, state, now)
    pending = c.state.pending.pop(key, None)
    if pending is None:
        return state
    close_stuck(c, key)
    if key.startswith("undo:"):
        c.note("undone", step=pending.step, occurrence=pending.occurrence, effect=pending.effect)
        return settled(c)
    answer = own.effect_type(pending.effect).result.model_validate(result)
    if isinstance(answer, Told) and pending.effect == Tell.activity:
        if answer.people == 0:
            ending.unheard(c, pending)
    elif isinstance(answer, Captured) and pending.step is not None:
        c.state.outputs[pending.step]["receipt"] = answer.receipt
    elif pending.effect not in CORE and pending.step is not None and has_kind(c, pending.step):
        kind = c.kind(pending.step)
        run = c.state.runs.get(pending.step)
        if run is not None and run.occurrence == pending.occurrence:
            draft = c.draft(run)
            kind.settled(draft, pending, answer)
            flow.conclude(c, draft)
            if c.state.revision == state.revision:
                # The record must not go on showing as wanted what an open step already has.
                c.note("effect.done", step=pending.step, occurrence=pending.occurrence, effect=pending.effect)
        else:
            past = StepRun(step=pending.step, occurrence=pending.occurrence, opened_at=pending.since)
            kind.late(c.draft(past), pending, answer)
    return settled(c)


def give_up(pathway: Pathway, state: ConsultationState, key: str, error: str, now: datetime) -> ConsultationState:
    """An effect was refused, or not done in its patience: its kind decides, else a person does."""
    c = copy(pathway, state, now)
    pending = c.state.pending.get(key)
    if pending is None or pending.held:
        return state
    if pending.effect == Tell.activity:
        # A message that could not go out must never stop a consultation; the task it told of stands in the list.
        del c.state.pending[key]
        c.note("told.failed", step=pending.step, error=error)
        ending.unheard(c, pending)
        return settled(c)
    run = c.state.runs.get(pending.step or "")
    if run is not None and run.occurrence == pending.occurrence and not key.startswith("undo:"):
        draft = c.draft(run)
        del c.state.pending[key]
        if c.kind(run.step).gave_up(draft, pending, error):
            c.note("effect.given_up", step=run.step, occurrence=run.occurrence, effect=pending.effect, error=error)
            flow.conclude(c, draft)
            return settled(c)
        c.state.pending[key] = pending
    elif reads_only(pending) and not key.startswith("undo:"):
        # Nobody waits for the answer any more, and nothing was done that could be lost.
        del c.state.pending[key]
        c.note("effect.given_up", step=pending.step, occurrence=pending.occurrence, effect=pending.effect, error=error)
        return settled(c)
    own.hold(c, key, pending, error)
    if run is not None and run.occurrence == pending.occurrence and over(c, run):
        # Its deadline waited for this effect alone; a held one is waited for by a person's task, not by the step.
        draft = c.draft(run)
        c.kind(run.step).expired(draft)
        flow.conclude(c, draft)
    return settled(c)


def tick(pathway: Pathway, state: ConsultationState, now: datetime) -> ConsultationState:
    """Do all that is due by now, the earliest first."""
    c = copy(pathway, state, now)
    while (due := c.state.due()) is not None and due <= now:
        passing.one(c, due)
    return settled(c)


def cancelled(pathway: Pathway, state: ConsultationState, now: datetime) -> ConsultationState:
    """An administrator asked Temporal to cancel the run: the act 'cancelled by administrator'."""
    c = copy(pathway, state, now)
    c.note("act.cancel", by="administrator")
    ending.begin(c, "cancelled_by_us", by=None)
    return settled(c)


def child_start(pathway: Pathway, state: ConsultationState, child: Child, now: datetime) -> Start:
    """The start input of a step left behind."""
    return behind.start(pathway, state, child, now)


def child_started(pathway: Pathway, state: ConsultationState, workflow: str, now: datetime) -> ConsultationState:
    """A step left behind runs as a workflow of its own from now on."""
    c = copy(pathway, state, now)
    c.state.children[workflow].started = True
    return settled(c)


def copy(pathway: Pathway, state: ConsultationState, now: datetime) -> Context:
    """A context on a private copy of the state (by its own dump: three times faster than a deep copy)."""
    return Context(pathway, ConsultationState.model_validate(state.model_dump()), now)


def keep(known: dict[str, Any], key: str, value: Any) -> None:
    """Remember an id that was taken; of very many, the latest ones."""
    known[key] = value
    while len(known) > KEPT:
        del known[next(iter(known))]


def reads_only(pending: Pending) -> bool:
    """Whether an effect asks and changes nothing."""
    return bool(own.effect_type(pending.effect).reads)


def over(c: Context, run: StepRun) -> bool:
    """Whether the deadline of a step has passed already while the step was left open."""
    return run.deadline is None and c.step(run.step).within is not None


def settled(c: Context) -> ConsultationState:
    """The state after a door was used; an ending goes as far as it can."""
    emergency.know_address(c)
    handing.tidy(c)
    consulting.tidy(c)
    behind.tidy(c)
    ending.progress(c)
    return c.state


def has_kind(c: Context, step: str) -> bool:
    """Whether the step is of a kind with behaviour (not structure)."""
    return (step in c.pathway.index or c.state.inner is not None) and c.step(step).kind in kinds()


def deliver(c: Context, run: StepRun | None, fact: Fact) -> None:
    """Give a fact to the open occurrence it is about."""
    if run is None or run.halted or run.occurrence != fact.occurrence or not has_kind(c, run.step):
        return
    draft = c.draft(run)
    c.kind(run.step).fact(draft, fact)
    flow.conclude(c, draft)


def close_stuck(c: Context, key: str) -> None:
    """The task about a held effect closes when the effect is done after all."""
    for task in [t for t in c.state.tasks.values() if t.name == "stuck" and t.data.get("key") == key]:
        c.close_own_task(task.id)


__all__ = [
    "act", "begin", "cancelled", "check", "child_start", "child_started", "fact", "give_up", "settle", "tick",
]  # fmt: skip
