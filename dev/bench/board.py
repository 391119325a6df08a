"""Where the driver sees what is open now. The record's writes are told to it: nobody asks the workflow, so that
looking costs neither side anything."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from domain.snapshot import Snapshot

PATIENCE = 120.0

Tasks = dict[str, dict[str, Any]]
"""Open tasks by id, with their data."""


@dataclass
class Seen:
    """A workflow as far as the driver knows: what was last written of it, and the effects that were done."""

    tasks: Tasks = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def shows(self, mark: str) -> bool:
        """Whether a task is open, or an effect was done: ids have a turn in them, names of activities have not."""
        return mark in self.tasks or mark in self.done


@dataclass
class Board:
    """What is known of every workflow, and who waits for what."""

    seen: dict[str, Seen] = field(default_factory=dict)
    _waiting: dict[str, list[tuple[str, asyncio.Future[None]]]] = field(default_factory=dict)

    def tell(self, workflow: str, done: str, tasks: Tasks | None = None) -> None:
        """An activity was done; a write of the record tells the open tasks too."""
        seen = self.seen.setdefault(workflow, Seen())
        seen.done.add(done)
        if tasks is not None:
            seen.tasks = tasks
        waiting = [(mark, future) for mark, future in self._waiting.pop(workflow, []) if not future.done()]
        for mark, future in waiting:
            if seen.shows(mark):
                future.set_result(None)
        self._waiting[workflow] = [(mark, future) for mark, future in waiting if not future.done()]

    async def until(self, workflow: str, mark: str) -> Seen:
        """Wait until a workflow shows a task, or an effect that was done.

        Raises:
            TimeoutError: It did not; names what was waited for.
        """
        seen = self.seen.setdefault(workflow, Seen())
        if seen.shows(mark):
            return seen
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(workflow, []).append((mark, future))
        try:
            async with asyncio.timeout(PATIENCE):
                await future
        except TimeoutError:
            raise TimeoutError(f"{workflow} did not show {mark}: {sorted(seen.tasks)} {sorted(seen.done)}") from None
        return seen


def tasks_of(snapshot: Snapshot) -> Tasks:
    """What a snapshot of ours tells the board."""
    return {task.id: task.data for task in snapshot.state.tasks.values()}
