"""Persons, patients, staff and who may act for whom."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Code, Language, Value
from domain.people import Actor, IdentityLevel, Role
from records.database import Session
from records.ids import new_id
from records.logins import login_by_phone as login_by_phone

Ground = Literal["parent", "guardian", "adoptive_parent", "proxy", "institution"]


class Patient(Value):
    """A human as this clinic's patient. ``number`` is the clinic's own (its MIS and laboratories know it)."""

    id: str
    person: str
    number: str
    family_name: str
    given_name: str
    patronymic: str | None = None
    birth_date: date
    sex: Literal["male", "female"]
    language: Language = Language.RU
    zone: str = "Europe/Moscow"


class PatientOf(Value):
    """A patient a person may act for: himself, or by a representation."""

    patient: str
    family_name: str
    given_name: str
    birth_date: date
    representation: str | None = None
    ground: Ground | None = None


class Employee(Value):
    """A person at work in this clinic."""

    person: str
    name: str
    roles: frozenset[Role]
    pools: frozenset[Code] = frozenset()
    specialities: frozenset[Code] = frozenset()
    position: str = ""


class Representation(Value):
    """Who may act for a patient, on what ground, from and to which day (inclusive), checked by whom."""

    id: str
    person: str
    patient: str
    ground: Ground
    evidence: str
    valid_from: date
    valid_to: date | None
    checked_by: str
    ended_on: date | None = None


_PERSON = text("INSERT INTO person (id, created_at) VALUES (:id, :at) ON CONFLICT DO NOTHING")
_PATIENT = text("""
    INSERT INTO patient (clinic_id, id, person_id, number, family_name, given_name, patronymic, birth_date, sex,
                         language, zone, created_at)
    VALUES (:clinic, :id, :person, :number, :family_name, :given_name, :patronymic, :birth_date, :sex,
            :language, :zone, :at)
    ON CONFLICT DO NOTHING
""")
_PATIENT_COLUMNS = """
    id, person_id AS person, number, family_name, given_name, patronymic, birth_date, sex, language, zone
"""
_GET_PATIENT = text(f"SELECT {_PATIENT_COLUMNS} FROM patient WHERE clinic_id = :clinic AND id = :id")
_BY_NUMBER = text(f"SELECT {_PATIENT_COLUMNS} FROM patient WHERE clinic_id = :clinic AND number = :number")
_VALID = """
    r.valid_from <= :on AND (r.valid_to IS NULL OR r.valid_to >= :on) AND (r.ended_on IS NULL OR r.ended_on > :on)
"""
_PATIENTS_OF = text(f"""
    SELECT id AS patient, family_name, given_name, birth_date, NULL AS representation, NULL AS ground, 0 AS place
    FROM patient WHERE clinic_id = :clinic AND person_id = :person
    UNION ALL
    SELECT p.id, p.family_name, p.given_name, p.birth_date, r.id, r.ground, 1
    FROM representation AS r JOIN patient AS p ON p.clinic_id = r.clinic_id AND p.id = r.patient_id
    WHERE r.clinic_id = :clinic AND r.person_id = :person AND {_VALID}
    ORDER BY place, birth_date, patient
""")
_ACTOR_AS_STAFF = text("""
    SELECT ARRAY(SELECT role FROM staff_role AS r WHERE r.clinic_id = s.clinic_id AND r.person_id = s.person_id)
               AS roles,
           ARRAY(SELECT pool FROM staff_pool AS p WHERE p.clinic_id = s.clinic_id AND p.person_id = s.person_id)
               AS pools
    FROM staff AS s
    WHERE s.clinic_id = :clinic AND s.person_id = :person AND s.since <= :on AND (s.until IS NULL OR s.until > :on)
""")
_ACTOR_AS_PATIENT = text(f"""
    SELECT p.person_id = :person AS himself,
           (SELECT r.id FROM representation AS r
            WHERE r.clinic_id = p.clinic_id AND r.patient_id = p.id AND r.person_id = :person AND {_VALID}
            ORDER BY r.valid_from DESC, r.id LIMIT 1) AS representation,
           (SELECT i.level FROM identity AS i
            WHERE i.clinic_id = p.clinic_id AND i.patient_id = p.id AND i.person_id = :person
            ORDER BY i.at DESC, i.id DESC LIMIT 1) AS level
    FROM patient AS p WHERE p.clinic_id = :clinic AND p.id = :patient
""")


async def create_person(session: Session, at: datetime, person: str | None = None) -> str:
    """Make a person (of no clinic); the same id again changes nothing."""
    id_ = person or new_id("p")
    await session.reach(id_)
    await session.run(_PERSON, id=id_, at=at)
    return id_


async def create_patient(session: Session, patient: Patient, at: datetime) -> None:
    """Make a person this clinic's patient; the same again changes nothing.

    Raises:
        IntegrityError: No such person.
    """
    values = patient.model_dump(mode="json", exclude={"birth_date"})
    await session.run(_PATIENT, clinic=session.clinic, at=at, birth_date=patient.birth_date, **values)


async def patient(session: Session, patient: str) -> Patient | None:
    """A patient of this clinic."""
    row = await session.row(_GET_PATIENT, clinic=session.clinic, id=patient)
    return None if row is None else Patient.model_validate(dict(row._mapping))


async def patient_by_number(session: Session, number: str) -> Patient | None:
    """A patient of this clinic by the clinic's own number."""
    row = await session.row(_BY_NUMBER, clinic=session.clinic, number=number)
    return None if row is None else Patient.model_validate(dict(row._mapping))


