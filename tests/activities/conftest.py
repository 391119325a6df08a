"""A clinic of the test's own on real PostgreSQL and Redis, real stands outside, and the real wiring between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dev.stack import Stack
from dev.stand import StandClient
from domain.base import Text
from domain.clock import Clock
from domain.effects import Effect
from domain.pathway import Care, EmergencyPlan, Pathway, People
from domain.people import Role
from domain.snapshot import Snapshot
from domain.state import ConsultationState
from records import clinics, consultations, content, logins, people, staff
from records.content import ContentVersion
from records.database import Database
from records.ids import new_id
from records.people import Employee, Patient
from tests.documents.samples import FOLLOW_UP
from tests.published import publish
from wiring import Wiring

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FOLDER = {
    "title": {"ru": "ООО «Клиника «Маршрут»", "en": "Route Clinic LLC"},
    "short": {"ru": "Клиника «Маршрут»", "en": "Route Clinic"},
    "licence": {
        "number": "Л041-01137-77/00999999",
        "issued": "2023-03-14",
        "issuer": {"ru": "Департамент здравоохранения города Москвы", "en": "Moscow City Health Department"},
    },
    "address": {"ru": "101000, г. Москва, Чистопрудный бульвар, д. 0", "en": "Moscow"},
    "phone": "+74950000000",
    "okpo": "01357916",
    "ogrn": "1177746000013",
    "pools": {},
}
PATHWAY = Pathway(
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
)


@dataclass
class Case:
    """One consultation on record, of a patient with a doctor, in a clinic of the test's own."""

    wiring: Wiring
    clinic: str
    patient: Patient
    doctor: str
    registrar: str
    phones: dict[str, str]
    state: ConsultationState

    @property
    def database(self) -> Database:
        return self.wiring.database

    def effect(self, type_: type[Effect], step: str = "step", **fields: Any) -> Any:
        """An effect as the core asks for it now."""
        common = {
            "clinic": self.clinic,
            "consultation": self.state.consultation,
            "workflow": self.state.workflow,
            "step": step,
            "at": NOW,
            "epoch": self.state.epoch,
            "revision": self.state.revision,
        }
        return type_.model_validate(common | fields)

    async def project(self, **changes: Any) -> None:
        """The process goes on: a newer state comes on record."""
        values = {"revision": self.state.revision + 1, **changes}
        self.state = ConsultationState.model_validate(self.state.model_dump() | values)
        async with self.database.clinic(self.clinic) as session:
            await consultations.project(session, Snapshot(state=self.state, transitions=()))

    async def write(self, body: dict[str, Any] | None = None) -> ContentVersion:
        """A protocol written by the doctor."""
        async with self.database.clinic(self.clinic) as session:
            return await content.write(
                session,
                "protocol",
                self.state.consultation,
                self.state.workflow,
                None,
                self.doctor,
                body or FOLLOW_UP.model_dump(mode="json"),
                NOW,
            )


@pytest.fixture(scope="session")
async def outside(short_folder: Path) -> AsyncIterator[Stack]:
    """The stands alone."""
    async with Stack(short_folder / "outside", {"stands"}, durable=False) as stack:
        yield stack


@pytest.fixture
async def stand(outside: Stack) -> AsyncIterator[Any]:
    """Controls of the stands by name, with nothing remembered."""
    controls = {name: StandClient(url) for name, url in outside.stand_urls.items()}
    for control in controls.values():
        await control.post("/_reset")
    yield controls
    for control in controls.values():
        await control.close()


@pytest.fixture(scope="session")
async def wiring(services: Stack, outside: Stack, database: Database) -> AsyncIterator[Wiring]:
    """The wiring of a worker: servers of one stack, stands of the other."""
    partners = ("video", "payments", "identity", "registry", "mis", "sms", "labs")
    elsewhere = {name: getattr(outside.settings, name) for name in partners}
    made = Wiring(services.settings.model_copy(update=elsewhere))
    yield made
    await made.close()


@pytest.fixture
async def case(wiring: Wiring, stand: Any) -> Case:
    """A consultation on record."""
    clinic, doctor, registrar, mother = new_id("cl"), new_id("p"), new_id("p"), new_id("p")
    patient = Patient(
        id=new_id("pt"),
        person=new_id("p"),
        number=new_id("M")[:12],
        family_name="Сельченков",
        given_name="Пётр",
        patronymic="Владимирович",
        birth_date=date(1960, 2, 17),
        sex="male",
    )
    phones = {person: f"+7999{abs(hash(person)) % 10**7:07d}" for person in (patient.person, doctor, registrar, mother)}
    async with wiring.database.bare() as session:
        for person, phone in phones.items():
            await people.create_person(session, NOW, person)
            await logins.create_phone(session, person, phone, NOW)
    async with wiring.database.clinic(clinic) as session:
        await clinics.save(
            session,
            clinics.Clinic(
                id=clinic,
                name=Text(ru="Клиника", en="Clinic"),
                oid="1.2.643.5.1",
                region="77",
                zone="Europe/Moscow",
                folder=FOLDER,
            ),
            NOW,
        )
        await people.create_patient(session, patient, NOW)
        await people.represent(
            session, mother, patient.id, "proxy", "доверенность", date(2026, 1, 1), None, registrar, NOW
        )
        for person, role, name in (
            (doctor, Role.DOCTOR, "Смирнов Александр Игоревич"),
            (registrar, Role.REGISTRAR, "Регистратор"),
        ):
            employee = Employee(
                person=person,
                name=name,
                position="Врач-терапевт",
                roles=frozenset({role}),
                pools=frozenset({"therapists"}),
                specialities=frozenset({"therapy"}),
            )
            await staff.save(session, employee, date(2020, 1, 1))
        await publish(session, PATHWAY, NOW)
    id_ = new_id("c")
    state = ConsultationState(
        workflow=id_,
        consultation=id_,
        clinic=clinic,
        patient=patient.id,
        pathway=PATHWAY.digest,
        started_at=NOW,
        clock=Clock(anchor=NOW, real_anchor=NOW),
        doctor=doctor,
        met_at=NOW,
        met_by=doctor,
    )
    made = Case(wiring, clinic, patient, doctor, registrar, phones, state)
    await made.project()
    return made
