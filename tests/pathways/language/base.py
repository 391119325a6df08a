# ruff: noqa: E501  (the files of a clinic are written as a clinic writes them)
"""A small clinic without findings, as texts, and the way to break it in one place."""

from datetime import date
from pathlib import Path

from pathways.compile import Compiled, compile_folder
from pathways.findings import Finding

TODAY = date(2026, 11, 25)

PATHWAY = """\
pathway: visit
version: 1
title: {ru: Повторный приём, en: Follow-up}
speciality: therapy
care: follow_up
people: {patient: 18+, payer: patient, doctor: any}
emergency: {call_back: shift_supervisor, within: 3m, else: head_doctor}
ends:
  completed: {charge: full}
  away: {charge: none, offer: rebook}
  cancelled: {charge: costs}
  cancelled_by_us: {charge: none}
  emergency: {charge: none}
  unsigned: {charge: none, alarm: head_doctor}
steps:
  - {id: agree, kind: consent, documents: [{id: contract, by: payer}], within: 1d, then: {declined: end away, timed_out: end away}}
  - {id: gate, kind: eligibility, requires: in_person_diagnosis, within: 2m, then: {not_met: end away, unknown: next}}
  - id: papers
    kind: task
    who: registrar
    gives: evidence
    when: 'gate.outcome == "unknown"'
    choices: [confirmed, not_found]
    within: 1h working
    then: {not_found: end away, timed_out: end away}
  - {id: form, kind: intake, form: therapy, takes: [present_address, callback_phone], within: 1d, then: {timed_out: end away}}
  - {id: pay, kind: payment, service: visit, within: 30m, then: {declined: end away, timed_out: end away}}
  - id: meet
    kind: repeat
    times: 2
    then: {exhausted: end away}
    steps:
      - {id: line, kind: queue, pool: therapists, within: 2h, then: {timed_out: end away, closed: end away, left: end away}}
      - id: talk
        kind: video
        plan: 20m
        within: 90m
        then: {no_show_patient: end away, no_show_doctor: again, technical: again, in_person_needed: leave, timed_out: leave}
  - {id: note, kind: protocol, within: 1d, escalate: {4h: doctor}, then: {timed_out: end unsigned}}
  - {id: sign, kind: signature, of: note, level: qualified, within: 1d, remind: [2h], then: {timed_out: end unsigned}}
  - {id: rx, kind: prescription, of: note, level: qualified, when: 'size(note.prescriptions) > 0', within: 1d, then: {refused: next, timed_out: next}}
  - {id: labs, kind: lab_order, of: note, partners: [north], wait: false, within: 30d}
  - {id: nps, kind: survey, wait: false, when: 'form.severity > 3', within: 3d}
"""

WATCH = """\
pathway: watch
version: 1
title: {ru: Наблюдение, en: Watch}
speciality: therapy
care: follow_up
people: {patient: 18+, payer: patient, doctor: any, invited: [relative, interpreter]}
emergency: {call_back: shift_supervisor, within: 3m, else: head_doctor}
ends:
  completed: {}
  away: {offer: rebook}
  cancelled: {}
  cancelled_by_us: {}
  emergency: {}
  unsigned: {alarm: head_doctor}
steps:
  - {id: agree, kind: consent, documents: [{id: contract, by: payer}, {id: recording}], within: 1d, then: {declined: end away, timed_out: end away}}
  - {id: gate, kind: eligibility, requires: in_person_diagnosis, within: 2m, then: {not_met: end away, unknown: end away}}
  - {id: form, kind: intake, form: therapy, takes: [present_address, callback_phone], within: 1d, then: {timed_out: end away}}
  - id: book
    kind: appointment
    pool: night
    remind_before: [1d, 1h]
    early: 10m
    within: 14d
    then: {none_free: end away, declined: end away, timed_out: end away}
  - id: talk
    kind: chat
    reply: 1h
    silence: 4h
    may: [video]
    within: 2d
    then: {unanswered: end away, doctor_silent: next, patient_silent: next, in_person_needed: next, timed_out: next}
  - id: face
    kind: video
    when: 'talk.outcome == "done" && talk.video'
    may: [record, phone]
    within: 2h
    then: {no_show_patient: next, no_show_doctor: next, technical: next, in_person_needed: next, timed_out: next}
  - {id: note, kind: protocol, within: 1d, then: {timed_out: end unsigned}}
  - {id: sign, kind: signature, of: note, level: qualified, within: 1d, then: {timed_out: end unsigned}}
  - {id: say, kind: notify, to: doctor, text: hello, then: {undelivered: next}}
  - id: weeks
    kind: repeat
    times: 8
    every: 7d at 10:00
    steps:
      - {id: ask, kind: task, who: patient, choices: [sent, bad], within: 2d, then: {bad: next, timed_out: again}}
      - {id: look, kind: task, who: nurse, when: 'weeks.missed_in_a_row > 1 || ask.outcome == "bad"', choices: [seen], wait: true, within: 8h working, then: {timed_out: next}}
"""

