"""Puts the demo clinic into an empty house: its folder, people, their logins, papers and certificates, its pathways."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from dev import pki
from dev.keys import Secrets
from dev.people import HYPERTENSION, PATIENTS, SEEN_IN_PERSON, STAFF, DemoPatient, made_id, password_of, totp_of
from dev.process import StackError
from domain.acts import Refusal
from domain.effects.eligibility import Proof
from pathways.compile import Compiled, compile_folder
from pathways.sources import files_of
from records import catalogue, clinics, drafts, evidence, logins, people, staff
from records.database import Database, Session
from records.drafts import Folder, Written
from runtime.settings import Settings

SHIPPED = Path(__file__).resolve().parent.parent / "pathways" / "shipped"
DIAGNOSIS = HYPERTENSION.diagnosis
SEEN_AGO = timedelta(days=14)
LAST = list(PATIENTS.values())[-1]
"""Who is loaded last: who finds him finds all."""
EMPLOYED_SINCE = date(2020, 1, 1)


def compiled(folder: Path = SHIPPED) -> Compiled:
    """The demo clinic's folder, compiled.

    Raises:
        StackError: It has findings.
    """
    found = compile_folder(folder)
    if found.findings:
        raise StackError("The shipped clinic has findings:\n" + "\n".join(str(finding) for finding in found.findings))
    return found


async def load(settings: Settings, folder: Path, secrets: Secrets, shipped: Path = SHIPPED) -> str:
    """Load the clinic where it is not there yet, publish new pathway versions; the clinic's id.

    Raises:
        StackError: A shipped file was changed under a version that is published here already.
    """
    found = await asyncio.to_thread(compiled, shipped)
    live = clinics.Clinic.of(found.clinic.clinic.model_dump(mode="json"))
    now = datetime.now(UTC)
    database = Database(settings)
    try:
        async with database.clinic(live.id) as session:
            if await clinics.get(session) is None:
                await clinics.save(session, live, now)
            # A start that broke off half-way is finished by the next one.
            peopled = await people.patient(session, LAST.patient) is not None
        if not peopled:
            await _people(database, live.id, folder, secrets, now)
        async with database.clinic(live.id) as session:
            await _pathways(session, found, Folder(files=files_of(shipped), live=live), now)
    finally:
        await database.close()
    return live.id


async def _pathways(session: Session, found: Compiled, folder: Folder, now: datetime) -> None:
    """Two people publish what is new: the administrator puts it up, the head doctor looks and agrees."""
    written = [Written(pathway=each, bound=str(most)) for each, most in zip(found.pathways, found.bounds, strict=True)]
    author, head = STAFF["admin"].person, STAFF["head"].person
    try:
        for draft in await drafts.put_up(session, folder, written, author, now):
            # Where only clinic.yaml changed, the first one published brings it, and no draft is left.
            if await drafts.get(session, draft.code, draft.version) is not None:
                await catalogue.publish(session, draft.code, draft.version, draft.sha256, head, now)
    except Refusal as refusal:
        which = " ".join(str(value) for value in refusal.params.values())
        raise StackError(f"The shipped clinic cannot be published here: {refusal.code} {which}") from None


async def _people(database: Database, clinic: str, folder: Path, secrets: Secrets, now: datetime) -> None:
    hasher = PasswordHasher()
    pki.make_ca(folder)
    async with database.bare() as session:
        humans = [(p.person, p.phone) for p in PATIENTS.values()] + [(p.person, p.phone) for p in STAFF.values()]
        for person, phone in humans:
            await session.reach(person)
            await people.create_person(session, now, person)
            if phone is not None and await logins.login_by_phone(session, phone) is None:
                await logins.create_phone(session, person, phone, now)
        for employee in STAFF.values():
            if await logins.staff_login(session, employee.word) is not None:
                continue
            hashed = await asyncio.to_thread(hasher.hash, password_of(secrets, employee.word))
            totp = totp_of(secrets, employee.word)
            await logins.create_staff(session, employee.person, employee.word, hashed, totp, now)
    async with database.clinic(clinic) as session:
        for employee in STAFF.values():
            await staff.save(session, employee.record, EMPLOYED_SINCE)
            if employee.signs:
                pki.issue(folder, employee.person, employee.name)
        for patient in PATIENTS.values():
            await people.create_patient(session, patient.record, now)
            await _family(session, patient, now)
        for word, seen in SEEN_IN_PERSON.items():
            proof = Proof(
                evidence=made_id("ev", word),
                doctor=STAFF[seen.doctor].person,
                diagnosis=seen.diagnosis,
                on=(now - SEEN_AGO).date(),
                source="papers",
            )
            by = STAFF["registrar"].person
            await evidence.add(session, PATIENTS[word].patient, seen.speciality, [proof], by, now)


async def _family(session: Session, patient: DemoPatient, now: datetime) -> None:
    if patient.mother is None:
        return
    # From 15 a patient decides for himself: the mother's word ends on that birthday.
    until = patient.birth_date.replace(year=patient.birth_date.year + 15) - timedelta(days=1)
    await people.represent(
        session,
        person=PATIENTS[patient.mother].person,
        patient=patient.patient,
        ground="parent",
        evidence="birth-certificate",
        valid_from=patient.birth_date,
        valid_to=until,
        checked_by=STAFF["registrar"].person,
        at=now,
    )
