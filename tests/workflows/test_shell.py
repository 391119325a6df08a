"""The shell on a real server: doors, time, the end."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from domain.acts import Fact
from domain.answer import Answer
from domain.names import ACT, CONSULTATION, FLOW
from domain.pathway import Jump, Step
from domain.state import Status
from ports.consultations import NoSuchConsultation
from tests.workflows.world import PATIENT, Run, World, clock_fact, decide, decision, pathway, start_of

TWO = pathway(decision("first"), decision("second"))


async def test_a_consultation_runs_from_its_first_step_to_its_end(world: World) -> None:
    run = await world.begin(TWO)
    assert (await run.act(decide("first"))).refusal is None
    assert (await run.act(decide("second"))).refusal is None
    assert await run.end() == "completed"
    assert run.snapshots()[-1].state.status is Status.CLOSED


async def test_an_early_act_sent_with_the_start_is_accepted(world: World) -> None:
    for _ in range(10):
        start = start_of(TWO)
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            CONSULTATION,
            start,
            id=start.state.workflow,
            task_queue=FLOW,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        answer = await world.client.execute_update_with_start_workflow(
            ACT, decide("first"), start_workflow_operation=operation, result_type=Answer
        )
        assert answer.answered.refusal is None
        assert "second.1.decide" in answer.state.tasks


async def test_a_late_act_is_refused_as_expired_and_leaves_nothing_in_history(world: World) -> None:
    run = await world.begin(TWO)
    late = decide("first").model_copy(update={"not_after": datetime.now(UTC) - timedelta(seconds=1)})
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await run.handle.execute_update(ACT, late, id=late.id, result_type=Answer)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "expired"
    history = await run.handle.fetch_history()
    assert not [e for e in history.events if e.HasField("workflow_execution_update_accepted_event_attributes")]


async def test_a_refusal_names_its_code_and_changes_nothing(world: World) -> None:
    run = await world.begin(TWO)
    before = await run.state()
    assert (await run.act(decide("first", actor=PATIENT))).refusal == {"code": "not_yours"}
    assert (await run.act(decide("third"))).refusal == {"code": "no_such_task", "task": "third.1.decide"}
    assert (await run.state()).revision == before.revision


async def test_a_repeated_act_is_answered_the_same(world: World) -> None:
    run = await world.begin(TWO, continue_always=True)
    act = decide("first")
    first = await run.act(act)
    assert await run.act(act) == first
    await run.act(decide("second"))
    await run.end()
    assert await run.act(act) == first or (await run.act(act)).refusal == {"code": "closed"}


async def test_an_act_on_a_closed_consultation_is_refused_as_closed(world: World) -> None:
    run = await world.begin(pathway(decision("first")))
    await run.act(decide("first"))
    await run.end()
    assert (await run.act(decide("first"))).refusal == {"code": "closed"}


async def test_an_unknown_consultation_is_told_apart(world: World) -> None:
    with pytest.raises(NoSuchConsultation):
        await world.port.act(f"c-{uuid.uuid4().hex}", decide("first"))
    with pytest.raises(NoSuchConsultation):
        await world.port.fact(f"c-{uuid.uuid4().hex}", Fact(source="video", id="f-1"))


async def test_starting_twice_starts_once(world: World) -> None:
    start = start_of(TWO)
    await world.port.start(start)
    run_id = (await world.client.get_workflow_handle(start.state.workflow).describe()).run_id
    await world.port.start(start)
    assert (await world.client.get_workflow_handle(start.state.workflow).describe()).run_id == run_id


async def test_a_fact_is_seen_once_and_one_of_a_past_occurrence_moves_nothing(world: World) -> None:
    run = await world.begin(TWO)
    before = await run.state()
    fact = Fact(source="video", id="event-1", step="first", occurrence=7, body={"event": "closed"})
    for _ in range(3):
        await run.fact(fact)
    state = await run.until(lambda s: fact.name in s.seen)
    assert state.revision == before.revision + 1
    assert state.tasks == before.tasks
    assert state.runs == before.runs


async def test_a_deadline_comes_when_the_clock_is_advanced(world: World) -> None:
    run = await world.begin(TWO)
    await run.until(lambda s: bool(s.tasks))
    await run.fact(clock_fact(await run.state(), timedelta(minutes=59, seconds=58)))
    assert await run.end() == "failed_by_us"


async def test_a_clock_advanced_past_everything_ends_at_once(world: World) -> None:
    run = await world.begin(TWO)
    await run.act(decide("first"))
    await run.fact(clock_fact(await run.state(), timedelta(days=30)))
    assert await run.end() == "failed_by_us"


async def test_a_cancel_request_is_an_act_and_the_consultation_ends_in_order(world: World) -> None:
    run = await world.begin(TWO)
    await run.until(lambda s: bool(s.tasks))
    await run.handle.cancel()
    assert await run.end() == "cancelled_by_us"
    assert run.snapshots()[-1].state.end == "cancelled_by_us"


async def test_a_whole_story_runs_with_continue_as_new_at_every_quiet_moment(world: World) -> None:
    run = await world.begin(pathway(decision("first"), decision("second"), decision("third")), continue_always=True)
    first_run = (await run.handle.describe()).run_id
    for step in ("first", "second", "third"):
        answered = await run.act(decide(step))
        assert answered.refusal is None
        await run.until(lambda s, at=answered.revision: s.revision >= at)  # type: ignore[misc]
    assert await run.end() == "completed"
    last = await run.handle.describe()
    assert last.run_id != first_run
    found = {pair.key.name: pair.value for pair in last.typed_search_attributes}
    assert (found["CarepathClinic"], found["CarepathStatus"]) == ("cl-one", "completed")
    revisions = [t.revision for s in run.snapshots() for t in s.transitions]
    assert revisions == sorted(set(revisions))
    assert revisions == list(range(1, revisions[-1] + 1))


async def metadata(run: Run) -> str:
    """The current details as Temporal UI asks for them."""
    found = await run.handle.query("__temporal_workflow_metadata")
    return str(found.current_details)


async def test_the_status_is_searchable_and_the_details_say_who_must_act(world: World) -> None:
    run = await world.begin(TWO)
    await run.until(lambda s: bool(s.tasks))
    description = await run.handle.describe()
    found = {pair.key.name: pair.value for pair in description.typed_search_attributes}
    assert {name: value for name, value in found.items() if name.startswith("Carepath")} == {
        "CarepathClinic": "cl-one",
        "CarepathPathway": "decisions",
        "CarepathStatus": "open",
    }
    assert (await description.static_summary()) == TWO.title.ru
    details = await metadata(run)
    assert "регистратор" in details
    assert "Решение сотрудника" in details
    await run.act(decide("first", "no"))
    assert await run.end() == "abandoned"
    description = await run.handle.describe()
    found = {pair.key.name: pair.value for pair in description.typed_search_attributes}
    assert found["CarepathStatus"] == "abandoned"


async def test_a_stopped_worker_is_replaced_and_the_run_goes_on(world: World) -> None:
    run = await world.begin(TWO)
    await run.act(decide("first"))
    await world.stop()
    waiting = asyncio.create_task(run.act(decide("second")))
    await world.resume()
    assert (await waiting).refusal is None
    assert await run.end() == "completed"


async def test_an_act_whose_caller_gave_up_is_not_carried_out_later(world: World) -> None:
    run = await world.begin(TWO)
    await run.until(lambda s: bool(s.tasks))
    await world.stop()
    act = decide("first").model_copy(update={"not_after": datetime.now(UTC) + timedelta(seconds=0.3)})
    sending = asyncio.create_task(run.handle.execute_update(ACT, act, id=act.id, result_type=Answer))
    await asyncio.sleep(0.6)  # `not_after` is real time: there is nothing else to wait on
    await world.resume()
    with pytest.raises(WorkflowUpdateFailedError):
        await sending
    assert "first.1.decide" in (await run.state()).tasks
    # The same key sent again in time is carried out, once.
    again = act.model_copy(update={"not_after": datetime.now(UTC) + timedelta(seconds=5)})
    assert (await run.act(again)).refusal is None
    assert "second.1.decide" in (await run.state()).tasks


async def test_an_end_step_ends_as_it_says(world: World) -> None:
    run = await world.begin(
        pathway(decision("first", no=Jump(to="next")), Step(id="stop", kind="end", fields={"as": "abandoned"}))
    )
    await run.act(decide("first", "no"))
    assert await run.end() == "abandoned"


async def test_a_deadline_comes_by_its_own_timer_and_a_clock_that_runs_fast_brings_it_sooner(world: World) -> None:
    run = await world.begin(TWO, rate=3600.0)
    assert await run.end() == "failed_by_us"


async def test_a_far_deadline_that_moves_later_costs_no_timer(world: World) -> None:
    run = await world.begin(pathway(decision("first"), decision("second"), decision("third")))
    for step in ("first", "second", "third"):
        await run.act(decide(step))
    await run.end()
    history = await run.handle.fetch_history()
    timers = [e for e in history.events if e.HasField("timer_started_event_attributes")]
    assert len(timers) == 1


async def test_each_act_and_projection_costs_no_more_events_than_budgeted(world: World) -> None:
    run = await world.begin(pathway(decision("first"), decision("second"), decision("third")))
    for step in ("first", "second", "third"):
        await run.act(decide(step))
    await run.end()
    history = await run.handle.fetch_history()
    projections, notices = len(run.snapshots()), 3
    assert len(history.events) <= 9 * 3 + 6 * notices + 6 * projections + 20
