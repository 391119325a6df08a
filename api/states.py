"""Reading a consultation's state: from the record, or from its run where the record has not caught up yet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Path

from api.access import concerned, reads_clinical
from api.caller import Caller
from api.problems import Problem
from api.services import Services
from domain.pathway import Pathway
from domain.people import IdentityLevel
from domain.state import ConsultationState
from domain.tasks import Task
from pathways.view import View, view
from ports.consultations import NoSuchConsultation, NotConfirmed
from records import audit, consultations
from records.database import Session

WorkflowId = Annotated[
    str,
    Path(pattern=r"^[a-z0-9_.-]{3,160}$", description="The id of the consultation, or of a step it left behind."),
]
TaskId = Annotated[str, Path(pattern=r"^[a-z0-9_.-]{3,160}$", description="A task's id, as the view gives it.")]


@dataclass(frozen=True)
class Case:
    """A consultation at hand: its state, its pathway, and who looks at it."""

    state: ConsultationState
    pathway: Pathway
    caller: Caller

    @property
    def now(self) -> datetime:
        """Domain time."""
        return self.state.clock.now(datetime.now(UTC))

    @property
    def today(self) -> date:
        """The day where the consultation is: what the law counts by."""
        return self.now.astimezone(ZoneInfo(self.state.zone)).date()

    def view(self) -> View:
        """What the caller sees."""
        return view(self.pathway, self.state, self.caller.actor, self.caller.language, now=self.now)

    def task(self, task: str) -> Task:
        """An open task that is the caller's to see.

        Raises:
            Problem: ``no_such_task``.
        """
        found = self.state.tasks.get(task)
        if found is None or not found.shown_to(self.caller.actor):
            raise Problem("no_such_task")
        return found


async def state_of(shared: Services, session: Session, workflow: str) -> ConsultationState:
    """The last known state of a consultation of this transaction's clinic.

    Raises:
        Problem: ``no_such_consultation``.
    """
    found = await consultations.state(session, workflow)
    if found is not None:
        return found
    # Just begun: the record is written a moment later.
    try:
        state = await shared.wiring.consultations.state(workflow)
    except NoSuchConsultation:
        raise Problem("no_such_consultation") from None
    if state.clinic != session.clinic:
        raise Problem("no_such_consultation")
    return state


async def open_case(
    shared: Services,
    session: Session,
    caller: Caller,
    workflow: str,
    doing: str,
    *subjects: str,
    task: str | None = None,
    clinical: bool = False,
) -> Case:
    """A consultation the caller is concerned with. The look is audited in this transaction: no row, no data.

    The record lags behind the answers of acts, and nobody must wait for it after an act: where it does not show yet
    what the caller needs (``task``, or his right to read ``clinical`` text), the run itself is asked.

    Raises:
        Problem: ``no_such_consultation``, also for one that is none of the caller's business; ``forbidden`` where
            clinical text is wanted.
    """

    def shows(state: ConsultationState) -> bool:
        actor = caller.actor
        right = reads_clinical(actor, state) if clinical else concerned(actor, state)
        return right and (task is None or task in state.tasks)

    state = await state_of(shared, session, workflow)
    # Whose consultation it is never changes: a stranger's request asks no run.
    if not shows(state) and caller.actor.patient in (None, state.patient):
        state = await newest(shared, state)
    if not concerned(caller.actor, state):
        raise Problem("no_such_consultation")
    if clinical and not reads_clinical(caller.actor, state):
        raise Problem("forbidden")
    pathway = await shared.pathway(session, state.pathway)
    await write_audit(session, caller, doing, state.patient, state.consultation, *subjects)
    return Case(state, pathway, caller)


def must_be_confirmed(caller: Caller) -> None:
    """Papers and results are for a patient whose identity is confirmed: a phone and a code are not enough.

    Raises:
        Problem: ``identity_needed``.
    """
    actor = caller.actor
    if actor.patient is not None and actor.level is not IdentityLevel.CONFIRMED:
        raise Problem("identity_needed")


async def newest(shared: Services, known: ConsultationState) -> ConsultationState:
    """The run's own state where it answers and is newer than the one known."""
    try:
        state = await shared.wiring.consultations.state(known.workflow)
    except (NoSuchConsultation, NotConfirmed):
        return known
    newer = (state.epoch, state.revision) > (known.epoch, known.revision)
    return state if newer and state.clinic == known.clinic else known


async def write_audit(session: Session, caller: Caller, doing: str, *subjects: str) -> None:
    """One row of who saw or changed what, in the transaction that shows or changes it."""
    actor = caller.actor
    await audit.write(
        session,
        actor.person,
        doing,
        subjects,
        datetime.now(UTC),
        on_behalf_of=actor.patient if actor.representation is not None else None,
    )


@asynccontextmanager
async def audited(shared: Services, caller: Caller, doing: str, *subjects: str) -> AsyncIterator[Session]:
    """A transaction of the caller's clinic with its audit row."""
    async with shared.wiring.database.clinic(caller.actor.clinic) as session:
        await write_audit(session, caller, doing, *subjects)
        yield session
