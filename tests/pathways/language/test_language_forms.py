"""Forms: clean answers, facts, flags and problems from one function."""

from typing import Any

import pytest

from pathways.compile import compile_folder
from pathways.forms import Answers, Form, form_of, read_answers

ADDRESS = {"city": "Москва", "street": "Чистопрудный бульвар", "house": "1", "flat": "5", "note": " код 12 "}
GOOD: dict[str, Any] = {
    "present_address": ADDRESS,
    "callback_phone": "8 (916) 123-45-67",
    "alarming": ["none"],
    "complaints": "  Головная боль по утрам  ",
    "since": "weeks",
    "severity": 4,
    "temperature": 36.6,
    "as_prescribed": True,
    "allergies": "нет",
    "pregnancy": "no",
}


@pytest.fixture(scope="module")
def form() -> Form:
    return form_of(compile_folder("pathways/shipped").pathway("therapist-follow-up"), "therapy")


def read(form: Form, **changed: Any) -> Answers:
    answers = {**GOOD, **changed}
    return read_answers(form, {name: value for name, value in answers.items() if value is not None})


def test_good_answers_are_cleaned_and_give_only_the_declared_facts(form: Form) -> None:
    found = read(form)
    assert found.problems == ()
    assert found.flags == ()
    assert found.facts == {"severity": 4}
    assert found.clean["callback_phone"] == "+79161234567"
    assert found.clean["complaints"] == "Головная боль по утрам"
    assert found.clean["present_address"]["note"] == "код 12"


def test_chest_pain_raises_its_flag_with_the_number_to_call(form: Form) -> None:
    found = read(form, alarming=["chest_pain"])
    assert found.flags == ("chest_pain",)
    flag = form.flag("chest_pain")
    assert flag.call == "103"
    assert "103" in flag.text.ru
    assert "103" in flag.text.en


def test_a_flag_is_raised_even_where_other_answers_are_missing(form: Form) -> None:
    found = read_answers(form, {"alarming": ["chest_pain", "breathless"]})
    assert found.flags == ("chest_pain", "breathless")
    assert {problem.code for problem in found.problems} == {"missing"}


def test_a_flag_on_an_optional_answer_is_raised_only_when_it_was_given(form: Form) -> None:
    assert read(form, severity=8).flags == ()
    assert read(form, severity=8, systolic=190).flags == ("hypertensive_crisis",)
    assert read(form, severity=2, systolic=190).flags == ()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("severity", None, "missing"),
        ("severity", 11, "too_large"),
        ("severity", -1, "too_small"),
        ("severity", "4", "wrong_type"),
        ("severity", True, "wrong_type"),
        ("temperature", 20.0, "too_small"),
        ("alarming", [], "missing"),
        ("alarming", ["toothache"], "not_an_option"),
        ("alarming", "chest_pain", "not_an_option"),
        ("since", "yesterday", "not_an_option"),
        ("since", ["weeks"], "not_an_option"),
        ("as_prescribed", "yes", "wrong_type"),
        ("complaints", "   ", "missing"),
        ("complaints", "x" * 3001, "too_long"),
        ("callback_phone", "123", "bad_phone"),
        ("callback_phone", 79161234567, "wrong_type"),
        ("present_address", {"city": "Москва"}, "bad_address"),
        ("present_address", {"city": "Москва", "house": "1", "planet": "x"}, "bad_address"),
        ("present_address", "Москва", "wrong_type"),
        ("unknown", 1, "unknown_field"),
    ],
)
def test_a_wrong_answer_is_a_problem_of_its_field(form: Form, field: str, value: Any, code: str) -> None:
    found = read(form, **{field: value})
    assert [(problem.field, problem.code) for problem in found.problems] == [(field, code)]
    assert field not in found.clean


def test_a_problem_never_repeats_what_was_answered(form: Form) -> None:
    found = read(form, callback_phone="тайна", complaints="тайна" * 1000)
    assert "тайна" not in "".join(problem.model_dump_json() for problem in found.problems)


def test_options_come_in_the_order_of_the_form_each_once(form: Form) -> None:
    found = read(form, alarming=["breathless", "chest_pain", "breathless"])
    assert found.clean["alarming"] == ["chest_pain", "breathless"]
