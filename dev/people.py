"""The people of the demo clinic. Invented, all of them; none of these phones exists.

Ids are made from words, the same in every folder; passwords and one-time secrets are each folder's own.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dev.keys import Secrets
from domain.people import Role
from records.people import Employee, Patient


def made_id(prefix: str, word: str) -> str:
    """An opaque id that is the same at every start."""
    digest = hashlib.sha256(f"carepath demo {prefix} {word}".encode()).digest()
    return f"{prefix}-{base64.b32encode(digest).decode().lower()[:26]}"


@dataclass(frozen=True)
class DemoPatient:
    """A patient of the demo clinic. ``phone`` is his own login; a child has none."""

    word: str
    family_name: str
    given_name: str
    patronymic: str
    birth_date: date
    sex: Literal["male", "female"]
    number: str
    story: str
    phone: str | None = None
    mother: str | None = None

    @property
    def person(self) -> str:
        """The human."""
        return made_id("p", self.word)

    @property
    def patient(self) -> str:
        """The human as this clinic's patient."""
        return made_id("pt", self.word)

    @property
    def record(self) -> Patient:
        """The row of the record."""
        return Patient(
            id=self.patient,
            person=self.person,
            number=self.number,
            family_name=self.family_name,
            given_name=self.given_name,
            patronymic=self.patronymic,
            birth_date=self.birth_date,
            sex=self.sex,
        )


@dataclass(frozen=True)
class DemoEmployee:
    """Somebody who works in the demo clinic; ``word`` is the login's name."""

    word: str
    name: str
    position: str
    phone: str
    roles: frozenset[Role]
    pools: frozenset[str] = frozenset()
    specialities: frozenset[str] = frozenset()

    @property
    def person(self) -> str:
        """The human."""
        return made_id("p", self.word)

    @property
    def signs(self) -> bool:
        """Whether he needs a certificate."""
        return not self.roles.isdisjoint({Role.DOCTOR, Role.HEAD_DOCTOR})

    @property
    def record(self) -> Employee:
        """The row of the record."""
        return Employee(
            person=self.person,
            name=self.name,
            roles=self.roles,
            pools=self.pools,
            specialities=self.specialities,
            position=self.position,
        )


PATIENTS = {
    patient.word: patient
    for patient in (
        DemoPatient(
            "orlov", "Орлов", "Пётр", "Алексеевич", date(1968, 3, 14), "male", "M-1001",
            "was seen in person two weeks ago: follow-up", phone="+79990000001",
        ),
        DemoPatient(
            "lebedeva", "Лебедева", "Анна", "Сергеевна", date(1989, 7, 2), "female", "M-1002",
            "mother of Миша, and a patient herself", phone="+79990000002",
        ),
        DemoPatient(
            "lebedev", "Лебедев", "Михаил", "Олегович", date(2017, 5, 20), "male", "M-1003",
            "a child: his mother acts for him", mother="lebedeva",
        ),
        DemoPatient(
            "gromov", "Громов", "Виктор", "Ильич", date(1995, 11, 30), "male", "M-1004",
            "never seen in person: first contact", phone="+79990000004",
        ),
        DemoPatient(
            "kovaleva", "Ковалёва", "Марина", "Юрьевна", date(1959, 1, 8), "female", "M-1005",
            "was seen in person; has chest pain today", phone="+79990000005",
        ),
        DemoPatient(
            "zotov", "Зотов", "Игорь", "Маратович", date(1974, 9, 5), "male", "M-1006",
            "was seen in person; his doctor does not come", phone="+79990000006",
        ),
        DemoPatient(
            "nikitina", "Никитина", "Софья", "Андреевна", date(1981, 12, 19), "female", "M-1007",
            "was seen in person, and only her papers prove it", phone="+79990000007",
        ),
        DemoPatient(
            "safina", "Сафина", "Алия", "Рустамовна", date(1992, 4, 11), "female", "M-1008",
            "has a rash: dermatology by chat", phone="+79990000008",
        ),
    )
}  # fmt: skip

Post = dict[str, frozenset[str]]
"""Where a doctor works: his pools and specialities."""
THERAPY: Post = {"pools": frozenset({"therapists", "on_call"}), "specialities": frozenset({"therapy"})}
ON_CALL: Post = {"pools": frozenset({"on_call"}), "specialities": frozenset({"therapy"})}
DERMATOLOGY: Post = {"pools": frozenset({"dermatologists"}), "specialities": frozenset({"dermatology"})}
PAEDIATRICS: Post = {"pools": frozenset({"paediatricians"}), "specialities": frozenset({"paediatrics"})}


