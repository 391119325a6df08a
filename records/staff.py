"""Who works in a clinic: roles, pools, specialities; and whom a message to an owner reaches."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import text

from domain.base import Language, Value
from domain.people import Owner, Role
from records.database import Session
from records.logins import phones
from records.people import Employee

_PUT = text("""
    INSERT INTO staff (clinic_id, person_id, name, position, specialities, since)
    VALUES (:clinic, :person, :name, :position, :specialities, :since)
    ON CONFLICT (clinic_id, person_id) DO UPDATE SET
        name = excluded.name, position = excluded.position, specialities = excluded.specialities, until = NULL
""")
_END = text("""
    UPDATE staff SET until = :on WHERE clinic_id = :clinic AND person_id = :person AND (until IS NULL OR until > :on)
""")
_DROP_ROLES = text("""
    DELETE FROM staff_role
    WHERE clinic_id = :clinic AND person_id = :person AND role <> ALL(CAST(:keep AS text[]))
""")
_ADD_ROLES = text("""
    INSERT INTO staff_role (clinic_id, person_id, role)
    SELECT :clinic, :person, role FROM unnest(CAST(:keep AS text[])) AS role ON CONFLICT DO NOTHING
""")
_DROP_POOLS = text("""
    DELETE FROM staff_pool
    WHERE clinic_id = :clinic AND person_id = :person AND pool <> ALL(CAST(:keep AS text[]))
""")
_ADD_POOLS = text("""
    INSERT INTO staff_pool (clinic_id, person_id, pool)
    SELECT :clinic, :person, pool FROM unnest(CAST(:keep AS text[])) AS pool ON CONFLICT DO NOTHING
""")
_COLUMNS = """
    s.person_id AS person, s.name, s.position, s.specialities,
    ARRAY(SELECT role FROM staff_role AS r WHERE r.clinic_id = s.clinic_id AND r.person_id = s.person_id) AS roles,
    ARRAY(SELECT pool FROM staff_pool AS p WHERE p.clinic_id = s.clinic_id AND p.person_id = s.person_id) AS pools
"""
_AT_WORK = "s.clinic_id = :clinic AND s.since <= :on AND (s.until IS NULL OR s.until > :on)"
_GET = text(f"SELECT {_COLUMNS} FROM staff AS s WHERE s.clinic_id = :clinic AND s.person_id = :person")
_LIST = text(f"SELECT {_COLUMNS} FROM staff AS s WHERE {_AT_WORK} ORDER BY s.name, s.person_id")
_NAMES = text("""
    SELECT person_id, name FROM staff WHERE clinic_id = :clinic AND person_id = ANY(CAST(:people AS text[]))
""")
_OF_ROLE = text(f"""
    SELECT s.person_id FROM staff AS s JOIN staff_role AS r USING (clinic_id, person_id)
    WHERE {_AT_WORK} AND r.role = :name ORDER BY 1
""")
# A pool's message rings those on duty.
_OF_POOL = text("""
    SELECT doctor_id FROM duty WHERE clinic_id = :clinic AND pool = :name AND ended_at IS NULL ORDER BY 1
""")
_OF_PATIENT = text("""
    SELECT person_id FROM patient WHERE clinic_id = :clinic AND id = :name
    UNION
    SELECT person_id FROM representation
    WHERE clinic_id = :clinic AND patient_id = :name AND valid_from <= :on
      AND (valid_to IS NULL OR valid_to >= :on) AND (ended_on IS NULL OR ended_on > :on)
    ORDER BY 1
""")
_LANGUAGES = text("""
    SELECT person_id, language FROM patient WHERE clinic_id = :clinic AND person_id = ANY(CAST(:people AS text[]))
""")


class Contact(Value):
    """Where a person is told something."""

    person: str
    phone: str
    language: Language


async def save(session: Session, employee: Employee, since: date) -> None:
    """Take somebody on, or change what he is: roles and pools become exactly these.

    Raises:
        IntegrityError: No such person; or a pool is taken away from a doctor who is on duty in it.
    """
    who = {"clinic": session.clinic, "person": employee.person}
    await session.run(
        _PUT,
        **who,
        name=employee.name,
        position=employee.position,
        specialities=sorted(employee.specialities),
        since=since,
    )
    for drop, add, keep in (
        (_DROP_ROLES, _ADD_ROLES, sorted(role.value for role in employee.roles)),
        (_DROP_POOLS, _ADD_POOLS, sorted(employee.pools)),
    ):
        await session.run(drop, **who, keep=keep)
        await session.run(add, **who, keep=keep)


async def dismiss(session: Session, person: str, on: date) -> bool:
    """From that day on the person has no role here."""
    return await session.run(_END, clinic=session.clinic, person=person, on=on) == 1


async def get(session: Session, person: str) -> Employee | None:
    """An employee, former ones too (their names stand under documents)."""
    row = await session.row(_GET, clinic=session.clinic, person=person)
    return None if row is None else Employee.model_validate(dict(row._mapping))


async def names(session: Session, people: Collection[str]) -> dict[str, str]:
    """What employees are called, former ones too; who is none is left out."""
    rows = await session.rows(_NAMES, clinic=session.clinic, people=sorted(people)) if people else []
    return {row.person_id: row.name for row in rows}


async def at_work(session: Session, on: date) -> list[Employee]:
    """Everybody who works here on a day."""
    rows = await session.rows(_LIST, clinic=session.clinic, on=on)
    return [Employee.model_validate(dict(row._mapping)) for row in rows]


async def of_role(session: Session, role: Role, on: date) -> list[str]:
    """Persons who have a role on a day."""
    return [row[0] for row in await session.rows(_OF_ROLE, clinic=session.clinic, name=role.value, on=on)]


async def people_of(session: Session, owner: Owner, on: date) -> list[str]:
    """The persons behind an owner: himself; the patient and those who represent him; a role's; a pool's on duty."""
    if owner.person is not None:
        return [owner.person]
    if owner.role is not None:
        return await of_role(session, owner.role, on)
    if owner.pool is not None:
        rows = await session.rows(_OF_POOL, clinic=session.clinic, name=owner.pool)
    else:
        rows = await session.rows(_OF_PATIENT, clinic=session.clinic, name=owner.patient, on=on)
    return [row[0] for row in rows]


async def contacts(session: Session, owner: Owner, on: date) -> list[Contact]:
    """Phones of the persons behind an owner; who has no phone login is left out."""
    people = await people_of(session, owner, on)
    if not people:
        return []
    known = await phones(session, people)
    rows = await session.rows(_LANGUAGES, clinic=session.clinic, people=people)
    languages = {row.person_id: Language(row.language) for row in rows}
    return [
        Contact(person=person, phone=known[person], language=languages.get(person, Language.RU))
        for person in people
        if person in known
    ]