async def patients_of(session: Session, person: str, on: date) -> list[PatientOf]:
    """Whom a person may act for on a day: himself first, then those he validly represents."""
    rows = await session.rows(_PATIENTS_OF, clinic=session.clinic, person=person, on=on)
    return [
        PatientOf.model_validate({name: value for name, value in row._mapping.items() if name != "place"})
        for row in rows
    ]


async def actor(session: Session, person: str, patient: str | None, on: date) -> Actor:
    """The person of an act as this clinic knows him on a day: one hat at a time.

    With ``patient``: role patient (himself) or representative (a representation valid on that day), nothing else.
    Without: the roles and pools of his staff membership. Who is neither gets an actor without any role, to whom
    every row of the access table says no.
    """
    if patient is None:
        row = await session.row(_ACTOR_AS_STAFF, clinic=session.clinic, person=person, on=on)
        if row is None:
            return Actor(person=person, clinic=session.clinic, roles=frozenset())
        return Actor(
            person=person,
            clinic=session.clinic,
            roles=frozenset(Role(role) for role in row.roles),
            pools=frozenset(row.pools),
            # The employer has checked who works for it.
            level=IdentityLevel.CONFIRMED,
        )
    row = await session.row(_ACTOR_AS_PATIENT, clinic=session.clinic, person=person, patient=patient, on=on)
    if row is None or not (row.himself or row.representation):
        return Actor(person=person, clinic=session.clinic, roles=frozenset())
    return Actor(
        person=person,
        clinic=session.clinic,
        roles=frozenset({Role.PATIENT if row.himself else Role.REPRESENTATIVE}),
        patient=patient,
        representation=None if row.himself else row.representation,
        level=IdentityLevel(row.level) if row.level else IdentityLevel.DECLARED,
    )


_REPRESENT = text("""
    INSERT INTO representation (clinic_id, id, person_id, patient_id, ground, evidence, valid_from, valid_to,
                                checked_by, created_at)
    VALUES (:clinic, :id, :person, :patient, :ground, :evidence, :valid_from, :valid_to, :checked_by, :at)
""")
_END_REPRESENTATION = text("""
    UPDATE representation SET ended_on = :on
    WHERE clinic_id = :clinic AND id = :id AND (ended_on IS NULL OR ended_on > :on)
""")
_REPRESENTATIONS = text("""
    SELECT id, person_id AS person, patient_id AS patient, ground, evidence, valid_from, valid_to, checked_by,
           ended_on
    FROM representation WHERE clinic_id = :clinic AND patient_id = :patient ORDER BY valid_from, id
""")


async def represent(
    session: Session,
    person: str,
    patient: str,
    ground: Ground,
    evidence: str,
    valid_from: date,
    valid_to: date | None,
    checked_by: str,
    at: datetime,
) -> str:
    """Record that a person may act for a patient; the representation's id."""
    id_ = new_id("rp")
    await session.run(
        _REPRESENT,
        clinic=session.clinic,
        id=id_,
        person=person,
        patient=patient,
        ground=ground,
        evidence=evidence,
        valid_from=valid_from,
        valid_to=valid_to,
        checked_by=checked_by,
        at=at,
    )
    return id_


async def end_representation(session: Session, representation: str, on: date) -> bool:
    """End a representation: from that day on it gives no rights. False when it had ended by then."""
    return await session.run(_END_REPRESENTATION, clinic=session.clinic, id=representation, on=on) == 1


async def representations(session: Session, patient: str) -> list[Representation]:
    """All representations of a patient, ended ones too."""
    rows = await session.rows(_REPRESENTATIONS, clinic=session.clinic, patient=patient)
    return [Representation.model_validate(dict(row._mapping)) for row in rows]


_LEVEL = text("""
    SELECT level FROM identity WHERE clinic_id = :clinic AND patient_id = :patient ORDER BY at DESC, id DESC LIMIT 1
""")
_CONFIRM = text("""
    INSERT INTO identity (clinic_id, patient_id, person_id, level, method, session, at)
    VALUES (:clinic, :patient, :person, :level, :method, :session, :at)
    ON CONFLICT (clinic_id, patient_id, method, session) DO NOTHING
""")


async def identity_level(session: Session, patient: str) -> IdentityLevel:
    """How sure the clinic is of who a patient is: the last proof on record."""
    found = await session.scalar(_LEVEL, clinic=session.clinic, patient=patient)
    return IdentityLevel(found) if found else IdentityLevel.DECLARED


async def confirm_identity(
    session: Session,
    patient: str,
    person: str,
    method: str,
    proof: str,
    at: datetime,
    level: IdentityLevel = IdentityLevel.CONFIRMED,
) -> None:
    """Keep the level that a finished session (``proof``) proved; the same proof again changes nothing."""
    await session.run(
        _CONFIRM,
        clinic=session.clinic,
        patient=patient,
        person=person,
        level=level.value,
        method=method,
        session=proof,
        at=at,
    )
