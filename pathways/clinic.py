"""A clinic as a folder: ``clinic.yaml`` and the papers beside the pathways, as typed values."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from domain.base import Code, Json, Text, Value
from domain.calendar import Calendar, Span
from domain.pathway import Pinned, digest_of
from pathways.forms import Form
from pathways.written import Ages, Both, Id, Version, WrittenCalendar, Zone

Oid = Annotated[str, StringConstraints(pattern=r"^[0-2](\.(0|[1-9][0-9]*)){3,30}$")]
Nomenclature = Annotated[str, StringConstraints(pattern=r"^[AB][0-9]{2}\.[0-9]{3}\.[0-9]{3}(\.[0-9]{3})?$")]
ClinicId = Annotated[str, StringConstraints(pattern=r"^cl-[a-z0-9]{2,40}$")]


def _ogrn(value: str) -> str:
    """13 digits; the last is the remainder of the first twelve by 11, by 10."""
    if not (len(value) == 13 and value.isdecimal() and int(value[:12]) % 11 % 10 == int(value[12])):
        raise ValueError("this is no ОГРН: 13 digits, the last of them a checksum")
    return value


def _inn(value: str) -> str:
    """10 digits of a legal entity, the last a checksum."""
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    if not (
        len(value) == 10
        and value.isdecimal()
        and sum(w * int(d) for w, d in zip(weights, value, strict=False)) % 11 % 10 == int(value[9])
    ):
        raise ValueError("this is no ИНН of an organisation: 10 digits, the last of them a checksum")
    return value


def _okpo(value: str) -> str:
    """8 digits, the last a checksum (weights 1-7, on 10 weights 3-9)."""

    def control(start: int) -> int:
        return sum((start + n) * int(d) for n, d in enumerate(value[:7])) % 11

    if not (len(value) == 8 and value.isdecimal()):
        raise ValueError("this is no ОКПО: 8 digits")
    digit = control(1) if control(1) < 10 else control(3) % 10
    if digit != int(value[7]):
        raise ValueError("this is no ОКПО: its last digit is no checksum of the others")
    return value


class Licence(Value):
    """The licence for medical activity: it stands on every paper."""

    number: str = Field(min_length=3, max_length=60)
    """Its number."""
    issued: date
    """The day it was given, such as 2023-03-14."""
    issuer: Both
    """Who gave it."""


class WrittenPool(Value):
    """A pool of doctors who take from one line."""

    title: Both
    """What people read."""
    speciality: Code
    """The speciality of its doctors."""
    calendar: Id | None = None
    """When the pool works, one of the calendars; the clinic's own where it is not written."""
    ages: Ages = (0, None)
    """The ages of patients it takes, such as ``18+``."""


class Pool(Value):
    """A pool with its working time counted out."""

    title: Text
    speciality: Code
    calendar: Calendar
    ages: tuple[int, int | None]


class Partner(Value):
    """An organisation we work with; addresses and secrets are settings, not words of a clinic."""

    title: Both
    """What people read."""


class Partners(Value):
    """Partners by what they do."""

    labs: dict[Id, Partner] = {}
    """Laboratories by name."""


class Service(Value):
    """A paid service: its price and what a no-show or late cancel still costs, in kopecks."""

    title: Both
    """What people read, as on the price list."""
    amount: int = Field(ge=0, le=100_000_000)
    """The price in kopecks."""
    costs: int = Field(default=0, ge=0, le=100_000_000)
    """What a no-show or a late cancel still costs, in kopecks."""
    nomenclature: (
        Annotated[str, StringConstraints(pattern=r"^[AB][0-9]{2}\.[0-9]{3}\.[0-9]{3}(\.[0-9]{3})?$")] | None
    ) = None
    """Its code in the nomenclature of medical services (order 804n)."""


