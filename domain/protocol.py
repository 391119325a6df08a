"""The protocol of a consultation: what the doctor writes, and the facts the process decides on.

The content itself lives in the record as an immutable version and never travels through a workflow; acts carry its
id, its digest and ``ProtocolFacts``, computed here and nowhere else.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from domain.base import Code, Value
from domain.law.rows import LawAct

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
Icd10 = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?$")]
"""A code of МКБ-10, Latin letter (a Cyrillic А or В looks the same and is found nowhere)."""
Latin = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[ -~№µ]{1,60}$")]

ALONE_ON_FORM = ("N05A", "N05B", "N05C", "N06A")
"""ATC groups of which one medicine stands alone on its form 107-1/у (order 1094н)."""
OTHER_FORM = ("A14A", "N02A")
"""ATC groups that are never written on form 107-1/у."""
VAGUE = re.compile(r"(?i)\b(внутреннее|наружное|известно)\b")


def _clear(signa: str) -> str:
    if VAGUE.search(signa):
        raise ValueError("the way of taking is written out: «Внутреннее», «Известно» are not allowed (1094н)")
    if not re.search("[а-яё]", signa.lower()):
        raise ValueError("the way of taking is written in Russian")
    return signa


Signa = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=220), AfterValidator(_clear)]


class Nosology(StrEnum):
    """Parts of a diagnosis (НСИ 1.2.643.5.1.13.13.11.1077)."""

    MAIN = "main"
    COMPLICATION = "complication"
    COMORBID = "comorbid"


class Condition(StrEnum):
    """The patient's state (НСИ 1.2.643.5.1.13.13.11.1006), as far as a remote doctor may name it."""

    SATISFACTORY = "satisfactory"
    MODERATE = "moderate"
    SEVERE = "severe"


class Disease(Value):
    """One nosology of the diagnosis: code and clinical wording."""

    kind: Nosology = Nosology.MAIN
    code: Icd10
    wording: Line
    set_on: date | None = None
    """The day it was first set in person."""


class Measure(Value):
    """What the patient measured at home and told or showed."""

    name: Line
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    unit: Annotated[str, StringConstraints(max_length=20)] = ""


class Treatment(Value):
    """What happens to the treatment prescribed in person; ``start`` is a first one, never lawful at a distance."""

    change: Literal["keep", "correct", "start"]
    text: Prose


class Medicine(Value):
    """One medicine of a prescription, named by МНН (else by its grouping name)."""

    inn: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    latin: Latin
    """The name in Latin, genitive: ``Bisoprololi``."""
    form: Latin
    """The dosage form in Latin: ``Tab.``."""
    strength: Latin
    quantity: Annotated[int, Field(ge=1, le=1000)]
    signa: Signa
    days: Annotated[int, Field(ge=1, le=366)]
    atc: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$")] | None = None

    @property
    def rp(self) -> str:
        """The Latin line after Rp."""
        return f"{self.form} {self.latin} {self.strength}"


class Prescription(Value):
    """One form 107-1/у. ``months`` is set for a chronic patient (up to a year), None means 60 days."""

    medicines: Annotated[tuple[Medicine, ...], Field(min_length=1, max_length=3)]
    months: Annotated[int, Field(ge=1, le=12)] | None = None
    dispensing: Annotated[str, StringConstraints(max_length=80)] = ""
    """How often the pharmacy gives it out; only with ``months``."""

    @model_validator(mode="after")
    def _belongs_on_this_form(self) -> "Prescription":
        codes = [medicine.atc or "" for medicine in self.medicines]
        if any(code.startswith(OTHER_FORM) for code in codes):
            raise ValueError("a medicine of this group is not written on form 107-1/у")
        if len(codes) > 1 and any(code.startswith(ALONE_ON_FORM) for code in codes):
            raise ValueError("a medicine of this group stands alone on its form")
        if self.dispensing and self.months is None:
            raise ValueError("a dispensing period needs months")
        return self


class TestOrder(Value):
    """One test to be done. ``code`` is ФСЛИ (НСИ 1.2.643.5.1.13.13.11.1080)."""

    __test__ = False

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")]
    name: Line
    comment: Annotated[str, StringConstraints(max_length=300)] = ""


class Referral(Value):
    """An in-person visit or examination the doctor wants."""

    to: Code
    """Speciality or service, as the clinic's MIS knows it."""
    name: Line
    goal: Line
    diagnosis: Icd10 | None = None
    urgent: bool = False


class ProtocolContent(Value):
    """«Медицинское заключение по результатам консультации» as the doctor writes it.

    Empty sections do not appear on paper. The diagnosis is the doctor's own naming of it, lawful at a distance only
    as one he set in person; at a first contact it stays empty.
    """

    visit: Literal["first", "repeat"] = "repeat"
    condition: Condition = Condition.SATISFACTORY
    complaints: Prose = ""
    history: Prose = ""
    life_history: Prose = ""
    allergies: Prose = ""
    epidemiology: Prose = ""
    observed: Prose = ""
    """What could be seen and heard at a distance."""
    measures: tuple[Measure, ...] = ()
    tests: Prose = ""
    """Results at hand: laboratory, instrumental, earlier consultations."""
    diagnosis: tuple[Disease, ...] = ()
    conclusion: Prose = ""
    treatment: Treatment | None = None
    recommendations: Prose = ""
    prescriptions: Annotated[tuple[Prescription, ...], Field(max_length=10)] = ()
    orders: Annotated[tuple[TestOrder, ...], Field(max_length=20)] = ()
    referrals: Annotated[tuple[Referral, ...], Field(max_length=10)] = ()

    @model_validator(mode="after")
    def _one_main_disease(self) -> "ProtocolContent":
        main = [disease for disease in self.diagnosis if disease.kind is Nosology.MAIN]
        if self.diagnosis and len(main) != 1:
            raise ValueError("a diagnosis has exactly one main disease")
        if not (self.complaints or self.history or self.conclusion):
            raise ValueError("a protocol without complaints, history and conclusion says nothing")
        codes = [order.code for order in self.orders]
        if len(set(codes)) != len(codes):
            raise ValueError("a test is ordered once")
        return self

    @property
    def main(self) -> Disease | None:
        """The main disease."""
        return next((disease for disease in self.diagnosis if disease.kind is Nosology.MAIN), None)


class ProtocolFacts(Value):
    """What the process decides on: codes and counts, never a word of the text."""

    diagnosis: str | None = None
    prescriptions: int = 0
    """How many forms 107-1/у follow; each is an item, numbered from 0."""
    orders: int = 0
    referrals: int = 0
    acts: tuple[LawAct, ...] = ()


def protocol_facts(content: ProtocolContent) -> ProtocolFacts:
    """The facts of a protocol: the same content always gives the same facts."""
    main = content.main
    treatment = content.treatment.change if content.treatment else None
    did = {
        LawAct.HISTORY: bool(content.complaints or content.history or content.life_history),
        LawAct.ADVISE: bool(content.recommendations),
        LawAct.REFER: bool(content.referrals),
        LawAct.ORDER_TESTS: bool(content.orders),
        LawAct.DIAGNOSE: main is not None,
        LawAct.CORRECT_TREATMENT: treatment == "correct",
        LawAct.START_TREATMENT: treatment == "start",
        LawAct.PRESCRIBE: bool(content.prescriptions),
    }
    return ProtocolFacts(
        diagnosis=main.code if main else None,
        prescriptions=len(content.prescriptions),
        orders=len(content.orders),
        referrals=len(content.referrals),
        acts=tuple(act for act, done in did.items() if done),
    )
