"""A migrated database on real PostgreSQL, and clinics of a test's own in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from dev.stack import Stack
from domain.base import Text
from domain.clock import Clock
from domain.effects.consent import ConsentDocument
from domain.effects.eligibility import Proof
from domain.pathway import Care, EmergencyPlan, Pathway, People
from domain.people import Owner, Role
from domain.snapshot import Snapshot
from domain.state import ConsultationState, Transition
from domain.tasks import Task
from records import (
    audit,
    catalogue,
    chat,
    clinics,
    consents,
    consultations,
    content,
    documents,
    duty,
    evidence,
    invitations,
    notices,
    orders,
    payments,
    people,
    prescriptions,
    results,
    scores,
    seats,
    signatures,
    staff,
    waits,
)
from records.clinics import Clinic
from records.database import Database
from records.ids import new_id
from records.people import Employee, Patient
from runtime.settings import Settings
from tests.published import publish, put_up

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Ward:
    """A clinic with a mother, her child, and two doctors of one pool."""

    db: Database
    clinic: str
    mother: str
    mother_patient: str
    child: str
    child_patient: str
    doctor: str
    colleague: str
    pathway: Pathway

    def state(self, **changes: object) -> ConsultationState:
        """The state of a new consultation of the mother."""
        id_ = new_id("c")
        values: dict[str, object] = {
            "workflow": id_,
            "consultation": id_,
            "clinic": self.clinic,
            "patient": self.mother_patient,
            "pathway": self.pathway.digest,
            "started_at": NOW,
            "clock": Clock(anchor=NOW, real_anchor=NOW),
        }
        return ConsultationState.model_validate(values | changes)


@pytest.fixture(scope="session")
def now() -> datetime:
    """Domain time of these tests."""
    return NOW


@pytest.fixture(scope="session")
async def record_settings(services: Stack) -> Settings:
    """Settings of a migrated database."""
    await services.migrate()
    return services.settings


@pytest.fixture(scope="session")
async def superuser(services: Stack, record_settings: Settings) -> AsyncIterator[psycopg.AsyncConnection]:
    """Somebody who reaches around the application."""
    name = record_settings.database_url.rpartition("/")[2]
    async with await psycopg.AsyncConnection.connect(
        services.superuser_url, dbname=name, autocommit=True
    ) as connection:
        yield connection


@pytest.fixture(scope="session")
async def db(record_settings: Settings) -> AsyncIterator[Database]:
    """The doors."""
    database = Database(record_settings)
    yield database
    await database.close()


@pytest.fixture
def a_ward(db: Database) -> Callable[[], Awaitable[Ward]]:
    """Make a clinic of the test's own."""

    async def make() -> Ward:
        clinic = new_id("cl")
        ward = Ward(
            db=db,
            clinic=clinic,
            mother=new_id("p"),
            mother_patient=new_id("pt"),
            child=new_id("p"),
            child_patient=new_id("pt"),
            doctor=new_id("p"),
            colleague=new_id("p"),
            pathway=Pathway(
                code="therapist",
                version=1,
                title=Text(ru="Терапевт", en="Therapist"),
                speciality="therapy",
                care=Care.FOLLOW_UP,
                people=People(),
                emergency=EmergencyPlan.model_validate(
                    {"call_back": "shift_supervisor", "within": {"seconds": 180}, "otherwise": "head_doctor"}
                ),
                ends={},
                steps=(),
            ),
        )
        async with db.bare() as session:
            for person in (ward.mother, ward.child, ward.doctor, ward.colleague):
                await people.create_person(session, NOW, person)
        async with db.clinic(clinic) as session:
            await clinics.save(
                session,
                Clinic(
                    id=clinic, name=Text(ru="Клиника", en="Clinic"), oid="1.2.643", region="77", zone="Europe/Moscow"
                ),
                NOW,
            )
            for person, patient, number, born in (
                (ward.mother, ward.mother_patient, "1001", date(1990, 5, 1)),
                (ward.child, ward.child_patient, "1002", date(2019, 7, 1)),
            ):
                await people.create_patient(
                    session,
                    Patient(
                        id=patient,
                        person=person,
                        number=number,
                        family_name="Иванова",
                        given_name="Анна",
                        birth_date=born,
                        sex="female",
                    ),
                    NOW,
                )
            for doctor in (ward.doctor, ward.colleague):
                await staff.save(
                    session,
                    Employee(
                        person=doctor,
                        name="Врач",
                        roles=frozenset({Role.DOCTOR}),
                        pools=frozenset({"therapists"}),
                        specialities=frozenset({"therapy"}),
                    ),
                    date(2020, 1, 1),
                )
            await publish(session, ward.pathway, NOW)
        return ward

    return make


