"""Open tasks: the work list of everybody."""

from datetime import datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Code, Json, Moment, Value
from domain.people import Actor
from records.database import Session
from records.pages import Page, cursor_of, read_cursor
from records.visibility import owner_keys

Scope = Literal["all", "mine", "shared", "overdue"]
"""``mine``: claimed by me or mine by name; ``shared``: my roles' and pools', unclaimed; ``overdue``: past their due."""


class OpenTask(Value):
    """An open task as lists show it. ``owner`` is one word: ``person:…``, ``patient:…``, ``role:…``, ``pool:…``."""

    workflow: str
    id: str
    consultation: str
    patient: str
    name: Code
    step: Code | None
    occurrence: int
    owner: str
    actions: tuple[str, ...]
    form: str | None
    opened_at: Moment
    due: Moment | None
    claimed_by: str | None
    data: dict[str, Json]


class Counts(Value):
    """Numbers for a badge."""

    mine: int
    shared: int
    overdue: int


_COLUMNS = """
    t.workflow, t.id, t.consultation_id AS consultation, t.patient_id AS patient, t.name, t.step, t.occurrence,
    t.owner, t.actions, t.form, t.opened_at, t.due, t.claimed_by, t.data
"""
# A doctor who comes as a patient sees none of his work, though its tasks are his by name.
_SHOWN = """
    EXISTS (SELECT FROM task_owner AS o WHERE o.clinic_id = t.clinic_id AND o.workflow = t.workflow
            AND o.task = t.id AND o.owner = ANY(CAST(:owners AS text[])))
    AND (t.claimed_by IS NULL OR t.claimed_by = :person)
    AND (:staff OR NOT EXISTS (SELECT FROM consultation AS c WHERE c.clinic_id = t.clinic_id AND c.workflow = t.workflow
                               AND t.patient_id <> :hat AND :person IN (c.doctor_id, c.met_by)))
"""
_MINE = "(t.claimed_by = :person OR t.owner = ANY(CAST(:own AS text[])))"
_SCOPES = {
    "all": "true",
    "mine": _MINE,
    "shared": f"NOT coalesce({_MINE}, false)",
    "overdue": "t.due < :now",
}
# A task without a due time stands after all others.
_DUE = "coalesce(t.due, timestamptz '9999-01-01 00:00+00')"
_LISTS = {
    scope: text(f"""
        SELECT {_COLUMNS}, {_DUE} AS sort FROM task AS t
        WHERE t.clinic_id = :clinic AND {_SHOWN} AND {condition} AND CAST(:now AS timestamptz) IS NOT NULL
          AND (CAST(:patient AS text) IS NULL OR t.patient_id = :patient)
          AND (CAST(:after AS timestamptz) IS NULL
               OR ({_DUE}, t.workflow, t.id) > (CAST(:after AS timestamptz), CAST(:after_workflow AS text),
                                                CAST(:after_task AS text)))
        ORDER BY {_DUE}, t.workflow, t.id LIMIT :limit
    """)
    for scope, condition in _SCOPES.items()
}
_COUNT = text(f"""
    SELECT count(*) FILTER (WHERE {_SCOPES["mine"]}) AS mine, count(*) FILTER (WHERE {_SCOPES["shared"]}) AS shared,
           count(*) FILTER (WHERE {_SCOPES["overdue"]}) AS overdue
    FROM task AS t WHERE t.clinic_id = :clinic AND {_SHOWN}
""")
_GET = text(f"SELECT {_COLUMNS} FROM task AS t WHERE t.clinic_id = :clinic AND t.workflow = :workflow AND t.id = :id")
_OF_CONSULTATION = text(f"""
    SELECT {_COLUMNS} FROM task AS t WHERE t.clinic_id = :clinic AND t.consultation_id = :consultation
    ORDER BY t.opened_at, t.workflow, t.id
""")


async def list_for(
    session: Session,
    actor: Actor,
    scope: Scope,
    now: datetime,
    *,
    patient: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OpenTask]:
    """An actor's work list, the most urgent first: what he owns by name, role or pool, or was rung for.

    A task that somebody else claimed is not on it. ``now`` is domain time.

    Raises:
        BadCursor: The cursor is not ours.
    """
    after: datetime | None = None
    ids: list[str] = ["", ""]
    if cursor is not None:
        after, ids = read_cursor(cursor, 2)
    rows = await session.rows(
        _LISTS[scope],
        **_who(session, actor),
        now=now,
        patient=patient,
        after=after,
        after_workflow=ids[0],
        after_task=ids[1],
        limit=limit + 1,
    )
    items = tuple(_task(row._mapping) for row in rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items=items, next=None if last is None else cursor_of(last.sort, last.workflow, last.id))


async def count_for(session: Session, actor: Actor, now: datetime) -> Counts:
    """How many tasks an actor has."""
    row = await session.row(_COUNT, **_who(session, actor), now=now)
    assert row is not None
    return Counts.model_validate(dict(row._mapping))


async def get(session: Session, workflow: str, task: str) -> OpenTask | None:
    """An open task; None when it is closed or was never there."""
    row = await session.row(_GET, clinic=session.clinic, workflow=workflow, id=task)
    return None if row is None else _task(row._mapping)


async def of_consultation(session: Session, consultation: str) -> list[OpenTask]:
    """All open tasks of a consultation and the steps it left behind."""
    rows = await session.rows(_OF_CONSULTATION, clinic=session.clinic, consultation=consultation)
    return [_task(row._mapping) for row in rows]


def _who(session: Session, actor: Actor) -> dict[str, object]:
    owners = owner_keys(actor)
    own = [key for key in owners if key.startswith(("person:", "patient:"))]
    return {
        "clinic": session.clinic,
        "owners": owners,
        "own": own,
        "person": actor.person,
        "staff": actor.patient is None,
        "hat": actor.patient,
    }


def _task(row: object) -> OpenTask:
    values = dict(row)  # type: ignore[call-overload]
    values.pop("sort", None)
    return OpenTask.model_validate(values)
