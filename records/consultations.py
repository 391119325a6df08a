"""Consultations as projected from their workflows: one row a process, its tasks and transitions.

The workflow holds the truth; what stands here may lag and never goes back.
"""

from datetime import datetime
from typing import Literal

import structlog
from sqlalchemy import text

from domain.base import Code, Json, Moment, Value
from domain.people import Actor
from domain.snapshot import Snapshot
from domain.state import ConsultationState, Status
from records.database import Session
from records.pages import Page, cursor_of, read_cursor
from records.projection import tasks_json, transitions_json
from records.visibility import whole_clinic

log = structlog.get_logger(__name__)


class Consultation(Value):
    """A process as lists show it. ``parent`` is set for a step left behind; then ``workflow`` is not the id."""

    workflow: str
    consultation: str
    parent: str | None
    patient: str
    doctor: str | None
    met_by: str | None
    pathway: str
    pathway_code: Code
    status: Status
    end: Code | None
    started_at: Moment
    ended_at: Moment | None
    emergency: bool
    paused: bool
    open_tasks: int
    epoch: int
    revision: int


class TimelineEntry(Value):
    """A transition as kept: codes and ids."""

    workflow: str
    epoch: int
    revision: int
    at: Moment
    code: Code
    step: str | None
    occurrence: int | None
    actor: str | None
    detail: dict[str, Json]


class OpenRun(Value):
    """A process that the record holds for open: what the reconciler compares with Temporal."""

    clinic: str
    workflow: str
    epoch: int
    revision: int


class Projected(Value):
    """What became of a snapshot.

    ``alarm``: ``revision_lost`` (a new epoch began below what the record knew), ``overtaken`` (a replaced run still
    writes) or ``went_back`` (a lower revision of the same epoch); all but the first are not taken.
    """

    taken: bool
    alarm: Literal["revision_lost", "overtaken", "went_back"] | None = None


_KNOWN = text("SELECT epoch, revision FROM consultation WHERE clinic_id = :clinic AND workflow = :workflow FOR UPDATE")
_PUT = text("""
    WITH former AS (SELECT epoch, revision FROM consultation WHERE clinic_id = :clinic AND workflow = :workflow)
    INSERT INTO consultation AS known (
        clinic_id, workflow, consultation_id, parent, patient_id, doctor_id, met_by, pathway, status, "end",
        started_at, ended_at, emergency, paused, epoch, revision, state)
    VALUES (
        :clinic, :workflow, :consultation, :parent, :patient, :doctor, :met_by, :pathway, :status, :end,
        :started_at, :ended_at, :emergency, :paused, :epoch, :revision, CAST(:state AS json))
    ON CONFLICT (clinic_id, workflow) DO UPDATE SET
        doctor_id = excluded.doctor_id, met_by = excluded.met_by, status = excluded.status,
        "end" = excluded."end", ended_at = excluded.ended_at, emergency = excluded.emergency,
        paused = excluded.paused, epoch = excluded.epoch, revision = excluded.revision, state = excluded.state,
        projected_at = statement_timestamp()
    WHERE (known.epoch, known.revision) < (excluded.epoch, excluded.revision)
    RETURNING (SELECT epoch FROM former) AS epoch, (SELECT revision FROM former) AS revision
""")
# Tasks are replaced in one statement: those no longer open go, the others are made equal to the snapshot's. It runs
# after _PUT, which holds the row's lock, so no other snapshot of this process can be at it.
_TASKS_AND_TRANSITIONS = text("""
    WITH given AS (
        SELECT * FROM json_to_recordset(CAST(:tasks AS json)) AS t(
            id text, name text, step text, occurrence int, owner text, owners json, actions json, form text,
            opened_at timestamptz, due timestamptz, claimed_by text, data json)
    ), gone AS (
        DELETE FROM task WHERE clinic_id = :clinic AND workflow = :workflow AND id NOT IN (SELECT id FROM given)
    ), kept AS (
        INSERT INTO task (clinic_id, workflow, id, consultation_id, patient_id, name, step, occurrence, owner,
                          actions, form, opened_at, due, claimed_by, data)
        SELECT :clinic, :workflow, id, :consultation, :patient, name, step, occurrence, owner,
               ARRAY(SELECT json_array_elements_text(actions)), form, opened_at, due, claimed_by, data
        FROM given
        ON CONFLICT (clinic_id, workflow, id) DO UPDATE SET
            name = excluded.name, owner = excluded.owner, actions = excluded.actions, form = excluded.form,
            opened_at = excluded.opened_at, due = excluded.due, claimed_by = excluded.claimed_by,
            data = excluded.data
    ), owned AS (
        SELECT id, json_array_elements_text(owners) AS owner FROM given
    ), disowned AS (
        DELETE FROM task_owner AS o USING given
        WHERE o.clinic_id = :clinic AND o.workflow = :workflow AND o.task = given.id
          AND NOT EXISTS (SELECT FROM owned WHERE owned.id = o.task AND owned.owner = o.owner)
    ), owning AS (
        INSERT INTO task_owner (clinic_id, workflow, task, owner)
        SELECT :clinic, :workflow, id, owner FROM owned
        ON CONFLICT DO NOTHING
    )
    INSERT INTO transition (clinic_id, workflow, epoch, revision, consultation_id, at, code, step, occurrence,
                            actor, detail)
    SELECT :clinic, :workflow, :epoch, revision, :consultation, at, code, step, occurrence, actor, detail
    FROM json_to_recordset(CAST(:transitions AS json)) AS t(
        revision int, at timestamptz, code text, step text, occurrence int, actor text, detail json)
    ON CONFLICT DO NOTHING
""")


