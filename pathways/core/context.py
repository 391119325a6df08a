"""What every part of the core works on: the pathway, a private copy of the state, and the moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import Code, Json
from domain.effects import Effect
from domain.effects.notify import Tell
from domain.pathway import Pathway, Step
from domain.people import Owner
from domain.state import ConsultationState, StepRun
from domain.tasks import Task
from pathways.core import draft
from pathways.core.kind import Kind, kinds


@dataclass
class Context:
    """One call of the core. ``state`` is private to it and becomes the answer."""

    pathway: Pathway
    state: ConsultationState
    now: datetime

    def step(self, step: str) -> Step:
        """A step by id."""
        return draft.step_of(self.pathway, self.state, step)

    def kind(self, step: str) -> Kind:
        """The kind of a step; structure has none (KeyError)."""
        return kinds()[self.step(step).kind]

    def draft(self, run: StepRun) -> draft.StepDraft:
        """The handle a kind gets for an open step."""
        return draft.StepDraft(self.pathway, self.state, run, self.now)

    def note(self, code: str, **detail: Json) -> None:
        """Keep a transition (``step``, ``occurrence`` and ``actor`` are its own fields)."""
        draft.note(self.state, self.now, code, **detail)

    def ask(self, effect: type[Effect], *, step: str | None, occurrence: int, part: str = "", **fields: Any) -> str:
        """Ask the world for an effect."""
        return draft.ask(self.state, self.now, effect, step=step, occurrence=occurrence, part=part, **fields)

    def tell(self, to: Owner, text: Code, *, urgent: bool = False) -> None:
        """Tell somebody of the consultation itself, after the transition that is the reason was noted."""
        part = f"{text}.{self.state.revision}.{'patient' if to.patient else 'staff'}"
        # What was left behind counts its own revisions: only its step tells its messages from the consultation's.
        root = self.state.root
        turn = self.state.occurrences.get(root, 1) if root is not None else 1
        self.ask(Tell, step=root, occurrence=turn, part=part, to=to, text=text, urgent=urgent)

    @property
    def patient(self) -> Owner:
        """The patient, or who validly acts for him."""
        return Owner(patient=self.state.patient)

    def person(self, person: str) -> Owner:
        """One person."""
        return Owner(person=person)

    def own_task(self, name: Code, owner: Owner, actions: tuple[str, ...], **data: Json) -> Task:
        """Open a task of the consultation itself, ``_.<n>.<name>``."""
        self.state.counter += 1
        task = Task(
            id=f"_.{self.state.counter}.{name}",
            name=name,
            step=None,
            occurrence=self.state.counter,
            owner=owner,
            actions=actions,
            opened_at=self.now,
            data=data,
        )
        self.state.tasks[task.id] = task
        self.note("task.opened", task=task.id)
        return task

    def close_own_task(self, task: str) -> None:
        """Close a task of the consultation itself."""
        if self.state.tasks.pop(task, None) is not None:
            self.note("task.closed", task=task)
