from typing import Any

import pytest
from pydantic import ValidationError

from domain.effects.eligibility import FindEvidence
from tests.pathways.kinds.desk import DOCTOR, PATIENT, PROOF, REGISTRAR, Desk

PAPER = {**PROOF.model_dump(mode="json"), "source": "papers"}


def gate(**fields: Any) -> Desk:
    return Desk("eligibility", requires="in_person_diagnosis", **fields)


@pytest.mark.parametrize("outcome", ["met", "not_met", "unknown"])
def test_the_gate_ends_as_the_evidence_says(outcome: str) -> None:
    desk = gate()
    proofs = [PROOF.model_dump(mode="json")] if outcome == "met" else []
    desk.settle(FindEvidence, outcome=outcome, proofs=proofs)
    assert desk.outcome == outcome
    assert desk.outputs["proofs"] == proofs


def test_a_silent_mis_is_unknown_and_no_administrators_task() -> None:
    desk = gate()
    assert desk.give_up(FindEvidence)
    assert desk.outcome == "unknown"


def test_a_slow_mis_is_unknown() -> None:
    desk = gate()
    desk.expire()
    assert desk.outcome == "unknown"


def test_the_age_of_the_visit_is_asked_as_written() -> None:
    assert gate(not_older_than="180d").asked(FindEvidence)[0]["not_older_than_days"] == 180


def test_a_pathway_that_names_no_age_takes_any() -> None:
    assert gate().asked(FindEvidence)[0]["not_older_than_days"] == 36_500


def papers() -> Desk:
    return Desk("task", who="registrar", gives="evidence", choices=["confirmed", "not_found"])


def test_the_first_choice_is_the_good_one_and_gives_evidence() -> None:
    desk = papers()
    desk.act("decide", "decide", REGISTRAR, choice="confirmed", evidence=PAPER)
    assert desk.outcome == "confirmed"
    assert desk.outputs["proofs"] == [PAPER]
    assert desk.outputs["by"] == "p-registrar"


def test_another_choice_gives_none() -> None:
    desk = papers()
    desk.act("decide", "decide", REGISTRAR, choice="not_found")
    assert desk.outcome == "not_found"
    assert desk.outputs["proofs"] == []


def test_a_good_choice_without_evidence_is_refused() -> None:
    assert papers().refused("decide", "decide", REGISTRAR, choice="confirmed").code == "evidence_needed"


def test_evidence_from_elsewhere_or_from_tomorrow_is_refused() -> None:
    for wrong in ({**PAPER, "source": "mis"}, {**PAPER, "on": "2026-11-24"}):
        refusal = papers().refused("decide", "decide", REGISTRAR, choice="confirmed", evidence=wrong)
        assert refusal.code == "bad_evidence"


def test_evidence_nobody_asked_for_is_refused() -> None:
    refusal = papers().refused("decide", "decide", REGISTRAR, choice="not_found", evidence=PAPER)
    assert refusal.code == "evidence_not_asked"


def test_a_choice_not_on_the_list_is_refused() -> None:
    assert papers().refused("decide", "decide", REGISTRAR, choice="maybe").code == "no_such_choice"


def test_only_the_role_decides() -> None:
    assert papers().refused("decide", "decide", PATIENT, choice="not_found").code == "not_yours"


def test_a_doctors_decision_is_the_assigned_doctors() -> None:
    desk = Desk("task", who="doctor", choices=["yes", "no"], state={"doctor": "p-doctor"})
    assert desk.task("decide").owner.person == "p-doctor"
    desk.act("decide", "decide", DOCTOR, choice="no")
    assert desk.outcome == "no"


def test_nobody_decides_in_time() -> None:
    desk = papers()
    assert desk.told() == [("task_waits", False)]
    desk.expire()
    assert desk.outcome == "timed_out"


def test_a_task_without_choices_cannot_be_written() -> None:
    with pytest.raises(ValidationError):
        Desk("task", who="registrar", choices=[])
