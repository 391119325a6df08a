"""A migrated database on real PostgreSQL, and clinics of a test's own in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg
import pytest

from dev.stack import Stack
from domain.base import Text
from domain.clock import Clock
from domain.pathway import Care, EmergencyPlan, Pathway, People
from domain.people import Role
from domain.state import ConsultationState
from records import catalogue, clinics, people, staff
from records.clinics import Clinic
from records.database import Database
from records.ids import new_id
from records.people import Employee, Patient
from runtime.settings import Settings

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
            await catalogue.publish(session, ward.pathway, ward.doctor, NOW)
        return ward

    return make


@pytest.fixture
async def ward(a_ward: Callable[[], Awaitable[Ward]]) -> Ward:
    """A clinic of the test's own."""
    return await a_ward()
