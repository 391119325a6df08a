# ruff: noqa: E501  (a change and what is told of it are read best side by side)
"""Comparing two versions: each change in words of both languages, told to those it concerns."""

from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from cli import app
from domain.people import Role
from pathways.compare.change import Audience
from pathways.compare.heads import CARE, DOCTOR, GUESTS, PAYER
from pathways.compare.steps import CONCERNS, FIELDS
from pathways.core.kind import kinds
from pathways.diff import GROUPS, changes, diff
from pathways.grammar import STRUCTURE, WrittenPeople
from tests.pathways.language.base import CLINIC, CONSENT, FORM, PATHWAY, TEXT, WATCH, broken, clinic, compiled

FLAG = "  - {id: chest_pain, when: 'pain == \"now\"', text: {ru: Позвоните 103, en: Call 103}}\n"
QUESTION = "      - {id: pressure, type: integer, min: 40, max: 300, label: {ru: Давление, en: Pressure}}\n"
PULSE = "      - {id: pulse, type: integer, min: 20, max: 250, required: true, label: {ru: Пульс, en: Pulse}}\n"


def lines(folder: Path, language: str, pathway: str, **changed: str) -> dict[str, list[str]]:
    """What is told, by whom it concerns."""
    code = "watch" if pathway == "watch" else "visit"
    plain: dict[str, str] = {"watch": WATCH} if pathway == "watch" else {}
    old = compiled(folder / "old", **plain)
    new = compiled(folder / "new", **{**plain, **changed})
    assert new.findings == []
    found: dict[str, list[str]] = {}
    current = ""
    names = {text.in_(language): audience.value for audience, text in GROUPS.items()}
    for line in diff(old.pathway(code), new.pathway(code), language):
        if line.startswith("- "):
            found[current].append(line.removeprefix("- "))
        else:
            current = names[line]
            found[current] = []
    return found