async def project(session: Session, snapshot: Snapshot) -> Projected:
    """Take a snapshot where it is newer than what stands here; the same one again changes nothing.

    A process's rows never go back: neither the row, nor its tasks. Two round trips.
    """
    state = snapshot.state
    key = {"clinic": session.clinic, "workflow": state.workflow}
    put = await session.row(
        _PUT,
        **key,
        consultation=state.consultation,
        parent=state.parent,
        patient=state.patient,
        doctor=state.doctor,
        met_by=state.met_by,
        pathway=state.pathway,
        status=state.status.value,
        end=state.end,
        started_at=state.started_at,
        ended_at=state.ended_at,
        emergency=state.emergency is not None,
        paused=state.paused is not None,
        epoch=state.epoch,
        revision=state.revision,
        state=state.model_dump_json(exclude={"transitions"}),
    )
    if put is None:
        return await _not_newer(session, state)
    await session.run(
        _TASKS_AND_TRANSITIONS,
        **key,
        consultation=state.consultation,
        patient=state.patient,
        epoch=state.epoch,
        tasks=tasks_json(state),
        transitions=transitions_json(snapshot.transitions),
    )
    if put.epoch is not None and put.epoch < state.epoch and state.revision < put.revision:
        return _alarm(state, "revision_lost", taken=True)
    return Projected(taken=True)


async def _not_newer(session: Session, state: ConsultationState) -> Projected:
    known = await session.row(_KNOWN, clinic=session.clinic, workflow=state.workflow)
    if known is None or (known.epoch, known.revision) == (state.epoch, state.revision):
        return Projected(taken=False)
    return _alarm(state, "overtaken" if known.epoch > state.epoch else "went_back", taken=False)


def _alarm(
    state: ConsultationState, alarm: Literal["revision_lost", "overtaken", "went_back"], *, taken: bool
) -> Projected:
    log.error("projection." + alarm, workflow=state.workflow, epoch=state.epoch, revision=state.revision, taken=taken)
    return Projected(taken=taken, alarm=alarm)


