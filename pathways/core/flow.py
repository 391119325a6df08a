"""Which step comes next: opening, ending and jumping, and the structure kinds (``repeat`` has its turns in ``turns``).

The occurrence of a step is the turn of the repeat around it, counted over the whole consultation, so that every
key made of step and occurrence is made once.
"""

from domain.base import Json
from domain.effects.notify import Tell
from domain.pathway import Jump, Step
from domain.people import Owner, Role
from domain.state import Child, Status, StepRun
from pathways.conditions import ConditionFailed
from pathways.core import ending, turns
from pathways.core.conditions import holds
from pathways.core.context import Context
from pathways.core.draft import StepDraft
from pathways.core.kind import kinds

NEXT = Jump(to="next")


def open_from(c: Context, parent: str | None, steps: tuple[Step, ...], place: int, occurrence: int) -> None:
    """Open the first step of a sequence from a place on, or fall off its end."""
    if place >= len(steps):
        fell_off(c, parent, steps)
    else:
        open_step(c, steps[place], occurrence)


def open_step(c: Context, step: Step, occurrence: int) -> None:
    """Open one step, or pass it by when it is skipped or left behind."""
    left = not step.wait and c.state.root != step.id
    try:
        lawful = left_open(c, step)
    except ConditionFailed:
        halt(c, step, occurrence)
        return
    if not lawful:
        c.state.outputs[step.id] = {"outcome": "skipped"}
        c.note("step.skipped", step=step.id, occurrence=occurrence)
        proceed(c, step, NEXT, occurrence)
        return
    c.state.occurrences[step.id] = occurrence
    if left:
        workflow = f"{c.state.workflow}.{step.id}.{occurrence}"
        doctor = c.state.met_by or c.state.doctor
        c.state.children[workflow] = Child(
            workflow=workflow, step=step.id, occurrence=occurrence, doctor=doctor, told=doctor
        )
        c.state.outputs[step.id] = {"outcome": "left_behind"}
        c.note("step.left", step=step.id, occurrence=occurrence, child=workflow)
        proceed(c, step, NEXT, occurrence)
        return
    start(c, step, occurrence)


def left_open(c: Context, step: Step) -> bool:
    """Whether the step is to run: its condition holds and what it is ``of`` was not skipped."""
    of = step.fields.get("of")
    if isinstance(of, str) and c.state.outputs.get(of, {}).get("outcome", "skipped") == "skipped":
        return False
    return step.when is None or holds(c, step.id, step.when)


def start(c: Context, step: Step, occurrence: int) -> None:
    """Begin a step's run: its deadline, its reminders, then what its kind does."""
    calendar = c.pathway.calendar_of(step)
    forget_meeting(c, step)
    run = StepRun(
        step=step.id,
        occurrence=occurrence,
        opened_at=c.now,
        deadline=step.within.after(c.now, calendar) if step.within else None,
        timers={
            **{f"remind:{n}": span.after(c.now, calendar) for n, span in enumerate(step.remind)},
            **{f"escalate:{n}": rung.after.after(c.now, calendar) for n, rung in enumerate(step.escalate)},
        },
    )
    c.state.runs[step.id] = run
    c.note("step.opened", step=step.id, occurrence=occurrence)
    match step.kind:
        case "repeat":
            turns.begin(c, step, run)
        case "parallel":
            run.memory = {"open": sorted(step.branches)}
            for name in sorted(step.branches):
                if step.id in c.state.runs:
                    open_from(c, step.id, step.branches[name], 0, occurrence)
        case "end":
            del c.state.runs[step.id]
            ending.begin(c, str(step.fields["as"]), by=None)
        case _:
            draft = c.draft(run)
            c.kind(step.id).open(draft)
            conclude(c, draft)


def forget_meeting(c: Context, step: Step) -> None:
    """Another meeting begins: the one before is signed for, and this one will owe papers of its own (rule 4)."""
    if step.kind in kinds() and type(c.kind(step.id)).meets and c.state.signed:
        c.state.release_doctor()
        c.state.met_at, c.state.signed = None, False


def conclude(c: Context, draft: StepDraft) -> None:
    """After any call of a kind: raise its alarms; when it finished the step, end it and go on."""
    for role in draft.alarms:
        raise_alarm(c, draft.step, draft.run, role)
    draft.alarms.clear()
    if draft.finished is not None and draft.run.step in c.state.runs:
        outcome, outputs = draft.finished
        end_step(c, draft.step, outcome, outputs)


def end_step(c: Context, step: Step, outcome: str, outputs: dict[str, Json]) -> None:
    """A step has its outcome: keep its outputs, then follow its jump."""
    run = drop(c, step.id)
    c.state.outputs[step.id] = {**outputs, "outcome": outcome}
    c.note("step.ended", step=step.id, occurrence=run.occurrence, outcome=outcome)
    good = outcome == good_outcome(c, step)
    if step.alarm is not None and not good:
        raise_alarm(c, step, run, step.alarm)
    if c.state.status is not Status.OPEN:
        return
    if c.state.root == step.id:
        ending.begin(c, "completed", by=None)
    elif c.state.wish is not None and c.state.signed:
        ending.begin(c, c.state.wish, by=None)
    else:
        proceed(c, step, NEXT if good else step.then.get(outcome, NEXT), run.occurrence)


