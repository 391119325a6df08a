"""A small world around the shell: pathways of plain decisions, fake activities by name, a record that is a list."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from domain import effects
from domain.acts import Act, Fact
from domain.base import Text
from domain.calendar import Span
from domain.clock import Clock
from domain.names import PROJECT, QUEUES
from domain.pathway import Care, EmergencyPlan, End, Jump, Pathway, People, Step
from domain.people import Actor, Role
from domain.snapshot import Snapshot
from domain.state import Answered, ConsultationState, Start
from integrations.consultations.temporal import TemporalConsultations
from ports.consultations import ClosedConsultation
from workers.building import build

REGISTRAR = Actor(person="p-registrar", clinic="cl-one", roles=frozenset({Role.REGISTRAR}))
PATIENT = Actor(person="p-anna", clinic="cl-one", roles=frozenset({Role.PATIENT}), patient="pt-anna")
CANARY = "Канарейкина"
"""Stands in for patient data wherever a test plants it."""

Answers = Callable[[dict[str, Any]], Any]


def decision(id_: str, *, within: int = 3600, wait: bool = True, **then: Jump) -> Step:
    """A step in which the registrar decides."""
    return Step(
        id=id_,
        kind="task",
        fields={"who": "registrar", "choices": ["yes", "no"]},
        within=Span(seconds=within),
        wait=wait,
        then={"no": Jump(to="end", target="abandoned"), "timed_out": Jump(to="end", target="failed_by_us"), **then},
    )


def pathway(*steps: Step) -> Pathway:
    """A pathway of some steps."""
    ends = ("completed", "abandoned", "failed_by_us", "cancelled", "cancelled_by_us", "emergency")
    return Pathway(
        code="decisions",
        version=1,
        title=Text(ru=f"Решения {CANARY}", en="Decisions"),
        speciality="therapy",
        care=Care.ADVICE,
        people=People(),
        emergency=EmergencyPlan(call_back=Role.SHIFT_SUPERVISOR, within=Span(seconds=180), otherwise=Role.HEAD_DOCTOR),
        ends={end: End() for end in ends},
        steps=steps,
    )


def start_of(compiled: Pathway, *, continue_always: bool = False, rate: float = 1.0) -> Start:
    """A start input with a fresh id; domain time stands at a fixed day."""
    now = datetime.now(UTC)
    id_ = f"c-{uuid.uuid4().hex}"
    return Start(
        state=ConsultationState(
            workflow=id_,
            consultation=id_,
            clinic="cl-one",
            patient="pt-anna",
            pathway=compiled.digest,
            started_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
            clock=Clock(anchor=datetime(2026, 3, 2, 9, tzinfo=UTC), real_anchor=now, rate=rate),
        ),
        compiled=compiled,
        continue_always=continue_always,
    )


def decide(step: str, choice: str = "yes", *, actor: Actor = REGISTRAR, occurrence: int = 1) -> Act:
    """The act of deciding a step, still in time for five seconds."""
    return Act(
        id=uuid.uuid4().hex,
        actor=actor,
        action="decide",
        task=f"{step}.{occurrence}.decide",
        body={"choice": choice},
        not_after=datetime.now(UTC) + timedelta(seconds=5),
    )


def clock_fact(state: ConsultationState, by: timedelta) -> Fact:
    """The clock moved forward."""
    clock = state.clock.advanced(by, datetime.now(UTC))
    return Fact(source="clock", id=uuid.uuid4().hex, body={"clock": clock.model_dump(mode="json")})


class World:
    """Workers of all three queues. Every effect without an answer of its own is simply done."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.port = TemporalConsultations(client)
        self.written: list[Snapshot] = []
        self.writing = 0
        self.most_at_once = 0
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Answers] = {}
        self.before_write: Callable[[], Awaitable[None]] | None = None
        self._workers: list[Worker] = []

    async def __aenter__(self) -> Self:
        await self.resume()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def resume(self, *, cache: int = 100) -> None:
        """Start one worker a queue."""
        activities = self._activities()
        for queue in QUEUES:
            worker = build(self.client, queue, activities[queue], cache=cache)
            self._workers.append(worker)
        await asyncio.gather(*(worker.__aenter__() for worker in self._workers))

    async def stop(self) -> None:
        """Stop every worker."""
        workers, self._workers = self._workers, []
        await asyncio.gather(*(worker.shutdown() for worker in workers))

    def _activities(self) -> dict[str, list[Callable[..., Any]]]:
        @activity.defn(name=PROJECT)
        async def project(snapshot: Snapshot) -> None:
            self.writing += 1
            self.most_at_once = max(self.most_at_once, self.writing)
            try:
                if self.before_write is not None:
                    await self.before_write()
                self.written.append(snapshot)
            finally:
                self.writing -= 1

        found: dict[str, list[Callable[..., Any]]] = {queue: [] for queue in QUEUES}
        found["flow"].append(project)
        for name, effect in effects.load().items():
            found[effect.queue].append(self._fake(name))
        return found

    def _fake(self, name: str) -> Callable[..., Any]:
        @activity.defn(name=name)
        async def fake(effect: dict[str, Any]) -> Any:
            self.calls.append((name, effect))
            if name in self.answers:
                answer = self.answers[name](effect)
                return await answer if asyncio.iscoroutine(answer) else answer
            return await self._done(name, effect)

        return fake

    async def _done(self, name: str, effect: dict[str, Any]) -> Any:
        if name == "notify.tell":
            return {"people": 1}
        if name == "report.send":
            try:
                await self.port.fact(effect["to"], Fact.model_validate(effect["fact"]))
            except ClosedConsultation:
                return {}
        return {}

    # --- driving ---------------------------------------------------------------------------------------------

    async def begin(self, compiled: Pathway, **settings: Any) -> "Run":
        """Start a consultation."""
        start = start_of(compiled, **settings)
        await self.port.start(start)
        return Run(self, start.state.workflow)


class Run:
    """One consultation under test."""

    def __init__(self, world: World, id_: str) -> None:
        self.world = world
        self.id = id_

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """The handle of the latest run."""
        return self.world.client.get_workflow_handle(self.id)

    async def act(self, act: Act) -> Answered:
        """Send an act."""
        answered, _ = await self.world.port.act(self.id, act)
        return answered

    async def fact(self, fact: Fact) -> None:
        """Report a fact."""
        await self.world.port.fact(self.id, fact)

    async def state(self) -> ConsultationState:
        """Look."""
        return await self.world.port.state(self.id)

    async def until(self, holds: Callable[[ConsultationState], bool]) -> ConsultationState:
        """Look until something holds."""
        async with asyncio.timeout(30):
            while not holds(state := await self.state()):  # noqa: ASYNC110 - a query is all there is
                await asyncio.sleep(0.05)
            return state

    async def end(self) -> Any:
        """Wait for the end, across continue-as-new."""
        async with asyncio.timeout(60):
            return await self.handle.result()

    def snapshots(self) -> list[Snapshot]:
        """What the record was told of this one."""
        return [snapshot for snapshot in self.world.written if snapshot.state.workflow == self.id]


def failing(type_: str, *, times: int, then: Any) -> Answers:
    """An answer that fails some times first."""
    left = [times]

    def answer(_: dict[str, Any]) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise ApplicationError(f"{CANARY} failed", type=type_)
        return then

    return answer
