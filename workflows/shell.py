"""The shell every process runs in: it only makes the world agree with the state.

After each thing that happened the main loop *reconciles*: one activity for each pending effect, one timer for the
earliest deadline, one child for each not started, at most one write of the record. Doors and finished work change
the state and nothing else; so a run resumes from any state, and no command can be lost between a state and the world.

Hazards held here: handlers never await (a task is taken in the first statement); nothing iterates a set; no plain
exception is turned into an answer, so a bug of the core fails the workflow task, where it is seen and can be mended.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ActivityError, ApplicationError, WorkflowAlreadyStartedError

from domain.acts import Act, Fact, Refusal
from domain.answer import Answer
from domain.effects import REGISTRY
from domain.names import CLINIC_ATTRIBUTE, PATHWAY_ATTRIBUTE, PROJECT, STATUS_ATTRIBUTE, STEP
from domain.snapshot import Snapshot
from domain.state import Child, ConsultationState, Pending, Start, Status
from pathways import view
from pathways.core import engine
from workflows import options, words

CLINIC = SearchAttributeKey.for_keyword(CLINIC_ATTRIBUTE)
PATHWAY = SearchAttributeKey.for_keyword(PATHWAY_ATTRIBUTE)
STATUS = SearchAttributeKey.for_keyword(STATUS_ATTRIBUTE)

ALARM = "alarm"
PROJECTOR = "projector"
SLACK = timedelta(minutes=10)
"""A timer that would fire no sooner than this is left alone when its deadline moves later: it costs nothing unless
it fires, while moving it costs two events a step. When it fires early it is armed again."""


class Shell:
    """What both workflow types share. Built in ``@workflow.init``: an early update meets a state already begun."""

    def __init__(self, start: Start) -> None:
        self.pathway = start.compiled
        self.state = start.state
        self._continue_always = start.continue_always
        self._flight: dict[str, asyncio.Task[None]] = {}
        self._stirred = True
        self._armed: datetime | None = None
        self._status: str = status_of(start.state)
        self._described = -1
        if start.fresh:
            self.state = engine.begin(self.pathway, self.state, self.now)
        self._born = self.state.revision
        # A state carried over was written before; one with transitions left over was not.
        carried_over = not start.fresh and not self.state.transitions
        self._written = self.state.revision if carried_over else -1

    @property
    def now(self) -> datetime:
        """Domain time, from the state's own clock: a replay computes the same."""
        return self.state.clock.now(workflow.now())

    # --- the three doors -------------------------------------------------------------------------------------

    def check(self, act: Act) -> None:
        """Refuse, reading only, what must not even stand in history.

        Raises:
            ApplicationError: Its type is the refusal's code, its details the parameters.
        """
        if act.id in self.state.answered:
            return
        try:
            if workflow.now() > act.not_after:
                raise Refusal("expired")
            engine.check(self.pathway, self.state, act, self.now)
        except Refusal as refusal:
            raise ApplicationError(
                refusal.code, refusal.params, self.state.revision, type=refusal.code, non_retryable=True
            ) from None

    def act(self, act: Act) -> Answer:
        """Carry out an act. An id answered before gets the recorded answer again."""
        self.state, answered = engine.act(self.pathway, self.state, act, self.now)
        self._stirred = True
        bare = self.state.model_copy(update={"answered": {}, "seen": {}, "transitions": []})
        return Answer(answered=answered, state=bare)

    def fact(self, fact: Fact) -> None:
        """Take a fact. A moved clock re-arms the timer like any other change."""
        self.state = engine.fact(self.pathway, self.state, fact, self.now)
        self._stirred = True

    # --- the loop --------------------------------------------------------------------------------------------

    async def run(self) -> str | None:
        """Reconcile until the process is closed and the world agrees; the end's code."""
        while True:
            self._reconcile()
            if self._quiet():
                if self.state.status is Status.CLOSED:
                    return self.state.end
                if self._wants_to_continue():
                    workflow.continue_as_new(
                        Start(
                            state=self.state,
                            compiled=self.pathway,
                            fresh=False,
                            continue_always=self._continue_always,
                        )
                    )
            await self._next()

    async def _next(self) -> None:
        """Wait until something happened. A cancel request of the server is an act, not an exception."""
        asked_before = workflow.cancellation_reason() is not None
        try:
            await workflow.wait_condition(self._something_happened)
        except asyncio.CancelledError:
            # Without a new request this is the eviction of a cached run: it must fall through.
            if asked_before or workflow.cancellation_reason() is None:
                raise
            self.state = engine.cancelled(self.pathway, self.state, self.now)
            self._stirred = True

    def _something_happened(self) -> bool:
        return self._stirred or any(task.done() for task in self._flight.values())

    def _reconcile(self) -> None:
        self._stirred = False
        self._reap()
        self._pass_time()
        for key, pending in self.state.pending.items():
            if not pending.held:
                self._fly(f"effect {key}", self._carry_out, key, pending)
        for child in self.state.children.values():
            if not child.started:
                self._fly(f"child {child.workflow}", self._leave_behind, child)
        self._arm()
        if self.state.revision != self._written:
            self._fly(PROJECTOR, self._project)
        self._describe()

    def _reap(self) -> None:
        for name, task in list(self._flight.items()):
            if task.done():
                del self._flight[name]
                # An exception here is a bug of ours: it fails the workflow task, and is not forgotten.
                task.result()

    def _fly(self, name: str, work: Any, *args: Any) -> None:
        if name not in self._flight:
            coroutine: Coroutine[Any, Any, None] = work(*args)
            self._flight[name] = asyncio.create_task(coroutine)

    def _quiet(self) -> bool:
        """No effect in flight, no handler running, no child half started, the record up to date."""
        return (
            all(name == ALARM for name in self._flight)
            and self._written == self.state.revision
            and workflow.all_handlers_finished()
        )

    def _wants_to_continue(self) -> bool:
        moved = self.state.revision != self._born
        return workflow.info().is_continue_as_new_suggested() or (self._continue_always and moved)

    # --- time ------------------------------------------------------------------------------------------------

    def _pass_time(self) -> None:
        due = self.state.due()
        while due is not None and due <= self.now:
            before = self.state.revision
            self.state = engine.tick(self.pathway, self.state, self.now)
            following = self.state.due()
            if following == due and self.state.revision == before:
                raise RuntimeError("the core let a deadline pass without moving")
            due = following

    def _arm(self) -> None:
        due = self.state.due()
        left = None if due is None else self.state.clock.real_until(due, workflow.now())
        wanted = None if left is None else workflow.now() + left
        armed = self._armed if ALARM in self._flight else None
        if wanted is not None and armed is not None and armed <= wanted:
            if armed == wanted or armed - workflow.now() >= SLACK:
                return
        elif wanted is None and (armed is None or armed - workflow.now() >= SLACK):
            return
        if armed is not None:
            self._flight.pop(ALARM).cancel()
        if due is not None and wanted is not None:
            self._armed = wanted
            self._fly(ALARM, self._sleep, wanted - workflow.now(), words.of_due(self.state, due))

    async def _sleep(self, length: timedelta, summary: str) -> None:
        await workflow.sleep(length, summary=summary)

    # --- the world -------------------------------------------------------------------------------------------

    async def _carry_out(self, key: str, pending: Pending) -> None:
        effect = REGISTRY[pending.effect]
        try:
            result = await workflow.execute_activity(
                pending.effect,
                pending.body,
                task_queue=effect.queue,
                result_type=dict[str, Any],
                schedule_to_close_timeout=options.patience_of(effect),
                start_to_close_timeout=options.attempt_of(effect),
                heartbeat_timeout=options.PACES[effect.queue].silence,
                retry_policy=options.RETRY,
                summary=words.of_effect(effect, key, pending, self.state.language),
            )
        except ActivityError as error:
            name = options.error_type(error)
            self.state = engine.give_up(self.pathway, self.state, key, name, self.now)
        else:
            self.state = engine.settle(self.pathway, self.state, key, result, self.now)

    async def _leave_behind(self, child: Child) -> None:
        start = engine.child_start(self.pathway, self.state, child, self.now)
        start = start.model_copy(update={"continue_always": self._continue_always})
        # Already started: by a run this one replaced. Its id is made from ours, so it is the same child.
        with contextlib.suppress(WorkflowAlreadyStartedError):
            await workflow.start_child_workflow(
                STEP,
                start,
                id=child.workflow,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                cancellation_type=workflow.ChildWorkflowCancellationType.ABANDON,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=TypedSearchAttributes(
                    [
                        SearchAttributePair(CLINIC, self.state.clinic),
                        SearchAttributePair(PATHWAY, self.pathway.code),
                        SearchAttributePair(STATUS, Status.OPEN.value),
                    ]
                ),
                static_summary=self.pathway.title.in_(self.state.language),
            )
        self.state = engine.child_started(self.pathway, self.state, child.workflow, self.now)

    async def _project(self) -> None:
        """Write the record: always the whole current state, never two writes at a time, for as long as it takes."""
        while self._written != self.state.revision:
            sent = self.state.revision
            snapshot = Snapshot(
                state=self.state.model_copy(update={"transitions": []}),
                transitions=tuple(self.state.transitions),
            )
            try:
                await workflow.execute_activity(
                    PROJECT,
                    snapshot,
                    start_to_close_timeout=options.PROJECTION_PACE,
                    retry_policy=options.RETRY,
                    summary=words.PROJECT.in_(self.state.language),
                )
            except ActivityError:
                # The record would not have it. The process never waits for it; its alarm is the failed activity.
                await workflow.sleep(options.PROJECTION_REST)
                continue
            self._written = sent
            kept = [transition for transition in self.state.transitions if transition.revision > sent]
            self.state = self.state.model_copy(update={"transitions": kept})

    # --- what an administrator reads -------------------------------------------------------------------------

    def _describe(self) -> None:
        if self._described == self.state.revision:
            return
        self._described = self.state.revision
        workflow.set_current_details(view.details(self.pathway, self.state, self.state.language))
        status = status_of(self.state)
        if status != self._status:
            self._status = status
            workflow.upsert_search_attributes([STATUS.value_set(status)])


def status_of(state: ConsultationState) -> str:
    """The status a run is searched by: ``open``, ``emergency``, ``paused``, and once it ends the end's code.

    The end is written when the ending begins, so that an ending costs one write of the attribute, not two.
    """
    if state.end is not None and state.status is not Status.OPEN:
        return state.end
    if state.emergency is not None:
        return "emergency"
    return "paused" if state.paused is not None else Status.OPEN.value
