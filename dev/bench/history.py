"""Counting what a consultation left in history, and what the design allows it."""

import asyncio
from collections import Counter
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.names import PROJECT

PER_ACT, PER_EFFECT, PER_FACT, PER_CHILD, PER_PROJECTION, BESIDE = 9, 6, 4, 9, 6, 20
"""Design section 11."""


@dataclass
class Count:
    """Everything of one consultation, its children included."""

    events: int = 0
    bytes: int = 0
    acts: int = 0
    effects: int = 0
    facts: int = 0
    children: int = 0
    projections: int = 0

    @property
    def budget(self) -> int:
        """The events the design allows for these."""
        return (
            PER_ACT * self.acts
            + PER_EFFECT * self.effects
            + PER_FACT * self.facts
            + PER_CHILD * self.children
            + PER_PROJECTION * self.projections
            + BESIDE
        )

    def __str__(self) -> str:
        """The sum, written out."""
        return (
            f"{self.acts} acts x {PER_ACT} + {self.effects} effects x {PER_EFFECT} + {self.facts} facts x {PER_FACT} + "
            f"{self.children} children x {PER_CHILD} + {self.projections} projections x {PER_PROJECTION} + {BESIDE}"
        )


async def rest(client: Client, workflows: list[str]) -> None:
    """Wait until nothing is in flight in any of these: so an act meets a process that is at rest, as people do."""
    for id_ in workflows:
        while not await _rests(client, id_):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)


async def _rests(client: Client, id_: str) -> bool:
    try:
        found = (await client.get_workflow_handle(id_).describe()).raw_description
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        # Not begun: its parent has it in flight, which is asked too.
        return True
    return not (found.pending_activities or found.HasField("pending_workflow_task"))


async def count(client: Client, workflows: list[str]) -> tuple[Count, Counter[str]]:
    """What stands in the histories of these workflows, and how many events of each type."""
    found, kinds = Count(), Counter[str]()
    for id_ in workflows:
        handle = client.get_workflow_handle(id_)
        described = await handle.describe()
        found.bytes += described.raw_description.workflow_execution_info.history_size_bytes
        async for event in handle.fetch_history_events():
            found.events += 1
            kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
            kinds[kind] += 1
            match kind:
                case "WORKFLOW_EXECUTION_UPDATE_ACCEPTED":
                    found.acts += 1
                case "WORKFLOW_EXECUTION_SIGNALED":
                    found.facts += 1
                case "CHILD_WORKFLOW_EXECUTION_STARTED":
                    found.children += 1
                case "ACTIVITY_TASK_SCHEDULED":
                    written = event.activity_task_scheduled_event_attributes.activity_type.name == PROJECT
                    found.projections += written
                    found.effects += not written
    return found, kinds
