"""Stages: what stands in the record before an act names it."""

from typing import Any

from dev.bench.answers import SHA
from dev.bench.script import Cast
from dev.bench.world import BORN, FAMILY, GIVEN
from domain.protocol import (
    Condition,
    Disease,
    Measure,
    Medicine,
    Prescription,
    ProtocolContent,
    TestOrder,
    Treatment,
    protocol_facts,
)
from records import content, people, signatures
from records.database import Database
from records.people import Patient
from runtime.clock import real_now

NOTE = ProtocolContent(
    visit="repeat",
    condition=Condition.SATISFACTORY,
    complaints="Неустойчивость артериального давления, одышка при физической нагрузке.",
    history="Гипертоническая болезнь около десяти лет; лечение назначено на очном приёме две недели назад.",
    measures=(Measure(name="Артериальное давление", value="150/95", unit="мм рт. ст."),),
    diagnosis=(Disease(code="I11.9", wording="Гипертоническая болезнь с поражением сердца"),),
    treatment=Treatment(change="correct", text="Бисопролол 5 мг утром вместо 2,5 мг."),
    recommendations="Контроль давления утром и вечером, дневник давления. При ухудшении — 103.",
    prescriptions=(
        Prescription(
            medicines=(
                Medicine(
                    inn="Бисопролол",
                    latin="Bisoprololi",
                    form="Tab.",
                    strength="5 mg",
                    quantity=30,
                    signa="Внутрь по 1 таблетке 1 раз в день, утром",
                    days=30,
                    atc="C07AB07",
                ),
            )
        ),
    ),
    orders=(TestOrder(code="1033425", name="Креатинин"),),
)
FACTS = protocol_facts(NOTE).model_dump(mode="json")
INTAKE = {"severity": 2}


class EmptyStage:
    """Names only: nothing reads them."""

    async def patient(self, cast: Cast) -> None:
        """Nobody looks for him."""

    async def prop(self, cast: Cast, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """The body's part of a scene."""
        match name:
            case "intake":
                return {"content": "ct-1", "sha256": SHA, "facts": INTAKE}
            case "protocol":
                return {"content": "ct-2", "sha256": SHA, "facts": FACTS}
            case _:
                return {"signature": "sg-1", "sha256": data["sha256"], "level": "qualified"}


class RecordStage:
    """Writes what the facade would write: content and signatures. The cryptography of signing is the facade's cost."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def patient(self, cast: Cast) -> None:
        """A person and patient of this consultation's own, so that nobody is known already."""
        now = real_now()
        async with self._database.bare() as session:
            await people.create_person(session, now, cast.person)
        async with self._database.clinic(cast.clinic) as session:
            patient = Patient(
                id=cast.patient,
                person=cast.person,
                number=cast.workflow[-20:],
                family_name=FAMILY,
                given_name=GIVEN,
                patronymic=None,
                birth_date=BORN,
                sex="male",
            )
            await people.create_patient(session, patient, now)

    async def prop(self, cast: Cast, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """The body's part of a scene."""
        match name:
            case "intake":
                answers = {"present_address": "Тула, ул. Мира, 1", "complaints": "давление", **INTAKE}
                return {**await self._content(cast, name, cast.person, answers), "facts": INTAKE}
            case "protocol":
                written = await self._content(cast, name, cast.doctor, NOTE.model_dump(mode="json"))
                return {**written, "facts": FACTS}
            case _:
                return await self._signature(cast, data)

    async def _content(self, cast: Cast, kind: str, author: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._database.clinic(cast.clinic) as session:
            kept = await content.write(session, kind, cast.workflow, cast.workflow, None, author, body, real_now())
        return {"content": kept.id, "sha256": kept.sha256}

    async def _signature(self, cast: Cast, data: dict[str, Any]) -> dict[str, Any]:
        document, sha256 = data["document"], data["sha256"]
        async with self._database.clinic(cast.clinic) as session:
            kept = await signatures.add(session, document, sha256, cast.doctor, "qualified", b"x" * 2000, real_now())
        return {"signature": kept.id, "sha256": sha256, "level": "qualified"}
