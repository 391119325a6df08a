"""What a caller sees of a consultation: the one function for the workflow's answers and the facade's reads.

It names stages, duties and allowed actions; a task's ``data`` is shown only to those it is for.
"""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from domain.base import Code, Json, Text, Value
from domain.pathway import Pathway
from domain.people import Actor
from domain.state import ConsultationState, Status, StepRun
from domain.tasks import Task
from pathways import words
from pathways.core.acts import allowed, allowed_own
from pathways.core.context import Context
from pathways.core.kind import kinds


class TaskView(Value):
    """An open duty: who must act, what, until when; ``actions`` are the caller's own."""

    id: str
    workflow: str
    name: Code
    title: str
    step: str | None
    occurrence: int
    who: str
    due: datetime | None
    claimed_by: str | None
    yours: bool
    actions: tuple[str, ...]
    form: str | None = None
    data: dict[str, Json] = {}


class Stage(Value):
    """A step that is open now."""

    step: str
    kind: str
    title: str
    since: datetime
    until: datetime | None
    next_turn: datetime | None = None
    """Of a repeat between its turns: when the next one begins."""


class Message(Value):
    """What the clinic wrote to the caller by a ``notify`` step."""

    step: str
    title: str
    body: str
    at: datetime


class Paused(Value):
    """The consultation is held back."""

    reason: Code
    until: datetime


class HandingOver(Value):
    """A doctor hands the consultation over: ``offered`` to the colleague, or ``accepted`` and put to the patient."""

    stage: Literal["offered", "accepted"]
    giver: str
    taker: str
    until: datetime


class View(Value):
    """A consultation as one caller sees it, at one revision."""

    consultation: str
    workflow: str
    pathway: Code
    version: int
    title: str
    status: Status
    stages: tuple[Stage, ...]
    tasks: tuple[TaskView, ...]
    actions: tuple[str, ...]
    end: str | None
    end_title: str | None
    offer: str | None
    doctor: str | None
    emergency: str | None
    """What to do now, when an emergency is open."""
    paused: Paused | None
    hand_over: HandingOver | None
    messages: tuple[Message, ...]
    left_behind: dict[str, str | None]
    """Steps that run on their own, by workflow, with their outcome once there is one."""
    started_at: datetime
    ended_at: datetime | None
    epoch: int
    revision: int


def view(
    pathway: Pathway, state: ConsultationState, actor: Actor, language: str = "ru", *, now: datetime | None = None
) -> View:
    """A consultation as this actor may see it at a moment (domain time; the clock's anchor where none is given)."""
    # Guards only read, so the state itself serves: no copy.
    c = Context(pathway, state, now or state.clock.anchor)
    end = pathway.ends.get(state.end or "")
    return View(
        consultation=state.consultation,
        workflow=state.workflow,
        pathway=pathway.code,
        version=pathway.version,
        title=pathway.title.in_(language),
        status=state.status,
        stages=stages(c, language),
        tasks=tuple(task_view(c, task, actor, language) for task in state.tasks.values()),
        actions=allowed_own(c, actor),
        end=state.end,
        end_title=words.ENDS[state.end].in_(language) if state.end in words.ENDS else state.end,
        offer=end.offer if end else None,
        doctor=state.doctor,
        emergency=words.EMERGENCY.in_(language) if state.emergency else None,
        paused=None if state.paused is None else Paused(reason=state.paused.reason, until=state.paused.until),
        hand_over=handing_over(state),
        messages=messages(c, actor, language),
        left_behind={child.workflow: child.outcome for child in state.children.values()},
        started_at=state.started_at,
        ended_at=state.ended_at,
        epoch=state.epoch,
        revision=state.revision,
    )


def task_view(c: Context, task: Task, actor: Actor, language: str) -> TaskView:
    """One open duty as this actor may see it."""
    shown = task.shown_to(actor)
    return TaskView(
        id=task.id,
        workflow=c.state.workflow,
        name=task.name,
        title=task_title(c, task, language),
        step=task.step,
        occurrence=task.occurrence,
        who=words.who(task.owner, language, c.state.payer),
        due=task.due,
        claimed_by=task.claimed_by,
        yours=shown,
        actions=allowed(c, task, actor),
        form=task.form if shown else None,
        data=task.data if shown else {},
    )


def task_title(c: Context, task: Task, language: str) -> str:
    """What the duty is called."""
    titles = words.OWN_TASKS if task.step is None else type(c.kind(task.step)).task_titles
    found = next((text for name, text in titles.items() if task.name == name or task.name.startswith(f"{name}_")), None)
    return found.in_(language) if found else task.name


