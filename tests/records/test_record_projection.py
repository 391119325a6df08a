"""The projection of a process: once, forward only, whole."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from domain.people import Actor, Owner, Role
from domain.snapshot import Snapshot
from domain.state import ConsultationState, Status, Transition
from domain.tasks import Task
from records import consultations, tasks
from records.consultations import Projected
from records.pages import BadCursor

if TYPE_CHECKING:
    from tests.records.conftest import Ward

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_task(name: str, owner: Owner, *also: Owner, **changes: object) -> Task:
    values: dict[str, object] = {
        "id": f"s.1.{name}",
        "name": name,
        "step": "s",
        "occurrence": 1,
        "owner": owner,
        "also": also,
        "actions": ("decide", "refuse"),
        "opened_at": NOW,
        "data": {"b": 1, "a": [2]},
    }
    return Task.model_validate(values | changes)


def snapshot(state: ConsultationState, *revisions: int) -> Snapshot:
    return Snapshot(
        state=state.model_copy(deep=True),
        transitions=tuple(
            Transition(
                revision=r, at=NOW + timedelta(seconds=r), code="task.opened", step="s", detail={"task": "s.1.do"}
            )
            for r in revisions
        ),
    )


async def project(ward: "Ward", state: ConsultationState, *revisions: int) -> Projected:
    async with ward.db.clinic(ward.clinic) as session:
        return await consultations.project(session, snapshot(state, *revisions))


async def kept(ward: "Ward", state: ConsultationState) -> tuple[ConsultationState, list[str], int]:
    async with ward.db.clinic(ward.clinic) as session:
        found = await consultations.state(session, state.workflow)
        assert found is not None
        open_ = await tasks.of_consultation(session, state.consultation)
        line = await consultations.timeline(session, state.consultation)
        return found, [task.id for task in open_], len(line)


async def test_a_snapshot_is_kept_whole_and_read_back_equal(ward: "Ward") -> None:
    state = ward.state(revision=3, doctor=ward.doctor, outputs={"z": {"b": 1}, "a": {}})
    state.tasks["s.1.do"] = a_task("do", Owner(role=Role.NURSE), Owner(person=ward.doctor), due=NOW)
    assert await project(ward, state, 1, 2, 3) == Projected(taken=True)
    found, open_, transitions = await kept(ward, state)
    assert found == state
    assert list(found.outputs) == ["z", "a"], "the order of the state is part of it"
    assert open_ == ["s.1.do"]
    assert transitions == 3
    async with ward.db.clinic(ward.clinic) as session:
        task = await tasks.get(session, state.workflow, "s.1.do")
        row = await consultations.get(session, state.workflow)
    assert task is not None
    assert (task.owner, task.actions, task.due, task.data) == (
        "role:nurse", ("decide", "refuse"), NOW, {"b": 1, "a": [2]},
    )  # fmt: skip
    assert row is not None
    assert (row.pathway_code, row.doctor, row.open_tasks, row.status) == ("therapist", ward.doctor, 1, Status.OPEN)


async def test_the_same_snapshot_twice_writes_nothing_twice(ward: "Ward") -> None:
    state = ward.state(revision=2)
    state.tasks["s.1.do"] = a_task("do", Owner(role=Role.NURSE))
    assert (await project(ward, state, 1, 2)).taken
    assert await project(ward, state, 1, 2) == Projected(taken=False)
    assert await kept(ward, state) == (state, ["s.1.do"], 2)


async def test_an_older_snapshot_changes_nothing_and_raises_an_alarm(ward: "Ward") -> None:
    old = ward.state(revision=2)
    old.tasks["s.1.do"] = a_task("do", Owner(role=Role.NURSE))
    new = old.model_copy(deep=True, update={"revision": 3, "tasks": {}})
    await project(ward, old, 1, 2)
    await project(ward, new, 3)
    assert await project(ward, old, 1, 2) == Projected(taken=False, alarm="went_back")
    assert await kept(ward, old) == (new, [], 3)


async def test_a_closed_consultation_stays_closed(ward: "Ward") -> None:
    state = ward.state(revision=5, status=Status.CLOSED, end="completed", ended_at=NOW)
    await project(ward, state, 5)
    reopened = state.model_copy(update={"revision": 4, "status": Status.OPEN, "end": None, "ended_at": None})
    assert not (await project(ward, reopened, 4)).taken
    assert (await kept(ward, state))[0].status is Status.CLOSED


async def test_a_new_epoch_is_taken_and_tells_when_it_lost_revisions(ward: "Ward") -> None:
    state = ward.state(revision=7)
    await project(ward, state, 7)
    resumed = state.model_copy(update={"epoch": 2, "revision": 5})
    assert await project(ward, resumed, 5) == Projected(taken=True, alarm="revision_lost")
    late = state.model_copy(update={"revision": 9})
    assert await project(ward, late, 9) == Projected(taken=False, alarm="overtaken")
    found, _, transitions = await kept(ward, state)
    assert (found.epoch, found.revision, transitions) == (2, 5, 2)


async def test_snapshots_that_race_leave_the_newest_with_its_tasks_and_no_others(ward: "Ward") -> None:
    state = ward.state(revision=1)
    states = []
    for revision in range(1, 9):
        each = state.model_copy(deep=True, update={"revision": revision})
        each.tasks = {f"s.1.t{revision}": a_task(f"t{revision}", Owner(role=Role.NURSE))}
        states.append(each)
    for _ in range(3):
        await asyncio.gather(*(project(ward, each, each.revision) for each in reversed(states)))
    found, open_, transitions = await kept(ward, state)
    assert (found.revision, open_) == (8, ["s.1.t8"])
    assert transitions <= 8


async def test_a_task_stands_on_the_list_of_everybody_who_owns_it_or_was_rung(ward: "Ward") -> None:
    state = ward.state(revision=1)
    role, pool, me = Owner(role=Role.NURSE), Owner(pool="therapists"), Owner(person=ward.doctor)
    patient = Owner(patient=ward.mother_patient)
    state.tasks = {
        task.id: task
        for task in (
            a_task("late", role, me, due=NOW - timedelta(hours=1)),
            a_task("pool", pool, due=NOW + timedelta(hours=1)),
            a_task("mine", me),
            a_task("claimed", role, me, claimed_by=ward.colleague),
            a_task("patients", patient, due=NOW + timedelta(hours=2)),
        )
    }
    await project(ward, state)
    doctor = Actor(person=ward.doctor, clinic=ward.clinic, roles={Role.DOCTOR}, pools={"therapists"})
    nurse = Actor(person="p-nurse", clinic=ward.clinic, roles={Role.NURSE})
    colleague = Actor(person=ward.colleague, clinic=ward.clinic, roles={Role.NURSE})
    mother = Actor(person=ward.mother, clinic=ward.clinic, roles={Role.PATIENT}, patient=ward.mother_patient)

    async def names(actor: Actor, scope: tasks.Scope = "all") -> list[str]:
        async with ward.db.clinic(ward.clinic) as session:
            return [task.name for task in (await tasks.list_for(session, actor, scope, NOW)).items]

    assert await names(doctor) == ["late", "pool", "mine"], "the most urgent first, without a due time last"
    assert await names(doctor, "mine") == ["mine"]
    assert await names(doctor, "shared") == ["late", "pool"]
    assert await names(doctor, "overdue") == ["late"]
    assert await names(nurse) == ["late"]
    assert await names(colleague, "mine") == ["claimed"]
    assert await names(mother, "mine") == ["patients"]
    for actor in (doctor, nurse, colleague, mother):
        shown = {task.name for task in state.tasks.values() if task.admits(actor)}
        assert set(await names(actor)) == shown, "the list and the workflow judge alike"
    async with ward.db.clinic(ward.clinic) as session:
        assert await tasks.count_for(session, doctor, NOW) == tasks.Counts(mine=1, shared=2, overdue=1)

    state.revision = 2
    state.tasks["s.1.late"] = a_task("late", role, due=NOW - timedelta(hours=1))
    await project(ward, state)
    assert await names(doctor) == ["pool", "mine"], "who is no longer rung loses it"


async def test_pages_of_consultations_follow_each_other_whatever_comes_meanwhile(ward: "Ward") -> None:
    made = [ward.state(revision=1, started_at=NOW + timedelta(minutes=n // 2)) for n in range(7)]
    for state in made:
        await project(ward, state)
    mother = Actor(person=ward.mother, clinic=ward.clinic, roles={Role.PATIENT}, patient=ward.mother_patient)
    expected = [s.workflow for s in sorted(made, key=lambda s: (s.started_at, s.workflow), reverse=True)]
    seen: list[str] = []
    cursor = None
    while True:
        async with ward.db.clinic(ward.clinic) as session:
            page = await consultations.list_for(session, mother, cursor=cursor, limit=3)
        seen += [item.workflow for item in page.items]
        cursor = page.next
        if cursor is None:
            break
        await project(ward, ward.state(revision=1, started_at=NOW + timedelta(days=1)))
    assert seen == expected
    async with ward.db.clinic(ward.clinic) as session:
        with pytest.raises(BadCursor):
            await consultations.list_for(session, mother, cursor="nonsense")


async def test_tasks_are_paged_by_urgency(ward: "Ward") -> None:
    state = ward.state(revision=1)
    for n in range(5):
        due = None if n == 4 else NOW + timedelta(minutes=n // 2)
        state.tasks[f"s.1.t{n}"] = a_task(f"t{n}", Owner(role=Role.NURSE), due=due)
    await project(ward, state)
    nurse = Actor(person="p-n", clinic=ward.clinic, roles={Role.NURSE})
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        async with ward.db.clinic(ward.clinic) as session:
            page = await tasks.list_for(session, nurse, "all", NOW, cursor=cursor, limit=2)
        seen += [task.name for task in page.items]
        cursor = page.next
    assert (seen, cursor) == (["t0", "t1", "t2", "t3", "t4"], None)


async def test_a_doctor_lists_whom_he_treats_and_an_overseer_the_clinic(
    ward: "Ward", a_ward: "Callable[[], Awaitable[Ward]]"
) -> None:
    other = await a_ward()
    mine = ward.state(revision=1, doctor=ward.doctor)
    met = ward.state(revision=1, doctor=ward.colleague, met_by=ward.doctor)
    left = ward.state(workflow=mine.workflow + ".labs.1", consultation=mine.workflow, parent=mine.workflow, revision=1)
    for state in (mine, met, left, ward.state(revision=1, patient=ward.child_patient)):
        await project(ward, state)
    await project(other, other.state(revision=1))

    async def count(actor: Actor, status: Status | None = None) -> int:
        async with ward.db.clinic(ward.clinic) as session:
            return len((await consultations.list_for(session, actor, status)).items)

    assert await count(Actor(person=ward.doctor, clinic=ward.clinic, roles={Role.DOCTOR})) == 2
    assert await count(Actor(person="p-x", clinic=ward.clinic, roles={Role.HEAD_DOCTOR})) == 3
    assert await count(Actor(person="p-x", clinic=ward.clinic, roles={Role.HEAD_DOCTOR}), Status.CLOSED) == 0
    assert await count(Actor(person="p-x", clinic=ward.clinic, roles=frozenset())) == 0
    async with ward.db.system() as session:
        open_ = await consultations.open_runs(session, limit=10_000)
    assert {mine.workflow, left.workflow} <= {run.workflow for run in open_}


async def test_the_timeline_holds_the_consultation_and_the_steps_it_left_behind(ward: "Ward") -> None:
    state = ward.state(revision=2)
    child = ward.state(
        workflow=state.workflow + ".labs.1", consultation=state.workflow, parent=state.workflow, revision=1
    )
    await project(ward, state, 1, 2)
    await project(ward, child, 1)
    async with ward.db.clinic(ward.clinic) as session:
        line = await consultations.timeline(session, state.consultation)
    assert [(entry.workflow, entry.revision) for entry in line] == [
        (state.workflow, 1), (child.workflow, 1), (state.workflow, 2),
    ]  # fmt: skip
    assert line[0].detail == {"task": "s.1.do"}
