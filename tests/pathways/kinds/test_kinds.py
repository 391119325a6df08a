"""What every kind owes: closed outcomes as designed, words for people, texts of the catalogue."""

import re
from pathlib import Path

import pytest

from domain.texts import TEXTS
from pathways.core.kind import Kind, kinds

ROOM = Path(__file__).parents[3] / "pathways"
OUTCOMES = {
    "identity": ("done", {"failed", "timed_out"}),
    "consent": ("agreed", {"declined", "timed_out"}),
    "eligibility": ("met", {"not_met", "unknown"}),
    "intake": ("done", {"timed_out"}),
    "payment": ("held", {"declined", "timed_out"}),
    "queue": ("accepted", {"closed", "left", "timed_out"}),
    "appointment": ("done", {"none_free", "declined", "timed_out"}),
    "chat": ("done", {"unanswered", "doctor_silent", "patient_silent", "in_person_needed", "timed_out"}),
    "notify": ("done", {"undelivered"}),
    "video": ("done", {"no_show_patient", "no_show_doctor", "technical", "in_person_needed", "timed_out"}),
    "protocol": ("done", {"timed_out"}),
    "signature": ("done", {"timed_out"}),
    "prescription": ("done", {"refused", "timed_out"}),
    "lab_order": ("done", {"not_chosen", "refused", "not_given", "timed_out"}),
    "results": ("done", {"none", "timed_out"}),
    "referral": ("done", {"declined", "timed_out"}),
    "survey": ("done", {"timed_out"}),
    "registration": ("registered", set()),
}


def test_the_outcomes_are_the_closed_lists_of_the_design() -> None:
    found = {name: (k.good, set(k.others)) for name, k in kinds().items() if name in OUTCOMES}
    assert found == OUTCOMES


def test_the_outcomes_of_a_task_are_its_choices() -> None:
    kind = type(kinds()["task"])
    fields = kind.fields.model_validate({"who": "registrar", "choices": ["confirmed", "not_found"]})
    assert kind.outcomes(fields) == ("confirmed", ("not_found", "timed_out"))


def words(name: str) -> set[str]:
    """The kinds of which a class attribute is set."""
    return {word for word, kind in kinds().items() if getattr(kind, name)}


def test_what_the_rules_ask_of_a_kind_it_says_itself() -> None:
    assert set(OUTCOMES) | {"task"} == set(kinds())
    assert words("assigns") == {"queue", "appointment"}
    assert words("meets") == {"video", "chat"}
    assert {name: set(kinds()[name].never_met) for name in words("never_met")} == {
        "video": {"no_show_patient", "no_show_doctor", "technical"},
        "chat": {"unanswered"},
    }
    ways = {"identity", "consent", "eligibility", "intake", "payment", "queue", "appointment", "protocol", "signature"}
    assert words("stays") == ways
    assert words("skippable") == {"payment", "survey", "notify", "task", "referral", "results", "lab_order"}
    assert {name for name, kind in kinds().items() if not kind.waits_for_people} == {
        "eligibility", "notify", "registration",
    }  # fmt: skip


def test_no_meeting_counts_as_one_that_never_met_when_it_is_good() -> None:
    for kind in kinds().values():
        assert kind.never_met <= set(kind.others)


@pytest.mark.parametrize("kind", [k for name, k in kinds().items() if name in {*OUTCOMES, "task"}])
def test_people_read_a_title_in_both_languages(kind: Kind) -> None:
    assert kind.title.ru
    assert kind.title.en
    assert bool(kind.actions()) == bool(kind.task_titles)


def test_every_message_told_stands_in_the_catalogue() -> None:
    told = set()
    for file in (*ROOM.glob("kinds/*.py"), *ROOM.glob("core/*.py")):
        source = file.read_text()
        told |= set(re.findall(r"""\btext(?:: Code)? ?= ?"([a-z_]+)\"""", source))
        told |= set(re.findall(r"""\.tell\([^"]*?"([a-z_]+)\"""", source))
    assert told
    assert told - set(TEXTS) == set()


def test_no_message_names_a_speciality_or_a_sickness() -> None:
    words = re.compile(r"(?i)терап|дермат|кардио|анализ крови|диагноз|diagnos|therap|dermat|cardio")
    assert [code for code, text in TEXTS.items() if words.search(text.ru + text.en)] == []
