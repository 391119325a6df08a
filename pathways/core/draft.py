"""The step as its kind sees it: one open occurrence, and the few things a kind may do with the world."""

from datetime import datetime
from typing import Any

from domain.acts import Refusal
from domain.base import Json
from domain.calendar import Calendar, Span
from domain.effects import Effect
from domain.pathway import Pathway, Step
from domain.people import Owner, Role
from domain.state import Child, ConsultationState, Pending, StepRun, Transition, Undo
from domain.tasks import Task
from pathways.core.kind import fields_of


def note(
    state: ConsultationState,
    now: datetime,
    code: str,
    *,
    step: str | None = None,
    occurrence: int | None = None,
    actor: str | None = None,
    **detail: Json,
) -> None:
    """Raise the revision and keep one transition for the record."""
    state.revision += 1
    state.transitions.append(
        Transition(
            revision=state.revision,
            at=now,
            code=code,
            step=step,
            occurrence=occurrence,
            actor=actor,
            detail=detail,
        )
    )


def ask(
    state: ConsultationState,
    now: datetime,
    effect: type[Effect],
    *,
    step: str | None,
    occurrence: int,
    part: str = "",
    **fields: Any,
) -> str:
    """Ask the world for an effect: it stands in ``state.pending`` until settled. Asking twice is asking once.

    Returns the idempotency key.
    """
    value = effect(
        clinic=state.clinic,
        consultation=state.consultation,
        workflow=state.workflow,
        step=step,
        occurrence=occurrence,
        part=part,
        at=now,
        epoch=state.epoch,
        revision=state.revision,
        **fields,
    )
    if value.key not in state.pending:
        state.pending[value.key] = Pending(
            effect=effect.activity,
            body=value.model_dump(mode="json"),
            step=step,
            occurrence=occurrence,
            since=now,
        )
    return value.key


def step_of(pathway: Pathway, state: ConsultationState, step: str) -> Step:
    """A step by id: the pathway's, or the internal one this child runs."""
    if state.inner is not None and state.inner.id == step:
        return state.inner
    return pathway.index[step]


