"""A clinic's folder for measuring the language: the shipped papers, and one generated pathway of forty steps.

A year with a chronic disease as a clinic would write it: a first part, four meetings with a message, a reading and
papers each, and what is left behind.
"""

import shutil
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[2] / "pathways" / "shipped"
CODE = "forty-steps"
PAPERS = (
    *("forms/therapy.yaml", "forms/pressure.yaml"),
    *("consents/contract.yaml", "consents/intervention.yaml", "consents/personal_data.yaml"),
    *("texts/clinic_visit.yaml", "texts/rebook.yaml", "texts/pressure_call_in.yaml"),
)
MEETINGS = 4
STEPS = 40

HEAD = f"""pathway: {CODE}
version: 1
title: {{ru: Год с гипертонической болезнью, en: A year with hypertension}}
speciality: therapy
care: follow_up
people: {{patient: 18+, payer: patient, doctor: attending, invited: [relative, interpreter]}}
emergency: {{call_back: shift_supervisor, within: 3m, else: head_doctor}}
ends:
  completed:        {{charge: full}}
  in_person_needed: {{charge: full, offer: clinic_visit}}
  not_eligible:     {{charge: none, offer: clinic_visit}}
  failed_by_us:     {{charge: none, offer: rebook, alarm: shift_supervisor}}
  no_show:          {{charge: costs, offer: rebook}}
  abandoned:        {{charge: none}}
  cancelled:        {{charge: costs}}
  cancelled_by_us:  {{charge: none, offer: rebook, alarm: shift_supervisor}}
  emergency:        {{charge: none}}
  unsigned:         {{charge: none, alarm: head_doctor}}
steps:
  - {{id: who, kind: identity, level: confirmed, within: 1d, then: {{failed: end abandoned, timed_out: end abandoned}}}}
  - id: agree
    kind: consent
    documents: [{{id: contract, by: payer}}, {{id: intervention, reuse: true}}, {{id: personal_data, reuse: true}}]
    within: 1d
    then: {{declined: end abandoned, timed_out: end abandoned}}
  - id: gate
    kind: eligibility
    requires: in_person_diagnosis
    within: 2m
    then: {{not_met: end not_eligible, unknown: next}}
  - id: papers
    kind: task
    who: registrar
    gives: evidence
    when: 'gate.outcome == "unknown"'
    choices: [confirmed, not_found]
    within: 1h working
    then: {{not_found: end not_eligible, timed_out: end failed_by_us}}
  - id: form
    kind: intake
    form: therapy
    takes: [present_address, callback_phone]
    within: 1d
    remind: [3h]
    then: {{timed_out: end abandoned}}
  - id: pay
    kind: payment
    service: therapist_repeat
    within: 30m
    then: {{declined: end abandoned, timed_out: end abandoned}}
"""
MEETING = """
  - {{id: call{n}, kind: notify, to: patient, text: pressure_call_in, then: {{undelivered: next}}}}
  - {{id: reading{n}, kind: intake, form: pressure, within: 30d, remind: [7d, 14d], then: {{timed_out: end no_show}}}}
  - id: meet{n}
    kind: repeat
    times: 2
    then: {{exhausted: end failed_by_us}}
    steps:
      - id: line{n}
        kind: queue
        pool: therapists
        escalate: {{15m: shift_supervisor}}
        within: 2h
        then: {{timed_out: end failed_by_us, closed: end failed_by_us, left: end failed_by_us}}
      - id: talk{n}
        kind: video
        plan: 20m
        within: 90m
        may: [phone, consult, handover]
        then:
          no_show_patient: leave
          no_show_doctor: again
          technical: again
          in_person_needed: leave
          timed_out: leave
  - id: note{n}
    kind: protocol
    within: 1d
    escalate: {{4h: doctor, 20h: head_doctor}}
    then: {{timed_out: end unsigned}}
  - id: sign{n}
    kind: signature
    of: note{n}
    level: qualified
    within: 1d
    escalate: {{4h: doctor, 20h: head_doctor}}
    then: {{timed_out: end unsigned}}
"""
TAIL = """
  - id: rx
    kind: prescription
    of: note{last}
    level: qualified
    when: 'size(note{last}.prescriptions) > 0'
    within: 1d
    alarm: head_doctor
    then: {{refused: next, timed_out: next}}
  - id: visit
    kind: referral
    to: therapy
    of: note{last}
    when: 'size(note{last}.referrals) > 0'
    within: 1d
    then: {{declined: next, timed_out: next}}
  - {{id: labs, kind: lab_order, of: note{last}, wait: false, when: 'size(note{last}.orders) > 0', within: 30d}}
  - {{id: nps, kind: survey, wait: false, within: 3d}}
  - {{id: broken, kind: end, as: failed_by_us, when: 'rx.outcome == "timed_out"'}}
  - id: come
    kind: end
    as: in_person_needed
    when: 'talk{last}.outcome == "in_person_needed" || reading{last}.systolic >= 180'
"""


def pathway() -> str:
    """The pathway's text."""
    meetings = "".join(MEETING.format(n=n) for n in range(1, MEETINGS + 1))
    return HEAD + meetings + TAIL.format(last=MEETINGS)


def write(folder: Path) -> list[Path]:
    """Write the folder; its files."""
    files = [folder / "clinic.yaml", *(folder / paper for paper in PAPERS), folder / "pathways" / f"{CODE}.yaml"]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        if (shipped := SHIPPED / file.relative_to(folder)).exists():
            shutil.copyfile(shipped, file)
    files[-1].write_text(pathway(), encoding="utf-8")
    return files
