"""Time passes: deadlines, reminders, escalations and the timers kinds set, one at a time, the earliest first."""

from datetime import datetime

from domain.effects.notify import Tell
from domain.people import Owner
from domain.state import TURN, Status, StepRun
from pathways.core import emergency, flow, handing, pausing, turns
from pathways.core.context import Context

STRUCTURE = frozenset({"repeat", "parallel", "end"})


def one(c: Context, due: datetime) -> None:
    """Do the one thing that is due at a moment."""
    state = c.state
    if state.hand_over is not None and state.hand_over.until <= due and state.status is Status.OPEN:
        handing.time_is_up(c)
        return
    if state.paused is not None:
        if state.paused.until <= due:
            pausing.over(c, due)
            return
    elif state.status is Status.OPEN:
        for run in state.runs.values():
            for name, at in list(run.timers.items()):
                if at <= due and not state.rests(run, name):
                    del run.timers[name]
                    fire(c, run, name)
                    return
            if run.deadline is not None and run.deadline <= due and not state.holds_deadlines:
                expire(c, run)
                return
    emergency.escalate(c)


def fire(c: Context, run: StepRun, name: str) -> None:
    """A timer of a step: a reminder, an escalation, or one the kind set."""
    what, _, number = name.partition(":")
    step = c.step(run.step)
    tasks = [t for t in c.state.tasks.values() if t.step == run.step]
    if name in run.fixed:
        run.fixed.remove(name)
    if name == TURN and step.kind == "repeat":
        turns.open_turn(c, step, run)
    elif what == "remind":
        for task in tasks:
            part = f"remind.{number}.{task.name}"
            c.ask(Tell, step=run.step, occurrence=run.occurrence, part=part, to=task.owner, text="task_waits")
        c.note("step.reminded", step=run.step, occurrence=run.occurrence)
    elif what == "escalate":
        who = escalation_owner(c, step.escalate[int(number)].who)
        for task in tasks:
            if who != task.owner and who not in task.also and task.owner.patient is None:
                task.also = (*task.also, who)
        part = f"escalate.{number}"
        c.ask(Tell, step=run.step, occurrence=run.occurrence, part=part, to=who, text="task_escalated", urgent=True)
        c.note("step.escalated", step=run.step, occurrence=run.occurrence, to=step.escalate[int(number)].who)
    else:
        draft = c.draft(run)
        c.kind(run.step).timer(draft, name)
        flow.conclude(c, draft)


def escalation_owner(c: Context, who: str) -> Owner:
    """Whom an escalation names: the assigned doctor, or a role."""
    if who == "doctor" and c.state.doctor is not None:
        return Owner(person=c.state.doctor)
    return Owner.model_validate({"role": who})


def expire(c: Context, run: StepRun) -> None:
    """``within`` is over. A kind may stay open beyond it: nothing hangs up a live call."""
    step = c.step(run.step)
    run.deadline = None
    c.note("step.expired", step=run.step, occurrence=run.occurrence)
    if step.kind in STRUCTURE:
        for inside in [s for s in c.state.runs if s != step.id and flow.is_inside(c, s, step.id)]:
            flow.close(c, inside)
        flow.end_step(c, step, "timed_out", {})
        return
    draft = c.draft(run)
    c.kind(run.step).expired(draft)
    flow.conclude(c, draft)