class StepDraft:
    """One open occurrence of a step.

    ``memory`` is the kind's own, kept in the state: JSON, ids and codes only. ``now`` is domain time.
    """

    def __init__(self, pathway: Pathway, state: ConsultationState, run: StepRun, now: datetime) -> None:
        self.pathway = pathway
        self.state = state
        self.run = run
        self.now = now
        self.finished: tuple[str, dict[str, Json]] | None = None
        self.alarms: list[Role] = []
        self.former: str | None = None
        """Inside ``Kind.doctor_changed``: who was the doctor until now."""

    @property
    def step(self) -> Step:
        """The step as compiled."""
        return step_of(self.pathway, self.state, self.run.step)

    @property
    def fields(self) -> Any:
        """The step's own fields, typed by its kind."""
        return fields_of(self.step)

    @property
    def memory(self) -> dict[str, Json]:
        """What the kind keeps between its calls."""
        return self.run.memory

    @property
    def calendar(self) -> Calendar | None:
        """The calendar that ``working`` spans are counted in: the pool's, else the clinic's."""
        return self.pathway.calendar_of(self.step)

    def task(
        self,
        name: str,
        owner: Owner,
        actions: tuple[str, ...],
        *,
        due: datetime | None = None,
        form: str | None = None,
        **data: Json,
    ) -> Task:
        """Open a task; ``due`` is the step's deadline unless told otherwise. Opening an open one changes its data."""
        id_ = f"{self.run.step}.{self.run.occurrence}.{name}"
        task = Task(
            id=id_,
            name=name,
            step=self.run.step,
            occurrence=self.run.occurrence,
            owner=owner,
            actions=actions,
            form=form,
            opened_at=self.now,
            due=due or self.run.deadline,
            data=data,
        )
        known = self.state.tasks.get(id_)
        if known is not None:
            task = task.model_copy(
                update={"opened_at": known.opened_at, "claimed_by": known.claimed_by, "also": known.also}
            )
        self.state.tasks[id_] = task
        self.note("task.opened" if known is None else "task.changed", task=id_)
        return task

    def close_task(self, name: str) -> None:
        """Close a task of this occurrence; a closed one is fine."""
        id_ = f"{self.run.step}.{self.run.occurrence}.{name}"
        if self.state.tasks.pop(id_, None) is not None:
            self.note("task.closed", task=id_)

    def ask(self, effect: type[Effect], part: str = "", **fields: Any) -> str:
        """Ask the world for an effect of this occurrence; its answer comes to ``Kind.settled``."""
        return ask(
            self.state,
            self.now,
            effect,
            step=self.run.step,
            occurrence=self.run.occurrence,
            part=part,
            **fields,
        )

    def undo(self, effect: type[Effect], part: str = "", **fields: Any) -> None:
        """Remember what takes back something done, should the consultation end badly; last in, first out."""
        value = effect(
            clinic=self.state.clinic,
            consultation=self.state.consultation,
            workflow=self.state.workflow,
            step=self.run.step,
            occurrence=self.run.occurrence,
            part=part,
            at=self.now,
            epoch=self.state.epoch,
            revision=self.state.revision,
            **fields,
        )
        self.state.undos.append(
            Undo(
                effect=effect.activity,
                body=value.model_dump(mode="json"),
                step=self.run.step,
                occurrence=self.run.occurrence,
            )
        )

    def drop_undo(self, effect: type[Effect]) -> None:
        """What this occurrence did is no longer to be taken back."""
        self.state.undos = [
            undo
            for undo in self.state.undos
            if (undo.effect, undo.step, undo.occurrence) != (effect.activity, self.run.step, self.run.occurrence)
        ]

    def finish(self, outcome: str, **outputs: Json) -> None:
        """End the step. Its tasks close and its timers go; the core decides what comes next after this call."""
        self.finished = (outcome, outputs)

    def alarm(self, role: Role) -> None:
        """Have a role see to what went wrong: its task outlives the step. The step's own ``alarm`` comes first."""
        if self.step.alarm is None:
            self.alarms.append(role)

    def leave_behind(self, kind: str, *, part: str = "", within: Span | None = None, **fields: Json) -> None:
        """Leave an internal kind behind as a workflow of its own, ``<workflow>.<step>.<occurrence>.<kind>[.<part>]``.

        ``part`` tells apart several of one kind left by one occurrence.
        """
        name = f"{kind}.{part}" if part else kind
        child = f"{self.state.workflow}.{self.run.step}.{self.run.occurrence}.{name}"
        if child not in self.state.children:
            inner = Step(id=f"{self.run.step}.{name}", kind=kind, within=within, fields=fields)
            self.state.children[child] = Child(
                workflow=child, step=inner.id, occurrence=self.run.occurrence, inner=inner
            )
            self.note("child.left", child=child)

    def timer(self, name: str, after: Span | datetime) -> None:
        """Have ``Kind.timer`` called with this name then. Setting it again moves it.

        A span is given back what a pause or a false alarm took of it; a moment (``datetime``) stays what it is, and
        one that passed meanwhile comes at once afterwards.
        """
        self.drop_timer(name)
        if isinstance(after, datetime):
            self.run.timers[name] = after
            self.run.fixed.append(name)
        else:
            self.run.timers[name] = after.after(self.now, self.calendar)
            if self.state.clocks_stand:
                self.run.set_while_held[name] = self.now

    def drop_timer(self, name: str) -> None:
        """Forget a timer."""
        self.run.timers.pop(name, None)
        self.run.set_while_held.pop(name, None)
        if name in self.run.fixed:
            self.run.fixed.remove(name)

    def output(self, step: str, name: str) -> Json:
        """An output of an earlier step, None where it has none."""
        return self.state.outputs.get(step, {}).get(name)

    def note(self, code: str, actor: str | None = None, **detail: Json) -> None:
        """Raise the revision and keep a transition of this occurrence."""
        note(
            self.state,
            self.now,
            code,
            step=self.run.step,
            occurrence=self.run.occurrence,
            actor=actor,
            **detail,
        )

    def tell(self, to: Owner, text: str, *, urgent: bool = False, part: str = "") -> None:
        """Tell people that something waits; ``text`` is a code of the catalogue."""
        from domain.effects.notify import Tell

        self.ask(Tell, part=part or text, to=to, text=text, urgent=urgent)

    @property
    def patient(self) -> Owner:
        """The patient, or who validly acts for him."""
        return Owner(patient=self.state.patient)

    @property
    def doctor(self) -> Owner:
        """The assigned doctor.

        Raises:
            Refusal: ``no_doctor``; the checker's rule 8 makes it impossible on a checked pathway.
        """
        if self.state.doctor is None:
            raise Refusal("no_doctor")
        return Owner(person=self.state.doctor)
