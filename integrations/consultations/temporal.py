"""The port ``consultations`` over the Temporal client: start, act, report, look. Knows names, never workflow code."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateHandle,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.acts import Act, Fact
from domain.answer import Answer
from domain.clock import Clock
from domain.names import ACT, CLOCK_SOURCE, CONSULTATION, FACT, FLOW, STEP, VIEW
from domain.state import Answered, ConsultationState, Start, Status
from ports.consultations import ClosedConsultation, NoSuchConsultation, NotConfirmed, StillRunning
from runtime.clock import real_now
from runtime.temporal import search_attributes

GRACE = timedelta(seconds=2)
"""How long beyond ``not_after`` an acceptance is waited for: from then on the validator refuses it anyway."""
ANSWER = 10.0
"""Seconds an accepted act's answer is waited for."""
LOOK = timedelta(seconds=10)
AT_ONCE = 20
POLLING = timedelta(seconds=70)
"""A poll lasts a minute: a worker not heard of for longer is gone."""

# The server did not take the request, or nobody knows: an update has an id, so sending it again is safe.
_LATER = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.FAILED_PRECONDITION,
    }
)


class TemporalConsultations:
    """``ports.consultations.Consultations``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self, start: Start) -> None:
        """Start a consultation under its own id; the same id again, open or closed, does nothing."""
        state = start.state
        try:
            await self._client.start_workflow(
                CONSULTATION,
                start,
                id=state.workflow,
                task_queue=FLOW,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                search_attributes=search_attributes(state.clinic, start.compiled.code, Status.OPEN.value),
                static_summary=start.compiled.title.in_(state.language),
                rpc_timeout=LOOK,
            )
        except WorkflowAlreadyStartedError:
            return

    async def act(self, workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        """Send an act; see the port."""
        answer = await self._send(workflow, act)
        if answer is None and real_now() < act.not_after:
            # We joined an earlier sending of the same act, whose caller's time was over; ours is not.
            answer = await self._send(workflow, act)
        if answer is None:
            raise NotConfirmed
        if isinstance(answer, Answer):
            return answer.answered, answer.state
        return answer, await self.state(workflow)

    async def _send(self, workflow: str, act: Act) -> Answer | Answered | None:
        """One sending: the answer, a refusal before history, or None for ``expired``."""
        try:
            handle = await self._accepted(workflow, act)
            if handle is None:
                return await self._closed(workflow)
            async with asyncio.timeout(ANSWER):
                return await handle.result()
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            if not isinstance(cause, ApplicationError) or cause.type is None:
                raise
            if cause.type == "expired":
                return None
            params, revision = cause.details
            return Answered(revision=revision, refusal={"code": cause.type, **params})
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            raise StillRunning from None

    async def _accepted(self, workflow: str, act: Act) -> WorkflowUpdateHandle[Answer] | None:
        """The accepted (or rejected) update; None for a closed run that does not know it."""
        patience = (act.not_after + GRACE - real_now()).total_seconds()
        if patience <= 0:
            raise NotConfirmed
        try:
            async with asyncio.timeout(patience):
                return await self._handle(workflow).start_update(
                    ACT,
                    act,
                    id=act.id,
                    wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                    result_type=Answer,
                )
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            raise NotConfirmed from None
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            if error.status in _LATER:
                raise NotConfirmed from error
            raise

    async def _closed(self, workflow: str) -> Answered:
        state = await self.state(workflow)
        return Answered(revision=state.revision, refusal={"code": "closed"})

    async def fact(self, workflow: str, fact: Fact) -> None:
        """Report a fact; returns only after the server took it.

        Raises:
            ClosedConsultation: The run is over.
            NoSuchConsultation: Unknown id.
        """
        try:
            await self._handle(workflow).signal(FACT, fact, rpc_timeout=LOOK)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await self._must_exist(workflow)
            raise ClosedConsultation from None

    async def state(self, workflow: str) -> ConsultationState:
        """Ask a run, open or closed, for its state.

        Raises:
            NotConfirmed: No worker answered, or the run cannot go on.
            NoSuchConsultation: Unknown id.
        """
        try:
            state: ConsultationState = await self._handle(workflow).query(
                VIEW, result_type=ConsultationState, rpc_timeout=LOOK
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NoSuchConsultation from None
            if error.status in _LATER:
                raise NotConfirmed from error
            raise
        except WorkflowQueryFailedError as error:
            # Its workflow task keeps failing: whoever asks learns as little as without a worker.
            raise NotConfirmed from error
        return state

    async def polled(self, queue: str) -> bool:
        """Whether a worker serves a queue's workflows: without one no act can be taken."""
        client = self._client
        found = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            )
        )
        since = real_now() - POLLING
        return any(poller.last_access_time.ToDatetime(UTC) > since for poller in found.pollers)

    async def running(self) -> AsyncIterator[str]:
        """Ids of the open runs as visibility knows them (it lags: for reconciling only, never for a list)."""
        query = f"ExecutionStatus = 'Running' AND WorkflowType IN ('{CONSULTATION}', '{STEP}')"
        async for run in self._client.list_workflows(query):
            yield run.id

    async def move_clock(self, clock: Clock, also: Iterable[str] = ()) -> int:
        """Tell every open run the new clock; the number told. ``also``: those the record knows to be open."""
        fact = Fact(
            source=CLOCK_SOURCE,
            id=f"clock:{clock.real_anchor.timestamp()}",
            body={"clock": clock.model_dump(mode="json")},
        )
        at_once = asyncio.Semaphore(AT_ONCE)

        async def tell(workflow: str) -> bool:
            async with at_once:
                try:
                    await self.fact(workflow, fact)
                except (ClosedConsultation, NoSuchConsultation):
                    return False
                return True

        workflows = dict.fromkeys([*also, *[workflow async for workflow in self.running()]])
        return sum(await asyncio.gather(*map(tell, workflows)))

    async def _must_exist(self, workflow: str) -> None:
        try:
            await self._handle(workflow).describe(rpc_timeout=LOOK)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NoSuchConsultation from None
            raise

    def _handle(self, workflow: str) -> WorkflowHandle[object, object]:
        return self._client.get_workflow_handle(workflow)
