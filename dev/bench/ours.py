"""Our side: the shipped pathway on the real shell, and activities that answer at once."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import Client

from dev.bench.answers import answer
from dev.bench.board import Board
from dev.bench.script import CHILDREN, Cast, Do, Report
from domain import effects
from domain.acts import Fact
from domain.clock import Clock
from domain.effects.report import Report as Reporting
from domain.names import PROJECT, QUEUES
from domain.pathway import Pathway
from domain.snapshot import Snapshot
from domain.state import ConsultationState, Start
from integrations.consultations.temporal import TemporalConsultations
from pathways.compile import compile_folder
from ports.consultations import ClosedConsultation
from runtime.clock import real_now

SHIPPED = Path(__file__).resolve().parents[2] / "pathways" / "shipped"
STORY = "therapist-follow-up"


def shipped() -> Pathway:
    """The pathway of story (a)."""
    return compile_folder(SHIPPED).pathway(STORY)


class Ours:
    """``drive.Side`` over the port the facade uses."""

    def __init__(self, client: Client, board: Board, pathway: Pathway) -> None:
        self.client = client
        self.board = board
        self._pathway = pathway
        self._port = TemporalConsultations(client)

    async def start(self, cast: Cast) -> None:
        """Start under the cast's id; domain time is real time."""
        await self._port.start(start_of(cast, self._pathway, real_now()))

    async def act(self, workflow: str, scene: Do, cast: Cast, id_: str, body: dict[str, Any]) -> None:
        """Send an act; a refusal means that the script is wrong.

        Raises:
            RuntimeError: It was refused.
        """
        answered, _ = await self._port.act(workflow, scene.act(cast, id_, body))
        if answered.refusal is not None:
            raise RuntimeError(f"{scene.task} was refused: {answered.refusal['code']}")

    async def fact(self, workflow: str, fact: Fact) -> None:
        """Report a fact."""
        await self._port.fact(workflow, fact)

    def where(self, cast: Cast, scene: Do | Report) -> str:
        """The consultation, or the child it left behind."""
        return cast.workflow + scene.where

    async def ended(self, cast: Cast) -> None:
        """The consultation and what it left behind."""
        await asyncio.gather(*(self.client.get_workflow_handle(id_).result() for id_ in workflows(cast)))


def workflows(cast: Cast) -> list[str]:
    """All workflow ids of one consultation of ours."""
    return [cast.workflow, *(cast.workflow + child for child in CHILDREN)]


def start_of(cast: Cast, pathway: Pathway, now: datetime) -> Start:
    """The start input, as the facade makes it."""
    return Start(
        state=ConsultationState(
            workflow=cast.workflow,
            consultation=cast.workflow,
            clinic=cast.clinic,
            patient=cast.patient,
            pathway=pathway.digest,
            started_at=now,
            clock=Clock(anchor=now, real_anchor=now),
        ),
        compiled=pathway,
    )


Keep = Callable[[effects.Effect], Awaitable[None]]
"""What a canned effect does beside answering."""
Project = Callable[[Snapshot], Awaitable[None]]


def canned(client: Client, keep: Keep, write: Project) -> dict[str, list[Callable[..., Any]]]:
    """Activities of every effect, typed like the real ones, by queue; and the record's."""
    port = TemporalConsultations(client)

    @activity.defn(name=PROJECT)
    async def project(snapshot: Snapshot) -> None:
        await write(snapshot)

    found: dict[str, list[Callable[..., Any]]] = {queue: [] for queue in QUEUES}
    found["flow"].append(project)
    for name, effect in effects.load().items():
        found[effect.queue].append(_canned(name, effect, keep, port))
    return found


def _canned(name: str, type_: type[effects.Effect], keep: Keep, port: TemporalConsultations) -> Callable[..., Any]:
    async def do(effect: effects.Effect) -> Any:
        await keep(effect)
        if isinstance(effect, Reporting):
            with contextlib.suppress(ClosedConsultation):
                await port.fact(effect.to, effect.fact)
        return type_.result.model_validate(answer(name))

    do.__annotations__ = {"effect": type_, "return": type_.result}
    return activity.defn(name=name)(do)
