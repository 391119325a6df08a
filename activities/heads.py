"""Who stands on a paper: clinic, patient and doctor of the record as heads."""

from datetime import date

from pydantic import BaseModel, ValidationError

from activities.errors import ours
from documents.papers import ClinicHead, DoctorHead, PatientHead
from domain.base import Text, Value
from ports import Refused
from records import clinics, people, staff
from records.clinics import Clinic
from records.database import Session


class Licence(BaseModel):
    """The licence as a clinic's folder has it."""

    number: str
    issued: date
    issuer: Text


class Folder(BaseModel):
    """What of a clinic's folder stands on papers; the rest of it is others'."""

    title: Text
    short: Text
    licence: Licence
    address: Text
    phone: str = ""
    okpo: str = ""
    ogrn: str = ""


class Heads(Value):
    """The three heads of a paper, and the clinic's zone."""

    clinic: ClinicHead
    patient: PatientHead
    doctor: DoctorHead
    zone: str


async def heads_of(session: Session, patient: str, doctor: str) -> Heads:
    """The heads from the record.

    Raises:
        Refused: One of the three is not on record, or the clinic's folder lacks what must stand on papers.
    """
    clinic = ours(await clinics.get(session), "no_such_clinic")
    ill = ours(await people.patient(session, patient), "no_such_patient")
    treats = ours(await staff.get(session, doctor), "no_such_doctor")
    name = " ".join(part for part in (ill.family_name, ill.given_name, ill.patronymic) if part)
    return Heads(
        clinic=clinic_head(clinic),
        patient=PatientHead(name=name, birth_date=ill.birth_date, sex=ill.sex, number=ill.number),
        doctor=DoctorHead(name=treats.name, position=treats.position or "Врач"),
        zone=clinic.zone,
    )


def clinic_head(clinic: Clinic) -> ClinicHead:
    """The head of a clinic; papers are Russian.

    Raises:
        Refused: The folder lacks what must stand on papers.
    """
    try:
        folder = Folder.model_validate(clinic.folder)
    except ValidationError:
        raise Refused("clinic_without_licence") from None
    licence = folder.licence
    return ClinicHead(
        name=folder.title.ru,
        short_name=folder.short.ru,
        oid=clinic.oid,
        licence=f"№ {licence.number} от {licence.issued:%d.%m.%Y}, {licence.issuer.ru}",
        address=folder.address.ru,
        phone=folder.phone,
        okpo=folder.okpo,
        ogrn=folder.ogrn,
    )
