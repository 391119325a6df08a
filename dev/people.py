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
    )
}  # fmt: skip

THERAPY = {"pools": frozenset({"therapists", "on_call"}), "specialities": frozenset({"therapy"})}


def _staff(word: str, name: str, position: str, phone: int, *roles: Role) -> DemoEmployee:
    treats = Role.DOCTOR in roles
    return DemoEmployee(word, name, position, f"+7999100{phone:04}", frozenset(roles), **(THERAPY if treats else {}))


STAFF = {
    employee.word: employee
    for employee in (
        _staff("therapist1", "Соколова Елена Викторовна", "врач-терапевт", 1, Role.DOCTOR),
        _staff("therapist2", "Морозов Дмитрий Олегович", "врач-терапевт", 2, Role.DOCTOR),
        _staff("therapist3", "Белова Ирина Павловна", "врач-терапевт", 3, Role.DOCTOR),
        _staff("supervisor", "Зайцева Ольга Николаевна", "старший врач смены", 11, Role.SHIFT_SUPERVISOR),
        _staff("head", "Крылов Андрей Борисович", "главный врач", 12, Role.HEAD_DOCTOR),
        _staff("registrar", "Павлова Нина Петровна", "медицинский регистратор", 13, Role.REGISTRAR),
        _staff("cashier", "Федина Вера Ивановна", "кассир", 14, Role.CASHIER),
        _staff("admin", "Титов Роман Сергеевич", "администратор клиники", 15, Role.CLINIC_ADMIN),
        _staff("auditor", "Юдин Павел Андреевич", "аудитор", 16, Role.AUDITOR),
    )
}
ATTENDING = "therapist1"
"""Who saw the patients with evidence in person."""
SEEN_IN_PERSON = ("orlov", "kovaleva")
"""Who has evidence of a visit."""


def password_of(secrets: Secrets, word: str) -> str:
    """An employee's password in this folder."""
    return secrets.word(f"PASSWORD_{word.upper()}")


def totp_of(secrets: Secrets, word: str) -> str:
    """An employee's TOTP secret (base32) in this folder."""
    return secrets.base32(f"TOTP_{word.upper()}")
