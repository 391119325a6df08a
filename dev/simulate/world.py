"""``pathways.stories.core.World`` on a real Temporal.

It does one thing at a time and looks until it has happened, so that the order is the story's, as on the core: the clock
stands, no timer is armed, and no activity passes the gate before its turn.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from dev.simulate.gate import Answer, Gate, name_of
from domain.acts import Act, Fact
from domain.base import Json
from domain.effects.report import Report
from domain.state import ConsultationState, Pending, Start, Status, Transition
from integrations.consultations.temporal import TemporalConsultations
from pathways.stories.core import clock_fact, is_due, moved, next_child
from ports.consultations import NoSuchConsultation, NotConfirmed

PATIENCE = 60.0
"""Real seconds for one thing to be seen to have happened."""
BETWEEN = 0.005
"""Real seconds between two looks at what no message tells of."""

Seen = Callable[[ConsultationState], bool]


class NeverHappened(Exception):
    """The real workflow did not do in time what the core does at once."""


class TemporalWorld:
    """One story on Temporal."""

    def __init__(self, client: Client, gate: Gate) -> None:
        self.states: dict[str, ConsultationState] = {}
        self.calls = 0
        self._client = client
        self._port = TemporalConsultations(client)
        self._gate = gate
        self._moves = 0

    @property
    def happened(self) -> dict[str, list[Transition]]:
        """The transitions as the record was told of them, each once."""
        return {workflow: self._written(workflow) for workflow in self.states}

    async def begin(self, start: Start) -> None:
        """Start the workflow."""
        await self._port.start(start)
        await self._look(start.state.workflow, lambda state: state.revision > 0)
        await self._adopt()

    async def act(self, workflow: str, act: Act) -> dict[str, Json] | None:
        """Send the update."""
        answered, _ = await self._port.act(workflow, act)
        await self._look(workflow, lambda state: state.revision >= answered.revision)
        await self._adopt()
        return answered.refusal

    async def fact(self, workflow: str, fact: Fact) -> None:
        """Send the signal."""
        if self.states[workflow].status is not Status.CLOSED:
            await self._port.fact(workflow, fact)
            await self._look(workflow, lambda state: fact.name in state.seen)
            await self._adopt()

    async def settle(self, workflow: str, key: str, result: dict[str, Json]) -> None:
        """Let the activity answer."""
        pending = self.states[workflow].pending[key]
        if pending.effect == Report.activity:
            report = Report.model_validate(pending.body)
            await self.fact(report.to, report.fact)
        await self._let_through(workflow, key, pending, Answer(result=result))

    async def give_up(self, workflow: str, key: str, error: str) -> None:
        """Let the activity fail for good."""
        await self._let_through(workflow, key, self.states[workflow].pending[key], Answer(error=error))

    async def advance(self, now: datetime) -> None:
        """Tell every open run the new time; it does what is due by itself."""
        self._moves += 1
        for workflow in [w for w, state in self.states.items() if state.status is not Status.CLOSED]:
            clock = moved(self.states[workflow].clock, now)
            await self._port.fact(workflow, clock_fact(clock, self._moves))
            await self._look(workflow, lambda state: state.clock.anchor == now and not is_due(state, now))
            await self._adopt()

    async def end(self, consultation: str) -> None:
        """The story is over: wait for what closes by itself, end what is left open."""
        for workflow, state in self.states.items():
            handle = self._client.get_workflow_handle(workflow)
            if state.status is Status.CLOSED:
                async with asyncio.timeout(PATIENCE):
                    await handle.result()
                continue
            try:
                await handle.terminate("the story is over")
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
        await self._gate.over(consultation)

    # --- looking -----------------------------------------------------------------------------------------------

    async def _let_through(self, workflow: str, key: str, pending: Pending, answer: Answer) -> None:
        name = name_of(pending.effect, pending.body)

        def arrived(state: ConsultationState) -> bool:
            found = state.pending.get(key)
            return found is None or found.held or found.body != pending.body

        await self._gate.open(name, answer)
        await self._look(workflow, arrived)
        self._gate.shut(name)
        await self._adopt()

    async def _look(self, workflow: str, seen: Seen) -> None:
        """Ask a run for its state until something is seen in it, and wait until the record knows it too.

        Raises:
            NeverHappened: It was not seen in time.
        """
        self.calls += 1
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    try:
                        state = await self._port.state(workflow)
                    except (NoSuchConsultation, NotConfirmed):
                        state = None
                    if state is not None and seen(state):
                        break
                    await asyncio.sleep(BETWEEN)
                async with self._gate.changed:
                    await self._gate.changed.wait_for(lambda: self._revision(workflow) >= state.revision)
        except TimeoutError:
            raise NeverHappened(f"{workflow} did not come so far in {PATIENCE:.0f} s") from None
        self.states[workflow] = state

    async def _adopt(self) -> None:
        """Look for the children that were left behind, the oldest process's first."""
        while (found := next_child(self.states)) is not None:
            await self._look(found[1], lambda state: state.revision > 0)

    def _written(self, workflow: str) -> list[Transition]:
        found = {one.revision: one for one in _transitions(self._gate, workflow)}
        return [found[revision] for revision in sorted(found)]

    def _revision(self, workflow: str) -> int:
        written = self._gate.written.get(workflow)
        return written[-1].state.revision if written else -1


def _transitions(gate: Gate, workflow: str) -> Iterable[Transition]:
    for snapshot in gate.written.get(workflow, ()):
        yield from snapshot.transitions