CASES: list[tuple[str, str, str, str, dict[str, str]]] = [
    ("visit", "within: 30m", "within: 1h", "visit", {"patients": "'Payment' (pay), its deadline, longer: 1 h (was: 30 min)"}),
    ("visit", "within: 90m", "within: 1h", "visit", {
        "patients": "'Video meeting' (talk), its deadline, shorter: 1 h (was: 90 min)",
        "doctors": "'Video meeting' (talk), its deadline, shorter: 1 h (was: 90 min)",
    }),
    ("visit", "within: 1h working", "within: 2h", "visit", {
        "staff": "'A decision of the staff' (papers), its deadline: 2 h (was: 1 h of working time)",
    }),
    ("visit", "who: registrar", "who: nurse", "visit", {
        "staff": "'A decision of the staff' (papers), who decides: nurse (was: registrar)",
    }),
    ("visit", "away: {charge: none, offer: rebook}", "away: {charge: costs}", "visit", {
        "patients": "Charge at the end 'away': the costs only (was: nothing)\n"
        "Offer at the end 'away': none (was: Book)\nNo longer shown: the text 'Book'",
    }),
    ("visit", "  unsigned: {charge: none, alarm: head_doctor}", "  unsigned: {charge: none, alarm: shift_supervisor}", "visit", {
        "staff": "Alarm at the end 'unsigned': shift supervisor (was: head doctor)",
    }),
    ("visit", "doctor: any", "doctor: attending", "visit", {
        "doctors": "Who holds it: the attending doctor (colleagues only advise) (was: any doctor of the pool)",
    }),
    ("visit", "patient: 18+", "patient: 14-17", "visit", {"patients": "The patient's age: 14-17 (was: 18+)"}),
    ("visit", "care: follow_up", "care: monitoring", "visit", {
        "doctors": "What a doctor may do: remote monitoring (was: follow-up, correction of treatment)",
    }),
    ("visit", "within: 3m, else", "within: 5m, else", "visit", {"staff": "How soon a red flag is answered: 5 min (was: 3 min)"}),
    ("visit", "escalate: {4h: doctor}", "escalate: {2h: doctor, 8h: head_doctor}", "visit", {
        "doctors": "'Protocol' (note), who is called in: doctor after 2 h, head doctor after 8 h (was: doctor after 4 h)",
        "staff": "'Protocol' (note), who is called in: doctor after 2 h, head doctor after 8 h (was: doctor after 4 h)",
    }),
    ("visit", "pool: therapists", "pool: night", "visit", {
        "patients": "'Waiting for a doctor' (line), the pool of doctors: night (was: therapists)",
        "doctors": "'Waiting for a doctor' (line), the pool of doctors: night (was: therapists)",
    }),
    ("visit", "times: 2", "times: 3", "visit", {
        "patients": "'Repeat' (meet), how many turns: 3 (was: 2)", "doctors": "'Repeat' (meet), how many turns: 3 (was: 2)",
    }),
    ("visit", "refused: next", "refused: end away", "visit", {
        "patients": "'Prescriptions' (rx), after 'refused': the end 'away' (was: the next step)",
        "doctors": "'Prescriptions' (rx), after 'refused': the end 'away' (was: the next step)",
    }),
    ("visit", "  - {id: nps,", "  - {id: thanks, kind: notify, to: patient, text: hello, then: {undelivered: next}}\n  - {id: nps,", "visit", {
        "patients": "A new step 'A message of the clinic' (thanks)\nA new text to read: 'Hello'",
    }),
    ("visit", "  - {id: nps, kind: survey, wait: false, when: 'form.severity > 3', within: 3d}\n", "", "visit", {
        "patients": "The step 'Survey' (nps) is gone",
    }),
    ("clinic", "amount: 100000, costs: 20000", "amount: 150050, costs: 20000", "visit", {
        "patients": "The price of 'Visit': 1500.50 RUB (was: 1000 RUB)",
    }),
    ("clinic", "fri: [09:00-17:00]", "fri: [09:00-16:00]", "visit", {"staff": "The clinic's working hours are changed"}),
    ("therapy", QUESTION, QUESTION + PULSE, "visit", {
        "patients": "Form 'Intake': a new question 'Pulse', must be answered",
    }),
    ("therapy", "id: severity, type: integer, min: 0, max: 10, required: true, label: {ru: Сила, en: Severity}",
     "id: severity, type: integer, min: 0, max: 10, required: true, label: {ru: Сила, en: How bad}", "visit", {
        "patients": "Form 'Intake': the question 'How bad' is worded otherwise",
    }),
    ("therapy", FLAG, "", "visit", {
        "patients": "Red flag 'chest_pain' of form 'Intake' is gone", "staff": "Red flag 'chest_pain' of form 'Intake' is gone",
    }),
    ("contract", "en: The text of the contract", "en: Another contract", "visit", {
        "patients": "The document 'Contract' is changed (version 1 → 1): it is accepted anew",
    }),
    ("rebook", "en: Book}\nbody", "en: Once more}\nbody", "visit", {
        "patients": "Offer at the end 'away': Once more (was: Book)\nThe text 'Once more' is changed",
    }),
    ("watch", "every: 7d at 10:00", "every: 14d at 09:30", "watch", {
        "patients": "'Repeat' (weeks), when its turns begin: every 14 days at 09:30 (was: every 7 days at 10:00)",
        "doctors": "'Repeat' (weeks), when its turns begin: every 14 days at 09:30 (was: every 7 days at 10:00)",
    }),
    ("watch", "reply: 1h", "reply: 30m", "watch", {
        "patients": "'Chat with the doctor' (talk), how soon the doctor answers: 30 min (was: 1 h)",
        "doctors": "'Chat with the doctor' (talk), how soon the doctor answers: 30 min (was: 1 h)",
    }),
    ("watch", "to: doctor", "to: patient", "watch", {
        "patients": "'A message of the clinic' (say), to whom or where: patient (was: doctor)",
    }),
]  # fmt: skip
SOURCES = {"visit": PATHWAY, "watch": WATCH, "clinic": CLINIC, "therapy": FORM, "contract": CONSENT, "rebook": TEXT}


