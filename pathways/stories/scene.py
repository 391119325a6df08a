"""A story while it is played: the people, the world, the clock, and the one loop in which everything settles."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from domain.acts import Act, Fact
from domain.base import Json, Text, earliest
from domain.clock import Clock
from domain.effects import load
from domain.effects.notify import Tell
from domain.pathway import Pathway
from domain.people import Owner
from domain.state import ConsultationState, Pending, Start, Status, StepRun
from domain.tasks import Task
from pathways.clinic import Clinic
from pathways.core.context import Context
from pathways.stories import people
from pathways.stories.bodies import Moment
from pathways.stories.core import World
from pathways.stories.language import Header
from pathways.stories.timeline import DID, FAILED, Entry, suffix
from pathways.stories.world import Answers, Failed, Setting

CONSULTATION = "c-story"
RESTLESS = 10_000
"""Effects settled at one moment beyond which something answers itself without end."""
REAL = timedelta(minutes=10)
"""How long an act of a story may take in real time."""


class Wrong(Exception):
    """The story says otherwise than what is."""

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


@dataclass
class Scene:
    """One playing of a story.

    Attributes:
        real: Real time, for ``not_after`` and the clock's real anchor; the core itself needs none.
    """

    pathway: Pathway
    clinic: Clinic
    header: Header
    world: World
    real: datetime
    consultation: str = CONSULTATION
    did: list[Entry] = field(default_factory=list)
    seen: dict[tuple[str, str], Task] = field(default_factory=dict)
    """Every task that was ever open, by workflow and id: an act may come too late."""
    begun: bool = False
    now: datetime = field(init=False)
    """The present moment of the story; the clock of a process that is over stays where it was."""
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.now = self.header.starts.replace(tzinfo=self.zone)
        seen = (self.now - timedelta(seconds=self.header.doctor.seen.seconds)).date()
        self.answers = Answers(Setting(diagnosis=self.header.doctor.diagnosis, seen=seen))

    # --- time ------------------------------------------------------------------------------------------------

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's zone."""
        return ZoneInfo(self.clinic.zone)

    async def begin(self) -> None:
        """The consultation begins, once; a line that only arranges the world comes before."""
        if self.begun:
            return
        payer = people.person("representative") if self.pathway.people.payer == "representative" else None
        clock = Clock(anchor=self.now, real_anchor=self.real, rate=0)
        state = ConsultationState(
            workflow=self.consultation,
            consultation=self.consultation,
            clinic=people.CLINIC,
            patient=people.PATIENT,
            payer=payer,
            language=self.header.patient.language,
            zone=self.header.patient.zone or self.clinic.zone,
            pathway=self.pathway.digest,
            started_at=self.now,
            clock=clock,
        )
        await self.world.begin(Start(state=state, compiled=self.pathway))
        self.begun = True
        await self.settle()

    def due(self) -> datetime | None:
        """When the next thing happens by itself."""
        return earliest([due for state in self.open_states() if (due := state.due()) is not None])

    async def advance(self, to: datetime) -> None:
        """Time passes up to a moment; what is due meanwhile happens one after another."""
        while (due := self.due()) is not None and due <= to:
            await self.step_to(due)
        if to > self.now:
            await self.step_to(to)

    async def step_to(self, moment: datetime) -> None:
        """One move of the clock, and all that follows from it."""
        self.now = moment
        await self.world.advance(moment)
        await self.settle()

    # --- the world -------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Until nothing is pending: effect after effect, the oldest process's first, in the order they were asked.

        Raises:
            Wrong: It never comes to rest.
        """
        for _ in range(RESTLESS):
            self._see()
            found = self._next_effect()
            if found is None:
                return
            workflow, key, pending = found
            revision = self.world.states[workflow].revision
            try:
                result = self.answers.answer(pending)
            except Failed as failed:
                self._note(FAILED, workflow, revision, pending, error=failed.error)
                await self.world.give_up(workflow, key, failed.error)
            else:
                self._note(DID, workflow, revision, pending)
                await self.world.settle(workflow, key, result)
        raise Wrong(Text(ru="процесс не приходит в покой", en="the process never comes to rest"))

    def _next_effect(self) -> tuple[str, str, Pending] | None:
        for workflow, state in self.world.states.items():
            for key, pending in state.pending.items():
                if not pending.held:
                    return workflow, key, pending
        return None

    def _see(self) -> None:
        for workflow, state in self.world.states.items():
            for task in state.tasks.values():
                self.seen[workflow, task.id] = task

    def _note(self, code: str, workflow: str, revision: int, pending: Pending, **detail: Json) -> None:
        effect = load()[pending.effect]
        detail["effect"] = pending.effect
        if issubclass(effect, Tell):
            detail["to"] = people.word_of_owner(Owner.model_validate(pending.body["to"]))
            detail["text"] = pending.body["text"]
        self.did.append(
            Entry(
                at=self.now,
                workflow=suffix(self.consultation, workflow),
                revision=revision,
                code=code,
                step=pending.step,
                occurrence=pending.occurrence,
                detail=detail,
            )
        )

    # --- people and machines ---------------------------------------------------------------------------------

    async def act(
        self, workflow: str, who: str, action: str, task: str | None, body: dict[str, Json]
    ) -> dict[str, Json] | None:
        """Somebody acts; the refusal, None where the act was taken."""
        act = Act(
            id=f"{self.consultation}:act:{next(self._ids)}",
            actor=people.actor(who, self.pools),
            action=action,
            task=task,
            body=body,
            not_after=self.real + REAL,
        )
        refusal = await self.world.act(workflow, act)
        await self.settle()
        return refusal

    async def fact(self, workflow: str, source: str, body: dict[str, Json], run: StepRun | None = None) -> None:
        """A machine reports."""
        await self.tell(workflow, source, run.step if run else None, run.occurrence if run else 1, body)

    async def tell(self, workflow: str, source: str, step: str | None, turn: int, body: dict[str, Json]) -> None:
        """A fact about a step and a turn of it."""
        id_ = f"{self.consultation}:fact:{next(self._ids)}"
        await self.world.fact(workflow, Fact(source=source, id=id_, step=step, occurrence=turn, body=body))
        await self.settle()

    # --- looking ---------------------------------------------------------------------------------------------

    @property
    def main(self) -> ConsultationState:
        """The consultation itself."""
        return self.world.states[self.consultation]

    @property
    def pools(self) -> frozenset[str]:
        """The clinic's pools: every doctor of a story is in all of them."""
        return frozenset(self.clinic.pools)

    def open_states(self) -> list[ConsultationState]:
        """Every process that is not over."""
        return [state for state in self.world.states.values() if state.status is not Status.CLOSED]

    def context(self, workflow: str) -> Context:
        """A process as the core looks at it."""
        state = self.world.states[workflow]
        return Context(self.pathway, state, self.now)

    def runs(self) -> Iterator[tuple[str, StepRun]]:
        """Every open step, of every process."""
        for state in self.open_states():
            for run in state.runs.values():
                yield state.workflow, run

    def tasks(self) -> Iterator[tuple[str, Task]]:
        """Every open task, of every process."""
        for state in self.open_states():
            for task in state.tasks.values():
                yield state.workflow, task

    def moment(self, workflow: str, task: Task | None) -> Moment:
        """What the body of an act is made of."""
        step = self.context(workflow).step(task.step) if task is not None and task.step is not None else None
        return Moment(self.pathway, self.clinic, self.answers.setting, self.now, step, task)
