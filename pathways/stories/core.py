"""What a story is played on: the doors of a process, and the pure core behind them."""

from collections.abc import Coroutine, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from domain.acts import Act, Fact
from domain.base import Json
from domain.clock import Clock
from domain.effects.report import Report
from domain.names import CLOCK_SOURCE
from domain.pathway import Pathway
from domain.state import ConsultationState, Start, Status, Transition
from pathways.core import engine

T = TypeVar("T")


class World(Protocol):
    """A consultation and what it leaves behind, in whichever world. Nothing in it moves but through these doors.

    Attributes:
        states: Every process as it stands, by workflow, in the order of birth.
        happened: The transitions of each, in order.
        calls: How often a door was used.
    """

    @property
    def states(self) -> Mapping[str, ConsultationState]:
        """Every process."""

    @property
    def happened(self) -> Mapping[str, list[Transition]]:
        """What happened in each."""

    calls: int

    async def begin(self, start: Start) -> None:
        """Begin a consultation."""

    async def act(self, workflow: str, act: Act) -> dict[str, Json] | None:
        """A person does something; the refusal, None where it was taken."""

    async def fact(self, workflow: str, fact: Fact) -> None:
        """A machine reports something; to a process that is over it does nothing."""

    async def settle(self, workflow: str, key: str, result: dict[str, Json]) -> None:
        """A pending effect is done. A report is delivered to whom it is for first."""

    async def give_up(self, workflow: str, key: str, error: str) -> None:
        """A pending effect cannot be done."""

    async def advance(self, now: datetime) -> None:
        """The clock, which stands otherwise, is moved; all that is due by then happens."""


def moved(clock: Clock, now: datetime) -> Clock:
    """The standing clock at another moment."""
    return clock.model_copy(update={"anchor": now})


def clock_fact(clock: Clock, number: int) -> Fact:
    """The clock was moved, as a process is told."""
    return Fact(source=CLOCK_SOURCE, id=f"clock:{number}", body={"clock": clock.model_dump(mode="json")})


class CoreWorld:
    """``World`` on the pure core: at once, and all in this process."""

    def __init__(self) -> None:
        self.states: dict[str, ConsultationState] = {}
        self.happened: dict[str, list[Transition]] = {}
        self.calls = 0
        self._pathways: dict[str, Pathway] = {}
        self._moves = 0

    async def begin(self, start: Start) -> None:
        """Begin, and what it leaves behind at once."""
        self._born(start)
        self._adopt()

    async def act(self, workflow: str, act: Act) -> dict[str, Json] | None:
        """Act."""
        state, answered = engine.act(self._pathways[workflow], self.states[workflow], act, self._now(workflow))
        self._put(state)
        return answered.refusal

    async def fact(self, workflow: str, fact: Fact) -> None:
        """Report."""
        if self.states[workflow].status is not Status.CLOSED:
            self._put(engine.fact(self._pathways[workflow], self.states[workflow], fact, self._now(workflow)))

    async def settle(self, workflow: str, key: str, result: dict[str, Json]) -> None:
        """Settle."""
        pending = self.states[workflow].pending[key]
        if pending.effect == Report.activity:
            report = Report.model_validate(pending.body)
            await self.fact(report.to, report.fact)
        now = self._now(workflow)
        self._put(engine.settle(self._pathways[workflow], self.states[workflow], key, result, now))

    async def give_up(self, workflow: str, key: str, error: str) -> None:
        """Give up."""
        now = self._now(workflow)
        self._put(engine.give_up(self._pathways[workflow], self.states[workflow], key, error, now))

    async def advance(self, now: datetime) -> None:
        """Tell every open process the new time, as the shell is told, then let pass what is due.

        Raises:
            RuntimeError: A bug of the core, as in the shell: what is due does not pass.
        """
        self._moves += 1
        for workflow in [w for w, state in self.states.items() if state.status is not Status.CLOSED]:
            clock = moved(self.states[workflow].clock, now)
            await self.fact(workflow, clock_fact(clock, self._moves))
            if is_due(self.states[workflow], now):
                self._put(engine.tick(self._pathways[workflow], self.states[workflow], now))
            if is_due(self.states[workflow], now):
                raise RuntimeError("the core let a deadline pass without moving")

    def _now(self, workflow: str) -> datetime:
        return self.states[workflow].clock.anchor

    def _born(self, start: Start) -> None:
        workflow = start.state.workflow
        self._pathways[workflow] = start.compiled
        self.happened[workflow] = []
        self._keep(engine.begin(start.compiled, start.state, start.state.clock.anchor))

    def _put(self, state: ConsultationState) -> None:
        self._keep(state)
        self._adopt()

    def _keep(self, state: ConsultationState) -> None:
        """Take the transitions out, as the projector does: a state must not grow with its story."""
        self.calls += 1
        self.happened[state.workflow] += state.transitions
        self.states[state.workflow] = state.model_copy(update={"transitions": []})

    def _adopt(self) -> None:
        """Start children not started, the oldest process's first."""
        while (found := next_child(self.states)) is not None:
            parent, child = found
            child_state = self.states[parent].children[child]
            child_state.started = True
            start = engine.child_start(self._pathways[parent], self.states[parent], child_state, self._now(parent))
            self._born(start)


def is_due(state: ConsultationState, now: datetime) -> bool:
    """Whether something that is due has not happened yet."""
    due = state.due()
    return state.status is not Status.CLOSED and due is not None and due <= now


def next_child(states: Mapping[str, ConsultationState]) -> tuple[str, str] | None:
    """The next process to be born: its parent and its own workflow."""
    for workflow, state in states.items():
        for child in state.children:
            if child not in states:
                return workflow, child
    return None


def at_once(play: Coroutine[Any, Any, T]) -> T:
    """Run what never waits: a story on the core needs no event loop.

    Raises:
        RuntimeError: It waited.
    """
    try:
        play.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    play.close()
    raise RuntimeError("a story on the core has nothing to wait for")
