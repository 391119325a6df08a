# ruff: noqa: E501  (the files of a clinic are written as a clinic writes them)
"""A fixed clinic in which every generated pathway could be at home, and the way a pathway is judged in it.

Its zone changes its clocks, so that working time is counted over a clock change too.
"""

import tempfile
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from domain.pathway import Pathway
from pathways.checks.bound import Bound, bound
from pathways.clinic import Clinic
from pathways.findings import Finding
from pathways.folder import Folder

TODAY = date(2026, 10, 20)
CODE = "drawn"
"""What every generated pathway is called: its file is too."""

CLINIC = """\
clinic: cl-story
title: {ru: Клиника, en: Clinic}
short: {ru: Клиника, en: Clinic}
oid: 1.2.643.5.1.13.13.12.2.77.99999
region: "77"
zone: Europe/Berlin
licence: {number: Л041-01137-77/00999999, issued: 2023-03-14, issuer: {ru: Департамент, en: Department}}
address: {ru: Москва, en: Moscow}
phone: "+74950000000"
ogrn: "1177746000013"
inn: "7704001236"
okpo: "01357916"
calendar: office
calendars:
  office:
    week: {mon: [09:00-13:00, 14:00-18:00], tue: [09:00-18:00], wed: [09:00-18:00], thu: [09:00-18:00], fri: [09:00-17:00], sat: [], sun: []}
    special: {2026-10-26: [], 2026-12-31: [09:00-12:00], 2027-01-01: []}
  evenings:
    week: {mon: [18:00-24:00], tue: [18:00-24:00], wed: [18:00-24:00], thu: [18:00-24:00], fri: [18:00-24:00], sat: [00:00-24:00], sun: [00:00-24:00]}
  always:
    week: {mon: [00:00-24:00], tue: [00:00-24:00], wed: [00:00-24:00], thu: [00:00-24:00], fri: [00:00-24:00], sat: [00:00-24:00], sun: [00:00-24:00]}
pools:
  on_call: {title: {ru: Дежурные, en: On call}, speciality: therapy, calendar: always}
  by_day: {title: {ru: Дневные, en: By day}, speciality: therapy, calendar: office}
  evening: {title: {ru: Вечерние, en: By evening}, speciality: therapy, calendar: evenings}
partners: {labs: {north: {title: {ru: Север, en: North}}, south: {title: {ru: Юг, en: South}}}}
services:
  visit: {title: {ru: Приём, en: Visit}, amount: 100000, costs: 20000}
  gift: {title: {ru: Даром, en: Free}, amount: 0}
"""

FORM = """\
form: complaints
version: 1
title: {ru: Анкета, en: Intake}
pages:
  - title: {ru: Где вы, en: Where you are}
    fields:
      - {id: present_address, type: address, required: true, label: {ru: Адрес, en: Address}}
      - {id: callback_phone, type: phone, required: true, label: {ru: Телефон, en: Telephone}}
  - title: {ru: Жалобы, en: Complaints}
    fields:
      - {id: severity, type: integer, min: 0, max: 10, required: true, label: {ru: Сила, en: Severity}}
      - id: pain
        type: choice
        required: true
        label: {ru: Боль в груди, en: Chest pain}
        options:
          - {id: none, label: {ru: Нет, en: None}}
          - {id: now, label: {ru: Сейчас, en: Now}}
facts: [severity]
flags: [{id: chest_pain, when: 'pain == "now"', text: {ru: Позвоните 103, en: Call 103}}]
"""


def consent(name: str, purpose: str, who: str) -> str:
    return (
        f"consent: {name}\nversion: 1\ntitle: {{ru: Документ, en: Document}}\n"
        f"purpose: {purpose}\nwho: {who}\ntext: {{ru: Текст, en: Words}}\n"
    )


def words(name: str) -> str:
    return f"text: {name}\nversion: 1\ntitle: {{ru: Заголовок, en: Title}}\nbody: {{ru: Слова, en: Words}}\n"


FILES = {
    "clinic.yaml": CLINIC,
    "forms/complaints.yaml": FORM,
    "consents/contract.yaml": consent("contract", "contract", "payer"),
    "consents/intervention.yaml": consent("intervention", "intervention", "patient"),
    "consents/recording.yaml": consent("recording", "recording", "patient"),
    "texts/rebook.yaml": words("rebook"),
    "texts/hello.yaml": words("hello"),
}


@dataclass(frozen=True)
class Judged:
    """What the reader and the checker make of a pathway's text."""

    pathway: Pathway | None
    findings: list[Finding] = field(default_factory=list)

    @property
    def bound(self) -> Bound:
        """The bound as ``carepath check`` prints it."""
        assert self.pathway is not None
        return bound(self.pathway)


class House:
    """The clinic's folder on disk. Its papers are read once; each pathway goes the whole way of every other file."""

    def __init__(self) -> None:
        # Lives as long as the process: a worker judges thousands of pathways in it.
        self._kept = tempfile.TemporaryDirectory(prefix="carepath-", ignore_cleanup_errors=True)
        self.root = Path(self._kept.name)
        for name, text in FILES.items():
            path = self.root / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.folder = Folder(self.root, TODAY)
        self.folder.read_clinic()
        self.folder.read_papers()
        assert self.folder.findings == [], self.folder.findings
        (self.root / "pathways").mkdir()

    @property
    def clinic(self) -> Clinic:
        """The clinic as the other rooms use it."""
        assert self.folder.clinic is not None
        return self.folder.clinic

    def judge(self, text: str) -> Judged:
        """Read, check and compile one pathway."""
        path = self.root / "pathways" / f"{CODE}.yaml"
        path.write_text(text, encoding="utf-8")
        self.folder.sources.clear()
        pathway = self.folder.pathway(path)
        return Judged(pathway, self.folder.findings)


@cache
def house() -> House:
    """The one of this process."""
    return House()
