"""Where the driver sees what is open now. The record's writes are told to it: nobody asks the workflow, so that
looking costs neither side anything."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dev.bench.script import QUIET
from domain.snapshot import Snapshot

PATIENCE = 120.0


@dataclass(frozen=True)
class Seen:
    """A workflow as last written: its open tasks with their data, and whether an effect is in flight."""

    tasks: dict[str, dict[str, Any]]
    busy: bool

    def shows(self, mark: str) -> bool:
        """Whether a scene may go on."""
        return not self.tasks and not self.busy if mark == QUIET else mark in self.tasks


@dataclass
class Board:
    """The latest of every workflow, and who waits for what."""

    latest: dict[str, Seen] = field(default_factory=dict)
    _waiting: dict[str, list[tuple[str, asyncio.Future[Seen]]]] = field(default_factory=dict)

    def tell(self, workflow: str, tasks: dict[str, dict[str, Any]], busy: bool) -> None:
        """A write of the record."""
        seen = self.latest[workflow] = Seen(tasks, busy)
        still = []
        for mark, future in self._waiting.pop(workflow, []):
            if seen.shows(mark) and not future.done():
                future.set_result(seen)
            elif not future.done():
                still.append((mark, future))
        if still:
            self._waiting[workflow] = still

    async def until(self, workflow: str, mark: str) -> Seen:
        """Wait until a workflow shows a task, or is quiet.

        Raises:
            TimeoutError: It did not; names what was waited for.
        """
        seen = self.latest.get(workflow)
        if seen is not None and seen.shows(mark):
            return seen
        future: asyncio.Future[Seen] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(workflow, []).append((mark, future))
        try:
            async with asyncio.timeout(PATIENCE):
                return await future
        except TimeoutError:
            raise TimeoutError(f"{workflow} did not show {mark}; last seen: {self.latest.get(workflow)}") from None


Tell = Callable[[str, dict[str, dict[str, Any]], bool], None]


def seen_of(snapshot: Snapshot) -> tuple[str, dict[str, dict[str, Any]], bool]:
    """What a snapshot of ours tells the board."""
    state = snapshot.state
    return state.workflow, {task.id: task.data for task in state.tasks.values()}, bool(state.pending)
