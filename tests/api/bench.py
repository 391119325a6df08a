"""The facade on a real database and Redis, with consultations that run on the pure core in this process.

What a workflow answers, and when, is the test's to say: that an act was late, that its answer is slow, that nobody is
there. Nothing is projected, so the facade asks the run itself, as it does for a consultation that has just begun.
"""

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from api.app import create_app
from dev.clinic import compiled
from domain.acts import Act, Fact, Refusal
from domain.base import Text
from domain.clock import Clock
from domain.pathway import Pathway, Pinned, Step
from domain.people import IdentityLevel, Role
from domain.snapshot import Snapshot
from domain.state import Answered, ConsultationState, Start
from pathways.core import engine
from ports.consultations import NoSuchConsultation
from records import audit, clinics, consultations, duty, logins, people, staff
from records.database import Database
from records.ids import new_id
from records.people import Employee, Patient
from runtime.settings import Settings
from tests.published import publish
from wiring import Wiring

SHIPPED = compiled().pathway("therapist-follow-up")
Json = Any
PNG = "image/png"


def picture(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    """The bytes of a photo."""
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()


class Runs:
    """Port ``Consultations`` on the pure core. ``script`` holds what happens to the next acts instead."""

    def __init__(self) -> None:
        self.states: dict[str, ConsultationState] = {}
        self.pathways: dict[str, Pathway] = {}
        self.sent: list[Act] = []
        self.script: list[Callable[[str, Act], tuple[Answered, ConsultationState]]] = []
        self.served = True

    def begin(self, pathway: Pathway, state: ConsultationState) -> None:
        self.pathways[state.workflow] = pathway
        self.states[state.workflow] = engine.begin(pathway, state, state.clock.now(datetime.now(UTC)))

    async def start(self, start: Start) -> None:
        if start.state.workflow not in self.states:
            self.begin(start.compiled, start.state)

    async def act(self, workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        await self.state(workflow)
        self.sent.append(act)
        return (self.script.pop(0) if self.script else self.do)(workflow, act)

    def do(self, workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        """Validator and handler, as the shell has them."""
        pathway, state = self.pathways[workflow], self.states[workflow]
        now = state.clock.now(datetime.now(UTC))
        try:
            if act.id not in state.answered:
                engine.check(pathway, state, act, now)
        except Refusal as refusal:
            return Answered(revision=state.revision, refusal={"code": refusal.code, **refusal.params}), state
        self.states[workflow], answered = engine.act(pathway, state, act, now)
        return answered, self.states[workflow]

    def settle(self, workflow: str, effect: str, result: Json) -> None:
        """The world answers every effect of this name that waits."""
        for key in [key for key, asked in self.states[workflow].pending.items() if asked.effect == effect]:
            pathway, state = self.pathways[workflow], self.states[workflow]
            self.states[workflow] = engine.settle(pathway, state, key, result, state.clock.now(datetime.now(UTC)))

    async def polled(self, queue: str) -> bool:
        """Whether a worker serves a queue."""
        return self.served

    def report(self, workflow: str, fact: Fact) -> None:
        """A machine's fact arrives."""
        pathway, state = self.pathways[workflow], self.states[workflow]
        self.states[workflow] = engine.fact(pathway, state, fact, state.clock.now(datetime.now(UTC)))

    async def state(self, workflow: str) -> ConsultationState:
        if workflow not in self.states:
            raise NoSuchConsultation
        return self.states[workflow]


class Bench:
    """A clinic of its own, the facade over it, and its people."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.db = database
        self.clinic = new_id("cl")
        self.patient, self.person = new_id("pt"), new_id("p")
        self.runs = Runs()
        self.wiring = Wiring(settings)
        vars(self.wiring)["consultations"] = self.runs
        self.app = create_app(self.wiring)
        # From an address of its own: tries are counted by address, in one Redis for all tests.
        address = (f"test-{secrets.token_hex(8)}", 1)
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False, client=address)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://here")

    async def open(self) -> "Bench":
        now = datetime.now(UTC)
        async with self.db.bare() as session:
            await people.create_person(session, now, self.person)
        async with self.db.clinic(self.clinic) as session:
            clinic = clinics.Clinic(
                id=self.clinic, name=Text(ru="К", en="C"), oid="1.2.643", region="77", zone="Europe/Moscow"
            )
            await clinics.save(session, clinic, now)
        await self.as_a_patient(self.person, self.patient)
        return self

    async def as_a_patient(self, person: str, id_: str | None = None) -> str:
        """Make a person the clinic's patient."""
        id_ = id_ or new_id("pt")
        patient = Patient(
            id=id_,
            person=person,
            number=id_,
            family_name="Вымышленная",
            given_name="Анна",
            birth_date=date(1960, 2, 17),
            sex="female",
        )
        async with self.db.clinic(self.clinic) as session:
            await people.create_patient(session, patient, datetime.now(UTC))
        return id_

    async def upload(
        self, who: dict[str, str], task: str, data: bytes, media: str = PNG, key: str | None = None
    ) -> httpx.Response:
        """Send a photo up for a task (``<workflow>/<task>``)."""
        headers = who | {"Idempotency-Key": key or secrets.token_hex(16), "Content-Type": media}
        return await self.http.post(f"/tasks/{task}/chat/photos", content=data, headers=headers)

    async def close(self) -> None:
        await self.http.aclose()
        await self.wiring.close()

    async def confirm(self, level: IdentityLevel = IdentityLevel.CONFIRMED) -> None:
        """The patient's identity is proved."""
        async with self.db.clinic(self.clinic) as session:
            now = datetime.now(UTC)
            await people.confirm_identity(session, self.patient, self.person, "esia", new_id("s"), now, level)

    async def employee(self, *roles: Role, pools: tuple[str, ...] = ()) -> str:
        """A new employee, on duty in his pools."""
        person, now = new_id("p"), datetime.now(UTC)
        async with self.db.bare() as session:
            await people.create_person(session, now, person)
        async with self.db.clinic(self.clinic) as session:
            record = Employee(person=person, name="Сотрудник", roles=frozenset(roles), pools=frozenset(pools))
            await staff.save(session, record, date(2020, 1, 1))
            if pools:
                await duty.on(session, person, pools, now)
        return person

    async def phone(self, person: str) -> logins.Login:
        """Let a person log in by a phone."""
        async with self.db.bare() as session:
            number = f"+7999{secrets.randbelow(10**7):07}"
            return await logins.create_phone(session, person, number, datetime.now(UTC))

    async def consultation(self, *steps: Step, consents: dict[str, Pinned] | None = None, **changes: Json) -> str:
        """A consultation that stands at the first of these steps."""
        pinned = SHIPPED.consents if consents is None else consents
        version = secrets.randbelow(10**9)
        pathway = SHIPPED.model_copy(update={"steps": steps, "version": version, "consents": pinned})
        for kept in ("digest", "index", "parents"):
            vars(pathway).pop(kept, None)
        now, id_ = datetime.now(UTC), new_id("c")
        async with self.db.clinic(self.clinic) as session:
            await publish(session, pathway, now)
        values = {
            "workflow": id_,
            "consultation": id_,
            "clinic": self.clinic,
            "patient": self.patient,
            "pathway": pathway.digest,
            "started_at": now,
            "clock": Clock(anchor=now, real_anchor=now),
        }
        self.runs.begin(pathway, ConsultationState.model_validate(values | changes))
        return id_

    async def project(self, workflow: str) -> None:
        """The record catches up with a run."""
        state = self.runs.states[workflow]
        async with self.db.clinic(self.clinic) as session:
            await consultations.project(session, Snapshot(state=state, transitions=tuple(state.transitions)))

    async def represent(self, person: str, ground: people.Ground = "parent") -> dict[str, str]:
        """Somebody who may act for the patient; his headers."""
        async with self.db.clinic(self.clinic) as session:
            now = datetime.now(UTC)
            await people.represent(session, person, self.patient, ground, "paper", date(2020, 1, 1), None, person, now)
        return self.headers(person, "patient") | {"Carepath-Patient": self.patient}

    async def actions(self) -> list[str]:
        """What the audit says of the patient, newest first."""
        async with self.db.clinic(self.clinic) as session:
            return [row.action for row in (await audit.of_subject(session, self.patient)).items]

    def as_patient(self) -> dict[str, str]:
        """The patient's headers."""
        return self.headers(self.person, "patient") | {"Carepath-Patient": self.patient}

    def headers(self, person: str, kind: Json = "staff") -> dict[str, str]:
        """The headers of a person who logged in as patients or as staff do."""
        return {"Authorization": f"Bearer {self.app.state.mint.pair(person, self.clinic, kind).access_token}"}

    async def send(
        self, who: dict[str, str], method: str, path: str, body: Json = None, key: str | None = None
    ) -> httpx.Response:
        """One request, under a key of its own."""
        headers = who | {"Idempotency-Key": key or secrets.token_hex(16)}
        return await self.http.request(method, path, json=body, headers=headers)


def step(id_: str) -> Step:
    """A step of the shipped follow-up."""
    return SHIPPED.index[id_]


def expired(workflow: str, act: Act) -> tuple[Answered, Json]:
    """The act came too late to be judged."""
    return Answered(revision=1, refusal={"code": "expired"}), None