class WrittenClinic(Value):
    """``clinic.yaml``."""

    clinic: ClinicId
    """The clinic's id, such as ``cl-north``."""
    title: Both
    """The full name, as on papers."""
    short: Both
    """The name people know."""
    oid: Oid
    """The clinic's OID in the federal register."""
    region: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
    """The region's code, two digits in quotes."""
    zone: Zone
    """The time zone, such as Europe/Moscow."""
    licence: Licence
    """The licence for medical activity."""
    address: Both
    """The address, as on papers."""
    phone: Annotated[str, StringConstraints(pattern=r"^\+7[0-9]{10}$")]
    """The telephone, ``+7`` and ten digits, in quotes."""
    ogrn: Annotated[str, AfterValidator(_ogrn)]
    """ОГРН, 13 digits in quotes."""
    inn: Annotated[str, AfterValidator(_inn)]
    """ИНН, 10 digits in quotes."""
    okpo: Annotated[str, AfterValidator(_okpo)]
    """ОКПО, 8 digits in quotes."""
    calendar: Id
    """The calendar that working time is counted in, one of those below."""
    calendars: dict[Id, WrittenCalendar] = Field(min_length=1)
    """Working time by name."""
    pools: dict[Id, WrittenPool]
    """Pools of doctors by name."""
    partners: Partners = Partners()
    """Who the clinic works with."""
    services: dict[Id, Service] = {}
    """What patients pay for, by name."""


class Clinic(Value):
    """A clinic as the other rooms use it: live, by name (design section 4)."""

    id: str
    title: Text
    short: Text
    oid: str
    region: str
    zone: str
    licence: Licence
    address: Text
    phone: str
    ogrn: str
    inn: str
    okpo: str
    calendar: Calendar
    pools: dict[Code, Pool]
    labs: dict[Code, Partner]
    services: dict[Code, Service]

    def service(self, service: str) -> dict[str, Json]:
        """A service as it is pinned into a pathway."""
        return self.services[service].model_dump(mode="json", exclude_none=True)


class Consent(Value):
    """A versioned document somebody accepts: for what purpose, who, how long it is valid."""

    consent: Id
    """The document's name, the same as the file's."""
    version: Version
    """Raised with every change of the text."""
    title: Both
    """What people read above it."""
    purpose: Literal["contract", "intervention", "personal_data", "disclosure", "recording", "monitoring"]
    """What it permits."""
    who: Literal["patient", "payer"]
    """Who accepts it."""
    lasts: Span | None = None
    """Without it the consent is valid until it is withdrawn."""
    text: Both
    """What is accepted, whole."""


class Words(Value):
    """A text people are shown: an offer at the end, an explanation."""

    text: Id
    """The text's name, the same as the file's."""
    version: Version
    """Raised with every change."""
    title: Both
    """What people read above it."""
    body: Both
    """What people read."""


class ClinicFolder(Value):
    """A clinic's folder, checked: what publishing pins, and what stays live by name."""

    clinic: Clinic
    forms: dict[Code, Pinned] = {}
    consents: dict[Code, Pinned] = {}
    texts: dict[Code, Pinned] = {}


def opened(written: WrittenClinic) -> Clinic:
    """A written clinic, found sound by the checks, as its value."""
    calendars = {name: calendar.in_zone(written.zone) for name, calendar in written.calendars.items()}
    pools = {
        name: Pool(
            title=pool.title,
            speciality=pool.speciality,
            calendar=calendars[pool.calendar or written.calendar],
            ages=pool.ages,
        )
        for name, pool in written.pools.items()
    }
    kept = written.model_dump(exclude={"clinic", "calendar", "calendars", "pools", "partners"})
    return Clinic(
        **kept, id=written.clinic, calendar=calendars[written.calendar], pools=pools, labs=written.partners.labs
    )


def pin(id_: str, version: int, value: Form | Consent | Words) -> Pinned:
    """A paper as it stands: its content and the digest of it."""
    content = value.model_dump(mode="json")
    return Pinned(id=id_, version=version, sha256=digest_of(content), content=content)
