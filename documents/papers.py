"""Papers: everything that stands on one, as a frozen value. Printed by ``documents.pdf.print_paper``."""

from datetime import date
from typing import ClassVar, Literal

from domain.base import Moment, Value
from domain.protocol import ProtocolContent


class DoesNotFit(Exception):
    """The words are too many for a form of a fixed size, however small they are set."""


class ClinicHead(Value):
    """The clinic on the head of its papers."""

    name: str
    short_name: str = ""
    oid: str
    licence: str
    """Number, date and issuer, as printed: «Л041-01137-77/00346575 от 26.01.2023, Департамент здравоохранения…»."""
    address: str
    phone: str = ""
    email: str = ""
    okpo: str = ""
    ogrn: str = ""


class PatientHead(Value):
    """The patient on a paper."""

    name: str
    """Family name, given name, patronymic."""
    birth_date: date
    sex: Literal["male", "female"]
    number: str
    """The clinic's own number: of the medical card."""


class DoctorHead(Value):
    """The doctor who signs."""

    name: str
    position: str


class SignatureMark(Value):
    """What the visible mark of an electronic signature says; shown on copies, never part of the signed bytes."""

    certificate: str
    owner: str
    valid_from: date
    valid_until: date


class Paper(Value):
    """What every paper has.

    ``number`` is ours, opaque; ``made_at`` is the domain moment of the act, the paper's date and its PDF's too;
    ``zone`` is where the clinic's clock hangs.
    """

    template: ClassVar[str]
    title: ClassVar[str]
    sides: ClassVar[int | None] = None
    """How many pages the form has; None: as many as it takes."""

    number: str
    made_at: Moment
    zone: str = "Europe/Moscow"
    clinic: ClinicHead
    patient: PatientHead
    doctor: DoctorHead
    mark: SignatureMark | None = None


class ProtocolPaper(Paper):
    """«Медицинское заключение по результатам консультации» (order 193н)."""

    template: ClassVar[str] = "protocol.html"
    title: ClassVar[str] = "Медицинское заключение по результатам консультации"

    content: ProtocolContent
    held_from: Moment | None = None
    """When doctor and patient met."""
    held_until: Moment | None = None


class PrescriptionPaper(Paper):
    """Form 107-1/у, A6, two sides. ``item`` is which prescription of the protocol, from 0."""

    template: ClassVar[str] = "prescription.html"
    title: ClassVar[str] = "Рецепт, форма N 107-1/у"
    sides: ClassVar[int | None] = 2

    content: ProtocolContent
    item: int = 0
    child: bool = False
    """The patient is under 18: «детский» is underlined."""


class ReferralPaper(Paper):
    """A referral in person. ``item`` is which referral of the protocol, from 0."""

    template: ClassVar[str] = "referral.html"
    title: ClassVar[str] = "Направление"

    content: ProtocolContent
    item: int = 0


class LabOrderPaper(Paper):
    """A referral to laboratory tests: every order of the protocol."""

    template: ClassVar[str] = "lab_order.html"
    title: ClassVar[str] = "Направление на лабораторные исследования"

    content: ProtocolContent


AnyPaper = ProtocolPaper | PrescriptionPaper | ReferralPaper | LabOrderPaper