FORM = """\
form: therapy
version: 1
title: {ru: Анкета, en: Intake}
pages:
  - title: {ru: Где вы, en: Where you are}
    fields:
      - {id: present_address, type: address, required: true, label: {ru: Адрес, en: Address}}
      - {id: callback_phone, type: phone, required: true, label: {ru: Телефон, en: Telephone}}
  - title: {ru: Жалобы, en: Complaints}
    fields:
      - {id: complaints, type: text, required: true, label: {ru: Жалобы, en: Complaints}}
      - {id: severity, type: integer, min: 0, max: 10, required: true, label: {ru: Сила, en: Severity}}
      - {id: pressure, type: integer, min: 40, max: 300, label: {ru: Давление, en: Pressure}}
      - id: pain
        type: choice
        required: true
        label: {ru: Боль в груди, en: Chest pain}
        options:
          - {id: none, label: {ru: Нет, en: None}}
          - {id: now, label: {ru: Сейчас, en: Now}}
facts: [severity]
flags:
  - {id: chest_pain, when: 'pain == "now"', text: {ru: Позвоните 103, en: Call 103}}
  - {id: crisis, when: 'has(pressure) && pressure >= 180', text: {ru: Позвоните 103, en: Call 103}}
"""

CLINIC = """\
clinic: cl-test
title: {ru: Клиника, en: Clinic}
short: {ru: Клиника, en: Clinic}
oid: 1.2.643.5.1.13.13.12.2.77.99999
region: "77"
zone: Europe/Moscow
licence: {number: Л041-01137-77/00999999, issued: 2023-03-14, issuer: {ru: Департамент, en: Department}}
address: {ru: Москва, en: Moscow}
phone: "+74950000000"
ogrn: "1177746000013"
inn: "7704001236"
okpo: "01357916"
calendar: office
calendars:
  office:
    week: {mon: [09:00-18:00], tue: [09:00-18:00], wed: [09:00-18:00], thu: [09:00-18:00], fri: [09:00-17:00], sat: [], sun: []}
  nights:
    week: {mon: [20:00-24:00], tue: [20:00-24:00], wed: [20:00-24:00], thu: [20:00-24:00], fri: [20:00-24:00], sat: [20:00-24:00], sun: [20:00-24:00]}
pools:
  therapists: {title: {ru: Терапевты, en: Therapists}, speciality: therapy}
  surgeons: {title: {ru: Хирурги, en: Surgeons}, speciality: surgery, calendar: office}
  night: {title: {ru: Ночные, en: By night}, speciality: therapy, calendar: nights}
partners: {labs: {north: {title: {ru: Север, en: North}}}}
services:
  visit: {title: {ru: Приём, en: Visit}, amount: 100000, costs: 20000}
"""

CONSENT = """\
consent: contract
version: 1
title: {ru: Договор, en: Contract}
purpose: contract
who: payer
text: {ru: Текст договора, en: The text of the contract}
"""

RECORDING = """\
consent: recording
version: 1
title: {ru: Запись, en: Recording}
purpose: recording
who: patient
text: {ru: Согласие на запись, en: Consent to recording}
"""

HELLO = """\
text: hello
version: 1
title: {ru: Здравствуйте, en: Hello}
body: {ru: Посмотрите показания, en: Have a look at the readings}
"""

TEXT = """\
text: rebook
version: 1
title: {ru: Запись, en: Book}
body: {ru: Запишитесь снова, en: Book again}
"""

FILES = {
    "pathways/visit.yaml": PATHWAY,
    "forms/therapy.yaml": FORM,
    "clinic.yaml": CLINIC,
    "consents/contract.yaml": CONSENT,
    "texts/rebook.yaml": TEXT,
    "consents/recording.yaml": RECORDING,
    "texts/hello.yaml": HELLO,
}
MORE = {"pathways/watch.yaml": WATCH}
"""Written only where it is asked for: most rules are shown by one pathway."""


def clinic(folder: Path, **changed: str | bytes) -> Path:
    """Write the clinic, with some files (by their stem) as given."""
    asked = {name: text for name, text in MORE.items() if Path(name).stem in changed}
    for name, text in {**FILES, **asked}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        new = changed.get(path.stem, text)
        path.write_bytes(new if isinstance(new, bytes) else new.encode())
    return folder


def compiled(folder: Path, **changed: str | bytes) -> Compiled:
    """Compile the clinic with some files as given."""
    return compile_folder(clinic(folder, **changed), on=TODAY)


def broken(text: str, old: str, new: str) -> str:
    """The text with one place changed; the place must be there once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, words: str) -> int:
    """The line on which some words stand first."""
    assert words in text, words
    return text[: text.index(words)].count("\n") + 1


def told(findings: list[Finding]) -> list[tuple[str, str, int]]:
    """Code, file and line of each finding."""
    return [(f.code, Path(f.file).name, f.line) for f in findings]