def good_outcome(c: Context, step: Step) -> str:
    """The outcome that falls to the next step."""
    if step.kind in ("repeat", "parallel"):
        return "done"
    kind = c.kind(step.id)
    return type(kind).outcomes(type(kind).fields.model_validate(step.fields))[0]


def raise_alarm(c: Context, step: Step, run: StepRun, role: Role) -> None:
    """A step that must not go wrong did: open a task for the role, tell the patient."""
    task = c.own_task("alarm", Owner(role=role), ("acknowledge",), step=step.id)
    for to, text in ((Owner(role=role), "alarm"), (Owner(patient=c.state.patient), "something_went_wrong")):
        c.ask(Tell, step=step.id, occurrence=run.occurrence, part=f"{text}.{task.occurrence}", to=to, text=text)


def drop(c: Context, step: str) -> StepRun:
    """Take a step's run and its open tasks out of the state."""
    run = c.state.runs.pop(step)
    for task in [t for t in c.state.tasks.values() if t.step == step]:
        del c.state.tasks[task.id]
    return run


def close(c: Context, step: str, outcome: str = "closed", **why: Json) -> None:
    """End an open step from outside, with everything open inside it."""
    for inside in [s for s in c.state.runs if s != step and is_inside(c, s, step)]:
        close(c, inside)
    run = c.state.runs.get(step)
    if run is None:
        return
    if c.step(step).kind not in ("repeat", "parallel") and not run.halted:
        c.kind(step).close(c.draft(run))
    drop(c, step)
    c.state.outputs[step] = {"outcome": outcome}
    c.note(f"step.{outcome}", step=step, occurrence=run.occurrence, **why)


def is_inside(c: Context, step: str, structure: str) -> bool:
    """Whether a step stands, at any depth, inside a structure."""
    parent = c.pathway.parents[step][0] if step in c.pathway.parents else None
    return parent is not None and (parent == structure or is_inside(c, parent, structure))


def proceed(c: Context, step: Step, jump: Jump, occurrence: int) -> None:
    """Follow a jump from a step that is over."""
    parent, steps, place = c.pathway.parents[step.id]
    match jump.to:
        case "next":
            open_from(c, parent, steps, place + 1, occurrence)
        case "go":
            place = next(n for n, other in enumerate(steps) if other.id == jump.target)
            open_from(c, parent, steps, place, occurrence)
        case "end":
            ending.begin(c, jump.target or "completed", by=None)
        case "again" | "leave":
            turns.over(c, turns.around(c, step.id), jump.to)


def fell_off(c: Context, parent: str | None, steps: tuple[Step, ...]) -> None:
    """A sequence is at its end: of the pathway, of a turn, or of a branch."""
    if parent is None:
        ending.begin(c, c.state.wish or "completed", by=None)
        return
    structure = c.pathway.index[parent]
    if structure.kind == "repeat":
        turns.over(c, structure, "done")
        return
    run = c.state.runs[parent]
    branch = next(name for name, inside in structure.branches.items() if inside is steps or inside == steps)
    run.memory["open"] = [name for name in run.memory["open"] if name != branch]
    if not run.memory["open"] or structure.fields.get("join") == "first":
        for inside in [s for s in c.state.runs if is_inside(c, s, parent)]:
            close(c, inside)
        end_step(c, structure, "done", {})


def halt(c: Context, step: Step, occurrence: int) -> None:
    """A condition could not be evaluated: never a branch. The step stands still until an administrator decides."""
    c.state.occurrences[step.id] = occurrence
    c.state.runs[step.id] = StepRun(step=step.id, occurrence=occurrence, opened_at=c.now, memory={"halted": True})
    c.note("step.halted", step=step.id, occurrence=occurrence)
    c.own_task("halted", Owner(role=Role.CLINIC_ADMIN), ("retry",), step=step.id, occurrence=occurrence)


def resume_halted(c: Context, step: str) -> None:
    """Try a halted step again."""
    run = c.state.runs.pop(step, None)
    if run is not None:
        open_step(c, c.step(step), run.occurrence)


def finish_meeting(c: Context) -> None:
    """After the meeting a cancel means 'finish': close what comes before the protocol and go on from there."""
    working = [s for s in c.state.runs if s in c.pathway.index and c.step(s).kind not in ("repeat", "parallel")]
    if any(c.step(step).kind in ("protocol", "signature") for step in working):
        return
    waiting = [s for s, run in c.state.runs.items() if run.next_turn is not None]
    for step in working or waiting or [c.pathway.steps[0].id]:
        found = protocol_after(c, step)
        if found is not None:
            parent, steps, place = found
            for other in [s for s in c.state.runs if parent is None or is_inside(c, s, parent)]:
                close(c, other)
            turn_number = c.state.occurrences.get(f"{parent}/turn", 1)
            open_from(c, parent, steps, place, turn_number)
            return
    if not working:
        # Nothing is open that could still lead to a protocol.
        ending.begin(c, "unsigned", by=None)


def protocol_after(c: Context, step: str) -> tuple[str | None, tuple[Step, ...], int] | None:
    """The nearest protocol that follows a step, in its own sequence or one around it, and its place there."""
    parent, steps, place = c.pathway.parents[step]
    for later in range(place, len(steps)):
        if steps[later].kind == "protocol":
            return parent, steps, later
    return None if parent is None else protocol_after(c, parent)


def ancestor(c: Context, step: str) -> str:
    """The top-level step a step stands in."""
    while (parent := c.pathway.parents[step][0]) is not None:
        step = parent
    return step