def stages(c: Context, language: str) -> tuple[Stage, ...]:
    """The open steps that people are in, and repeats between their turns (other structure is no stage)."""
    return tuple(
        Stage(
            step=run.step,
            kind=c.step(run.step).kind,
            title=stage_title(c, run).in_(language),
            since=run.opened_at,
            until=run.deadline,
            next_turn=run.next_turn,
        )
        for run in c.state.runs.values()
        if c.step(run.step).kind in kinds() or run.next_turn is not None or run.halted
    )


def stage_title(c: Context, run: StepRun) -> Text:
    """What the stage is called."""
    if run.halted:
        return words.STOPPED
    return words.NEXT_TURN if run.next_turn is not None else type(c.kind(run.step)).title


def handing_over(state: ConsultationState) -> HandingOver | None:
    """The hand-over under way."""
    offer = state.hand_over
    if offer is None:
        return None
    stage: Literal["offered", "accepted"] = "offered" if offer.accepted_at is None else "accepted"
    return HandingOver(stage=stage, giver=offer.giver, taker=offer.taker, until=offer.until)


def messages(c: Context, actor: Actor, language: str) -> tuple[Message, ...]:
    """What ``notify`` steps said, the last of each, to whom it is for."""
    found = []
    for step, outputs in c.state.outputs.items():
        text = c.pathway.texts.get(str(outputs.get("text")))
        if text is None or step not in c.pathway.index or not is_for(c, c.step(step).fields.get("to"), actor):
            continue
        title, body = (Text.model_validate(text.content[part]).in_(language) for part in ("title", "body"))
        found.append(Message(step=step, title=title, body=body, at=outputs["at"]))
    return tuple(sorted(found, key=lambda message: message.at))


def is_for(c: Context, to: Json, actor: Actor) -> bool:
    """Whether a message is for this actor: the patient's side, the doctor, or a role."""
    if to == "patient":
        return actor.patient == c.state.patient
    if to == "doctor" and c.state.doctor is not None:
        return actor.person == c.state.doctor
    return to in {role.value for role in actor.roles}


def details(pathway: Pathway, state: ConsultationState, language: str = "ru") -> str:
    """The current details an administrator reads in Temporal UI, as Markdown: where, who must act, until when."""
    c = Context(pathway, state, state.clock.anchor)
    say = {name: text.in_(language) for name, text in words.DETAILS.items()}
    lines = [f"### {pathway.title.in_(language)}", ""]
    if state.emergency is not None:
        lines += [f"**{say['emergency']}**", ""]
    if state.paused is not None:
        paused = f"{words.UNTIL.in_(language)} {local(state, state.paused.until)} (`{state.paused.reason}`)"
        lines += [f"**{say['paused']}** {paused}", ""]
    if state.end is not None:
        title = words.ENDS[state.end].in_(language) if state.end in words.ENDS else state.end
        closing = "" if state.status is Status.CLOSED else f" ({words.ENDING.in_(language)})"
        lines += [f"**{say['end']}:** {title}{closing}", ""]
    now_in = stages(c, language)
    for stage in now_in:
        when = ((words.UNTIL, stage.until), (words.BEGINS, stage.next_turn))
        times = "".join(f", {word.in_(language)} {local(state, at)}" for word, at in when if at)
        lines.append(f"**{say['stage']}:** {stage.title} (`{stage.step}`){times}")
    if state.hand_over is not None:
        lines.append(f"**{say['hand_over']}**, {words.UNTIL.in_(language)} {local(state, state.hand_over.until)}")
    if state.tasks:
        lines += ["", row(say["who"], say["what"], say["until"]), "|:--|:--|:--|"]
        lines += [
            row(words.who(task.owner, language, state.payer), task_title(c, task, language), local(state, task.due))
            for task in state.tasks.values()
        ]
    elif state.status is not Status.CLOSED and not any(stage.next_turn for stage in now_in):
        lines += ["", words.NOBODY.in_(language)]
    doing = sorted({f"`{p.effect}`" for p in state.pending.values() if not p.held})
    if doing:
        lines += ["", f"{say['doing']}: " + ", ".join(doing)]
    running = sorted(child.workflow for child in state.children.values() if child.outcome is None)
    if running:
        lines += ["", f"{say['left']}: " + ", ".join(f"`{workflow}`" for workflow in running)]
    return "\n".join(lines)


def row(*cells: str) -> str:
    """A row of a Markdown table. Temporal UI sets no space between columns, so the cells bring their own."""
    return "|" + "|".join(f" {cell}{APART} " for cell in cells) + "|"


APART = "\u00a0" * 4


def local(state: ConsultationState, at: datetime | None) -> str:
    """A moment in the consultation's zone, short."""
    return at.astimezone(ZoneInfo(state.zone)).strftime("%d.%m %H:%M") if at else ""