@pytest.fixture
async def ward(a_ward: Callable[[], Awaitable[Ward]]) -> Ward:
    """A clinic of the test's own."""
    return await a_ward()


async def fill(ward: Ward) -> None:
    """Put at least one row into every table of a clinic, as the application does."""
    state = ward.state()
    c, step = state.consultation, "s"
    state.revision = 1
    state.tasks["s.1.do"] = Task(
        id="s.1.do", name="do", step=step, occurrence=1, owner=Owner(role=Role.DOCTOR), actions=("a",), opened_at=NOW
    )
    async with ward.db.clinic(ward.clinic) as session:
        rp = await people.represent(
            session, ward.mother, ward.child_patient, "parent", "d-1", date(2020, 1, 1), None, ward.colleague, NOW
        )
        await people.confirm_identity(session, ward.mother_patient, ward.mother, "esia", "session-1", NOW)
        await consultations.project(
            session, Snapshot(state=state, transitions=(Transition(revision=1, at=NOW, code="begun"),))
        )
        document = ConsentDocument(id="contract", version=1, sha256="0" * 64)
        (consent,) = await consents.record(session, ward.child_patient, ward.mother, rp, [document], c, step, 1, NOW)
        await consents.withdraw(session, consent, ward.mother, NOW)
        proof = Proof(evidence="ev-1", doctor=None, diagnosis="J06.9", on=date(2026, 1, 1), source="mis")
        await evidence.add(session, ward.mother_patient, "therapy", [proof], None, NOW)
        text_ = await content.write(session, "protocol", c, c, "s.1.do", ward.doctor, {"a": "b"}, NOW)
        photo = await content.write(session, "photo", c, c, "s.1.do", ward.doctor, {"stored": "ph-1"}, NOW, draft=True)
        await chat.take(session, text_.id, [photo.id], c, ward.doctor)
        invited = invitations.Invitation(
            id=new_id("iv"), workflow=c, step=step, occurrence=1, guest="interpreter", invited_by=ward.doctor, at=NOW,
            expires_at=NOW + timedelta(days=1),
        )  # fmt: skip
        await invitations.make(session, invited, "2" * 64)
        paper = await documents.add(
            session, "k1", "protocol", c, ward.mother_patient, ward.doctor, text_.id, "1" * 64, 10, "o", NOW
        )
        signed = await signatures.add(session, paper.id, paper.sha256, ward.doctor, "qualified", b"cms", NOW)
        await prescriptions.issue(
            session, "N-0", c, step, 1, 0, ward.mother_patient, ward.doctor, paper.id, signed.id, NOW
        )
        order = await orders.begin(
            session, "k2", c, c, step, 1, ward.mother_patient, ward.doctor, "north", text_.id, NOW
        )
        await orders.place(session, "k2", "N-1")
        await results.keep(session, order.id, ward.mother_patient, "final", False, {"x": 1}, NOW)
        await scores.record(session, c, step, 1, ward.mother_patient, ward.doctor, 9, None, NOW)
        await payments.note(session, "k3", c, "authorised", 100, NOW, hold="h-1")
        await duty.on(session, ward.doctor, ["therapists"], NOW)
        await seats.take(session, ward.doctor, c, step, 1, 1, NOW)
        await waits.join(session, c, step, 1, "therapists", False, 60, 120, NOW)
        await notices.remember(session, "k4", ward.mother, "come", "sms", NOW)
        await audit.write(session, ward.doctor, "document.read", [ward.mother_patient], NOW)
        next_ = ward.pathway.model_copy(update={"version": 2})
        await publish(session, next_, NOW)
        await catalogue.retire(session, next_.code, next_.version, "replaced", ward.colleague, NOW)
        await put_up(session, ward.pathway.model_copy(update={"version": 3}), NOW)
    async with ward.db.system() as session:
        await audit.seal(session, NOW)


@pytest.fixture
async def full(ward: Ward) -> Ward:
    """A clinic with a row in every table."""
    await fill(ward)
    return ward
