from typing import Any

import pytest

from domain.pathway import Step
from pathways.core.kind import kinds
from tests.pathways.kinds.desk import PATIENT, SHA, Desk, pinned

FILLED = {"content": "ct-1", "sha256": SHA}


def form() -> Desk:
    return Desk("intake", form="therapy", takes=["present_address", "callback_phone"])


def test_the_facts_become_outputs_and_the_address_is_remembered() -> None:
    desk = form()
    desk.act("fill", "submit", PATIENT, **FILLED, facts={"pain": 3, "smokes": False, "where": ["chest"]})
    assert desk.outcome == "done"
    assert desk.outputs["pain"] == 3
    assert desk.state.address == {"content": "ct-1", "sha256": SHA}


def test_a_red_flag_never_ends_the_step_otherwise() -> None:
    desk = form()
    desk.act("fill", "submit", PATIENT, **FILLED, flags=["chest_pain"])
    assert desk.outcome == "done"
    assert desk.outputs["flags"] == ["chest_pain"]


@pytest.mark.parametrize("facts", [{"pain": "3"}, {"pain": True}, {"smokes": 1}, {"unknown": 1}, {"flags": []}])
def test_a_fact_the_form_does_not_give_is_refused(facts: dict[str, Any]) -> None:
    assert form().refused("fill", "submit", PATIENT, **FILLED, facts=facts).code == "bad_facts"


def test_a_form_that_takes_no_address_forgets_none() -> None:
    desk = Desk("intake", form="therapy", state={"address": {"content": "ct-0"}})
    desk.act("fill", "submit", PATIENT, **FILLED)
    assert desk.state.address == {"content": "ct-0"}


def test_the_outputs_are_those_of_the_form() -> None:
    step = Step(id="form", kind="intake", fields={"form": "therapy"})
    found = type(kinds()["intake"]).outputs_of(step, {"therapy": pinned("therapy", facts={"pain": "int"})})
    assert found == {"flags": "list(string)", "pain": "int"}


def test_the_task_names_the_form_as_pinned() -> None:
    task = form().task("fill")
    assert task.form == "therapy"
    assert task.data["version"] == 1


def test_nobody_fills_it_in_in_time() -> None:
    desk = form()
    desk.expire()
    assert desk.outcome == "timed_out"


def test_a_form_that_names_its_facts_like_ours_breaks_nothing() -> None:
    desk = form()
    content = desk.pathway.forms["therapy"].content
    content["facts"].update(outcome="string", content="string", content_sha256="string")
    desk.act("fill", "submit", PATIENT, **FILLED, facts={"outcome": "x", "content": "y", "content_sha256": "z"})
    assert (desk.outcome, desk.outputs["content"]) == ("done", "ct-1")