@pytest.mark.parametrize(("file", "old", "new", "pathway", "told"), CASES, ids=lambda word: str(word)[:40].strip())
def test_a_change_is_told_to_those_it_concerns(
    file: str, old: str, new: str, pathway: str, told: dict[str, str], tmp_path: Path
) -> None:
    found = lines(tmp_path, "en", pathway, **{file: broken(SOURCES[file], old, new)})
    assert {audience: "\n".join(text) for audience, text in found.items()} == told


def test_a_step_that_moved_is_told_and_those_around_it_are_not(tmp_path: Path) -> None:
    form = next(line for line in PATHWAY.splitlines(keepends=True) if "id: form" in line)
    agree = next(line for line in PATHWAY.splitlines(keepends=True) if "id: agree" in line)
    first = broken(PATHWAY, form, "").replace(agree, form + agree)
    assert lines(tmp_path, "en", "visit", visit=first) == {"patients": ["'Intake form' (form): stands first now"]}
    pay = next(line for line in PATHWAY.splitlines(keepends=True) if "id: pay" in line)
    later = broken(PATHWAY, form + pay, pay + form)
    told = lines(tmp_path / "later", "ru", "visit", visit=later)
    assert told == {"patients": ["«Оплата» (pay): теперь стоит после «gate»"]} or len(told["patients"]) == 1


def test_the_same_version_changes_nothing(tmp_path: Path) -> None:
    pathway = compiled(tmp_path, watch=WATCH).pathway("watch")
    assert diff(pathway, pathway) == []


def test_both_languages_tell_the_same_changes(tmp_path: Path) -> None:
    old = compiled(tmp_path / "old", watch=WATCH)
    for change in changes(old.pathway("visit"), old.pathway("watch")):
        assert change.text.ru.strip()
        assert change.text.en.strip()
        assert "{" not in change.text.ru + change.text.en
    ru, en = (diff(old.pathway("visit"), old.pathway("watch"), language) for language in ("ru", "en"))
    assert len(ru) == len(en) > 30
    assert ru[0] == "Для пациентов:"


def test_everything_a_pathway_may_say_has_its_words() -> None:
    named = {name: type(kind) for name, kind in kinds().items() if not kind.internal}
    assert set(CONCERNS) | {"task"} == {*named, *STRUCTURE}
    fields = {info.alias or name for kind in named.values() for name, info in kind.fields.model_fields.items()}
    fields |= {info.alias or name for model, _ in STRUCTURE.values() for name, info in model.model_fields.items()}
    assert set(FIELDS) == fields
    assert len(CARE) == 3
    assert set(get_args(WrittenPeople.model_fields["payer"].annotation)) == set(PAYER)
    assert set(get_args(WrittenPeople.model_fields["doctor"].annotation)) == set(DOCTOR)
    assert set(GUESTS) == {"relative", "interpreter", "colleague"}
    assert set(GROUPS) == set(Audience)
    assert Role.DOCTOR.value == "doctor"


def test_the_command_compares_files_and_folders_each_with_its_own_clinic(tmp_path: Path) -> None:
    old, new = clinic(tmp_path / "old"), clinic(tmp_path / "new", watch=WATCH)
    (new / "clinic.yaml").write_text(broken(CLINIC, "amount: 100000", "amount: 120000"))
    done = CliRunner().invoke(app, ["diff", str(old), str(new), "--language", "en"])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "Follow-up (visit), 1 → 1",
        "For patients:",
        "- The price of 'Visit': 1200 RUB (was: 1000 RUB)",
        "",
        "A new pathway: Watch (watch)",
    ]
    files = [str(folder / "pathways/visit.yaml") for folder in (new, old)]
    done = CliRunner().invoke(app, ["diff", *files])
    assert "- Цена услуги «Приём»: 1000 ₽ (было: 1200 ₽)" in done.stdout
    (old / "texts/rebook.yaml").unlink()
    done = CliRunner().invoke(app, ["diff", str(old), str(new)])
    assert done.exit_code == 1
    assert "CP505" in done.output
