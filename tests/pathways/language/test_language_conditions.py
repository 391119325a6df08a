"""Conditions: typed before they run, and never a branch when they fail."""

from typing import Any

import pytest

from pathways.conditions import TYPES, ConditionFailed, compile_condition, evaluate
from pathways.core.kind import kinds
from pathways.guards import ABSENT, Known, Outcomes, parse

DECLARED = {"form.severity": "int", "form.outcome": "string", "note.orders": "list(string)", "talk.outcome": "string"}


@pytest.mark.parametrize(
    "text",
    [
        "form.severity > 3",
        'form.outcome == "done" && form.severity >= 7',
        "size(note.orders) > 0",
        '"0" in note.orders',
        "note.orders.exists(order, order == '0')",
        "has(form.severity) && form.severity > 3",
        '!(talk.outcome in ["done", "timed_out"])',
        'form.severity > 3 ? talk.outcome == "done" : false',
    ],
)
def test_a_sound_condition_has_no_problem(text: str) -> None:
    assert compile_condition(text, DECLARED) == []


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('form.severity == "x"', 1, 15),
        ("form.severity &&\n  form.nothing > 1", 2, 7),
        ("has(form.nothing)", 1, 9),
        ("form.severity >", 1, 16),
        ("size(note.orders)", 1, 1),
    ],
)
def test_a_wrong_condition_is_told_with_line_and_column(text: str, line: int, column: int) -> None:
    assert (line, column) in [(problem.line, problem.column) for problem in compile_condition(text, DECLARED)]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("form.severity > 3", True),
        ("form.severity > 3 && has(form.nothing)", False),
        ("has(talk.how) && talk.how == 'phone'", False),
        ("talk.how == 'phone' && has(talk.how)", False),
        ('"has(form.nothing)" == form.outcome', False),
        ("size(note.orders) > 0", False),
        ("note.fever > 37.5", True),
    ],
)
def test_a_condition_is_judged_on_the_outputs_so_far(text: str, answer: bool) -> None:
    outputs: dict[str, dict[str, Any]] = {
        "form": {"severity": 4, "outcome": "done"},
        "note": {"orders": [], "fever": 38.0},
        "talk": {"outcome": "no_show_patient", "how": None},
    }
    assert evaluate(text, outputs) is answer


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        ("form.severity > 3", {}),
        ("form.severity > 3", {"form": {"severity": None}}),
        ("form.severity > 3", {"form": {"severity": "4"}}),
        ("form.severity == 3", {"form": {"severity": "4"}}),
        ("form.severity / 0 > 1", {"form": {"severity": 4}}),
        ("form.severity + 9223372036854775807 > 1", {"form": {"severity": 4}}),
        ("form.severity", {"form": {"severity": 4}}),
        ("form.severity >", {"form": {"severity": 4}}),
    ],
)
def test_a_condition_that_cannot_be_told_is_a_failure_and_never_a_branch(
    text: str, outputs: dict[str, dict[str, Any]]
) -> None:
    with pytest.raises(ConditionFailed):
        evaluate(text, outputs)


def test_a_failure_tells_no_value() -> None:
    with pytest.raises(ConditionFailed) as failed:
        evaluate("timestamp(form.secret) > timestamp(form.secret)", {"form": {"secret": "тайна"}})
    assert "тайна" not in str(failed.value)


def test_every_output_of_every_kind_has_a_type_that_conditions_know() -> None:
    assert {word for kind in kinds().values() for word in kind.outputs.values()} <= set(TYPES)


KNOWN = Known(
    {
        "talk.outcome": frozenset({"done", "no_show", "skipped"}),
        "talk.how": frozenset({"done"}),
        "form.severity": frozenset({"done"}),
    }
)
MAYBE: Outcomes = {"talk": frozenset({"done", "no_show", ABSENT}), "form": frozenset({"done", "skipped"})}


@pytest.mark.parametrize(
    ("text", "unsafe"),
    [
        ("form.severity > 3", ["form.severity"]),
        ("has(form.severity) && form.severity > 3", []),
        ("form.severity > 3 && has(form.severity)", []),
        ("!has(form.severity) || form.severity > 3", []),
        ("has(form.severity) || form.severity > 3", ["form.severity"]),
        ('talk.outcome == "done"', ["talk.outcome"]),
        ('has(talk.outcome) && talk.outcome == "done" && talk.how == "phone"', []),
        ('has(talk.outcome) && talk.outcome != "done" && talk.how == "phone"', ["talk.how"]),
        ('has(talk.outcome) && !(talk.outcome != "done") && talk.how == "phone"', []),
        ('has(talk.outcome) && talk.outcome in ["done"] && talk.how == "phone"', []),
        ('has(talk.how) && (form.severity > 1 || talk.how == "x")', ["form.severity"]),
        ("has(form.severity) ? form.severity > 1 : false", ["form.severity"]),
        ('"form.severity" == "talk.how"', []),
    ],
)
def test_what_a_condition_reads_must_be_there_or_guarded(text: str, unsafe: list[str]) -> None:
    assert [word.text for word in KNOWN.unsafe(parse(text), MAYBE)] == unsafe


def test_a_condition_narrows_what_may_have_happened() -> None:
    part = parse('talk.outcome == "done" && form.severity > 3')
    assert KNOWN.narrow(part, True, MAYBE) == {**MAYBE, "talk": frozenset({"done"})}
    assert KNOWN.narrow(part, False, MAYBE) == MAYBE
    assert KNOWN.narrow(parse('talk.outcome == "gone"'), True, MAYBE) is None