_COLUMNS = """
    c.workflow, c.consultation_id AS consultation, c.parent, c.patient_id AS patient, c.doctor_id AS doctor,
    c.met_by, c.pathway, p.code AS pathway_code, c.status, c."end", c.started_at, c.ended_at, c.emergency,
    c.paused, c.epoch, c.revision,
    (SELECT count(*) FROM task AS t WHERE t.clinic_id = c.clinic_id AND t.consultation_id = c.consultation_id)
        AS open_tasks
"""
_FROM = "FROM consultation AS c JOIN pathway AS p ON p.clinic_id = c.clinic_id AND p.sha256 = c.pathway"
_GET = text(f"SELECT {_COLUMNS} {_FROM} WHERE c.clinic_id = :clinic AND c.workflow = :workflow")
_STATE = text("SELECT state::text FROM consultation WHERE clinic_id = :clinic AND workflow = :workflow")
_TIMELINE = text("""
    SELECT workflow, epoch, revision, at, code, step, occurrence, actor, detail FROM transition
    WHERE clinic_id = :clinic AND consultation_id = :consultation
    ORDER BY at, workflow, epoch, revision
""")
_TAIL = """
    AND c.parent IS NULL AND c.workflow = c.consultation_id
    AND (CAST(:before AS timestamptz) IS NULL
         OR (c.started_at, c.workflow) < (CAST(:before AS timestamptz), CAST(:before_id AS text)))
    ORDER BY c.started_at DESC, c.workflow DESC LIMIT :limit
"""
# One statement for each combination: a plan that serves "any status or this one" uses no index for either.
_LISTS = {
    (scope, filtered): text(f"SELECT {_COLUMNS} {_FROM} WHERE c.clinic_id = :clinic{whose}{which} {_TAIL}")
    for scope, whose in {
        "clinic": "",
        "patient": " AND c.patient_id = :who",
        "doctor": " AND (c.doctor_id = :who OR c.met_by = :who)",
    }.items()
    for filtered, which in {True: " AND c.status = :status", False: ""}.items()
}
_OPEN = text("""
    SELECT clinic_id AS clinic, workflow, epoch, revision FROM consultation
    WHERE status <> 'closed' AND workflow > :after ORDER BY workflow LIMIT :limit
""")


async def get(session: Session, workflow: str) -> Consultation | None:
    """A consultation, or a step it left behind, by its workflow id."""
    row = await session.row(_GET, clinic=session.clinic, workflow=workflow)
    return None if row is None else Consultation.model_validate(dict(row._mapping))


async def state(session: Session, workflow: str) -> ConsultationState | None:
    """The last projected state: what a view is made from, and a replaced run is resumed from."""
    found = await session.scalar(_STATE, clinic=session.clinic, workflow=workflow)
    return None if found is None else ConsultationState.model_validate_json(found)


async def timeline(session: Session, consultation: str) -> list[TimelineEntry]:
    """All that happened in a consultation and the steps it left behind, oldest first."""
    rows = await session.rows(_TIMELINE, clinic=session.clinic, consultation=consultation)
    return [TimelineEntry.model_validate(dict(row._mapping)) for row in rows]


async def list_for(
    session: Session, actor: Actor, status: Status | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Consultation]:
    """The consultations an actor is concerned with, newest first.

    His own or his represented's as a patient, those he treats as a doctor, the clinic's for those who oversee.

    Raises:
        BadCursor: The cursor is not ours.
    """
    scope, who = _scope(actor)
    before: datetime | None = None
    before_id: str | None = None
    if cursor is not None:
        before, (before_id,) = read_cursor(cursor, 1)
    filters = ({} if who is None else {"who": who}) | ({} if status is None else {"status": status.value})
    rows = await session.rows(
        _LISTS[scope, status is not None],
        **filters,
        clinic=session.clinic,
        before=before,
        before_id=before_id,
        limit=limit + 1,
    )
    items = tuple(Consultation.model_validate(dict(row._mapping)) for row in rows[:limit])
    more = len(rows) > limit
    return Page(items=items, next=cursor_of(items[-1].started_at, items[-1].workflow) if more else None)


async def open_runs(session: Session, after: str = "", limit: int = 500) -> list[OpenRun]:
    """What the record holds for open, by workflow id; for the reconciler, across clinics (system role)."""
    rows = await session.rows(_OPEN, after=after, limit=limit)
    return [OpenRun.model_validate(dict(row._mapping)) for row in rows]


def _scope(actor: Actor) -> tuple[Literal["clinic", "patient", "doctor"], str | None]:
    if actor.patient is not None:
        return "patient", actor.patient
    if whole_clinic(actor):
        return "clinic", None
    return "doctor", actor.person