def _staff(word: str, name: str, position: str, phone: int, *roles: Role, post: Post | None = None) -> DemoEmployee:
    return DemoEmployee(word, name, position, f"+7999100{phone:04}", frozenset(roles), **(post or {}))


def _doctor(word: str, name: str, position: str, phone: int, post: Post) -> DemoEmployee:
    return _staff(word, name, position, phone, Role.DOCTOR, post=post)


ON_CALL_NAMES = (
    "Абрамова Дарья Львовна",
    "Быков Сергей Антонович",
    "Воронцова Полина Игоревна",
    "Галкин Тимур Ренатович",
    "Дёмина Жанна Петровна",
    "Ершов Никита Вадимович",
    "Жукова Лариса Михайловна",
    "Завьялов Артём Юрьевич",
    "Ильина Вероника Сергеевна",
    "Карпов Денис Геннадьевич",
)
ON_CALL_DOCTORS = tuple(f"on-call{number}" for number in range(1, len(ON_CALL_NAMES) + 1))
"""The doctors who do nothing but be on call."""


STAFF = {
    employee.word: employee
    for employee in (
        _doctor("therapist1", "Соколова Елена Викторовна", "врач-терапевт", 1, THERAPY),
        _doctor("therapist2", "Морозов Дмитрий Олегович", "врач-терапевт", 2, THERAPY),
        _doctor("therapist3", "Белова Ирина Павловна", "врач-терапевт", 3, THERAPY),
        _doctor("dermatologist1", "Лазарева Юлия Романовна", "врач-дерматовенеролог", 21, DERMATOLOGY),
        _doctor("dermatologist2", "Носов Глеб Аркадьевич", "врач-дерматовенеролог", 22, DERMATOLOGY),
        _doctor("dermatologist3", "Осипова Кира Валерьевна", "врач-дерматовенеролог", 23, DERMATOLOGY),
        _doctor("paediatrician1", "Романова Татьяна Ильинична", "врач-педиатр", 31, PAEDIATRICS),
        _doctor("paediatrician2", "Сафронов Михаил Львович", "врач-педиатр", 32, PAEDIATRICS),
        _doctor("paediatrician3", "Тихонова Алла Борисовна", "врач-педиатр", 33, PAEDIATRICS),
        *(
            _doctor(word, name, "врач-терапевт", 40 + number, ON_CALL)
            for number, (word, name) in enumerate(zip(ON_CALL_DOCTORS, ON_CALL_NAMES, strict=True))
        ),
        _staff("nurse", "Гусева Людмила Фёдоровна", "медицинская сестра", 17, Role.NURSE),
        _staff("supervisor", "Зайцева Ольга Николаевна", "старший врач смены", 11, Role.SHIFT_SUPERVISOR),
        _staff("head", "Крылов Андрей Борисович", "главный врач", 12, Role.HEAD_DOCTOR),
        _staff("registrar", "Павлова Нина Петровна", "медицинский регистратор", 13, Role.REGISTRAR),
        _staff("cashier", "Федина Вера Ивановна", "кассир", 14, Role.CASHIER),
        _staff("admin", "Титов Роман Сергеевич", "администратор клиники", 15, Role.CLINIC_ADMIN),
        _staff("auditor", "Юдин Павел Андреевич", "аудитор", 16, Role.AUDITOR),
    )
}
ATTENDING = "therapist1"
"""Who saw the adults with evidence in person."""


@dataclass(frozen=True)
class Seen:
    """A visit in person that stands in the record."""

    doctor: str
    speciality: str
    diagnosis: str


HYPERTENSION = Seen(ATTENDING, "therapy", "I11.9")
SEEN_IN_PERSON = {
    "orlov": HYPERTENSION,
    "kovaleva": HYPERTENSION,
    "zotov": HYPERTENSION,
    "lebedev": Seen("paediatrician1", "paediatrics", "J20.9"),
}
"""Who has evidence of a visit."""


def password_of(secrets: Secrets, word: str) -> str:
    """An employee's password in this folder."""
    return secrets.word(f"PASSWORD_{_variable(word)}")


def totp_of(secrets: Secrets, word: str) -> str:
    """An employee's TOTP secret (base32) in this folder."""
    return secrets.base32(f"TOTP_{_variable(word)}")


def _variable(word: str) -> str:
    """A login as part of a name that a shell may read from the file of secrets."""
    return word.upper().replace("-", "_")
