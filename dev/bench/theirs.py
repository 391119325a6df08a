"""``drive.Side`` of the bare workflow: the plain Temporal client, plain bodies."""

from typing import Any

from temporalio.client import Client

from dev.bench.bare import BARE, QUEUE
from dev.bench.board import Board
from dev.bench.script import Cast, Do, Report
from domain.acts import Fact
from domain.names import ACT, FACT, FLOW
from domain.pathway import Pathway
from runtime.clock import real_now


class Bare:
    """The bare side. ``record``: ``snapshot`` for the real projection, ``row`` for one insert."""

    def __init__(self, client: Client, board: Board, pathway: Pathway, record: str) -> None:
        self.client = client
        self.board = board
        consents = pathway.consents.values()
        self._known = {
            "pathway": pathway.digest,
            "documents": [{"id": paper.id, "version": paper.version, "sha256": paper.sha256} for paper in consents],
            "amount": next(iter(pathway.services.values()))["amount"],
            "record": record,
        }

    async def start(self, cast: Cast) -> None:
        """Start under the cast's id."""
        people = {"workflow": cast.workflow, "clinic": cast.clinic, "patient": cast.patient, "person": cast.person}
        given = {**self._known, **people, "doctor": cast.doctor, "at": real_now().isoformat()}
        await self.client.start_workflow(BARE, given, id=cast.workflow, task_queue=QUEUE + FLOW)

    async def act(self, workflow: str, scene: Do, cast: Cast, id_: str, body: dict[str, Any]) -> None:
        """Send an act."""
        act = {"task": scene.task, "action": scene.action, "actor": cast.actor(scene.who).person, "body": body}
        await self.client.get_workflow_handle(workflow).execute_update(ACT, act, id=id_)

    async def fact(self, workflow: str, fact: Fact) -> None:
        """Report a fact."""
        await self.client.get_workflow_handle(workflow).signal(FACT, fact.model_dump(mode="json"))

    def where(self, cast: Cast, scene: Do | Report) -> str:
        """Everything is one workflow."""
        return cast.workflow

    async def ended(self, cast: Cast) -> None:
        """The one workflow."""
        await self.client.get_workflow_handle(cast.workflow).result()
