"""The driver: plays the script on a workflow through the Temporal client, as the facade and the relay would."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from temporalio.client import Client

from dev.bench.board import Board
from dev.bench.script import SCENES, Cast, Do, Report
from domain.acts import Fact


class Stage(Protocol):
    """What the facade would write before an act; its act names it."""

    async def patient(self, cast: Cast) -> None:
        """Make the patient of a consultation."""

    async def prop(self, cast: Cast, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """The body's part for a scene that needs a prop."""


Calm = Callable[[], Awaitable[None]]


class Side(Protocol):
    """One of the two that are compared."""

    client: Client
    board: Board

    async def start(self, cast: Cast) -> None:
        """Start a consultation."""

    async def act(self, workflow: str, scene: Do, cast: Cast, id_: str, body: dict[str, Any]) -> None:
        """Send an act and wait for its answer."""

    async def fact(self, workflow: str, fact: Fact) -> None:
        """Report a fact."""

    def where(self, cast: Cast, scene: Do | Report) -> str:
        """The workflow a scene is about."""

    async def ended(self, cast: Cast) -> None:
        """Wait until nothing of the consultation is open."""


async def play(side: Side, stage: Stage, cast: Cast, calm: Calm | None = None) -> None:
    """One consultation, from start to end. ``calm``: awaited before each scene, as people take their time."""
    await side.start(cast)
    for number, scene in enumerate(SCENES):
        if calm is not None:
            await calm()
        workflow = side.where(cast, scene)
        # A hash in the facade; as long and as opaque here.
        id_ = uuid.uuid5(uuid.NAMESPACE_OID, f"{cast.workflow}:{number}").hex
        if isinstance(scene, Report):
            if scene.after:
                await side.board.until(workflow, scene.after)
            await side.fact(workflow, Fact(source=scene.source, id=id_, step=scene.step, body=scene.body))
            continue
        seen = await side.board.until(workflow, scene.task)
        data = seen.tasks[scene.task]
        body = {**scene.body, **{name: data[name] for name in scene.take}}
        if scene.prop:
            body |= await stage.prop(cast, scene.prop, data)
        await side.act(workflow, scene, cast, id_, body)
    await side.ended(cast)


async def crowd(side: Side, stage: Stage, casts: list[Cast], at_once: int) -> None:
    """Many consultations, so many at once; the first failure ends it."""
    gate = asyncio.Semaphore(at_once)

    async def one(cast: Cast) -> None:
        async with gate:
            await play(side, stage, cast)

    async with asyncio.TaskGroup() as group:
        for cast in casts:
            group.create_task(one(cast))
