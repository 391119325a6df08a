"""Where the activities of a story wait until the story says what the world answers."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from domain import effects
from domain.base import Json
from domain.names import PROJECT, QUEUES
from domain.pathway import digest_of
from domain.snapshot import Snapshot

OVER = "StoryIsOver"


@dataclass(frozen=True)
class Answer:
    """What the world does with an effect: its result, or the name of the error it fails with."""

    result: dict[str, Json] | None = None
    error: str | None = None


def name_of(effect: str, body: dict[str, Json]) -> str:
    """The name of one asking: an effect asked again, later, has another body."""
    return digest_of([effect, json.loads(json.dumps(body))])


class Gate:
    """Every activity of every story of one Temporal. Nothing passes but what a story lets through."""

    def __init__(self) -> None:
        self.changed = asyncio.Condition()
        self.written: dict[str, list[Snapshot]] = {}
        self._answers: dict[str, Answer] = {}
        self._over: set[str] = set()

    def activities(self) -> dict[str, list[Callable[..., Any]]]:
        """Activities of every effect and of the record, by queue."""

        @activity.defn(name=PROJECT)
        async def project(snapshot: Snapshot) -> None:
            async with self.changed:
                self.written.setdefault(snapshot.state.workflow, []).append(snapshot)
                self.changed.notify_all()

        found: dict[str, list[Callable[..., Any]]] = {queue: [] for queue in QUEUES}
        found["flow"].append(project)
        for name, effect in effects.load().items():
            found[effect.queue].append(self._activity(name))
        return found

    def _activity(self, name: str) -> Callable[..., Any]:
        @activity.defn(name=name)
        async def do(effect: dict[str, Any]) -> Any:
            return await self._wait(name_of(name, effect), str(effect["consultation"]))

        return do

    async def _wait(self, name: str, consultation: str) -> dict[str, Json] | None:
        async with self.changed:
            await self.changed.wait_for(lambda: name in self._answers or consultation in self._over)
        answer = self._answers.get(name, Answer(error=OVER))
        if answer.error is not None:
            # What the core is told when retries are spent: the story decides, not the real patience of an effect.
            said = "the story says so"
            raise ApplicationError(
                said, type=answer.error, non_retryable=True, category=ApplicationErrorCategory.BENIGN
            )
        return answer.result

    async def open(self, name: str, answer: Answer) -> None:
        """Let an activity through, also one that is repeated until ``shut`` (its first answer may have been lost)."""
        async with self.changed:
            self._answers[name] = answer
            self.changed.notify_all()

    def shut(self, name: str) -> None:
        """The answer has arrived: whoever asks again waits again."""
        del self._answers[name]

    async def over(self, consultation: str) -> None:
        """A story is over: what still waits is let go."""
        async with self.changed:
            self._over.add(consultation)
            self.changed.notify_all()
