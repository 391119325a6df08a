"""Results, referral, survey and the registration left behind."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.effects.protocol import RenderDocument
from domain.effects.referral import RequestVisit
from domain.effects.results import DeliverResult
from domain.effects.signature import FindRegistration, RegisterDocument
from domain.effects.survey import RecordScore
from domain.people import Actor, Role
from tests.pathways.kinds.desk import DOCTOR, NOTE, PATIENT, SHA, Desk

MET = {"doctor": "p-doctor", "met_by": "p-doctor"}
ADMIN = Actor(person="p-admin", clinic="cl-1", roles=frozenset({Role.CLINIC_ADMIN}))


def results(**labs: Any) -> Desk:
    return Desk("results", of="labs", outputs={"labs": labs}, state=MET)


def test_a_result_is_read_and_handed_on() -> None:
    desk = results(outcome="done", result="rs-1")
    desk.act("acknowledge", "acknowledge", DOCTOR)
    desk.settle(DeliverResult)
    assert desk.outcome == "done"
    assert desk.outputs == {"result": "rs-1"}


def test_an_order_that_brought_nothing_is_none() -> None:
    assert results(outcome="not_given").outcome == "none"


def test_an_order_still_running_is_waited_for() -> None:
    desk = results(outcome="left_behind")
    assert desk.outcome is None
    desk.state.outputs["labs"] = {"outcome": "done", "result": "rs-1"}
    desk.fact("child")
    assert "acknowledge" in desk.tasks()


def test_an_order_that_never_reports_is_none_at_the_deadline() -> None:
    desk = results(outcome="left_behind")
    desk.expire()
    assert desk.outcome == "none"


def test_an_unread_result_times_out_and_one_read_in_time_does_not() -> None:
    desk = results(outcome="done", result="rs-1")
    desk.expire()
    assert desk.outcome == "timed_out"
    desk = results(outcome="done", result="rs-1")
    desk.act("acknowledge", "acknowledge", DOCTOR)
    desk.expire()
    desk.settle(DeliverResult)
    assert desk.outcome == "done"


def referral(**fields: Any) -> Desk:
    return Desk("referral", to="cardiology", outputs={"note": dict(NOTE)}, state=MET, **fields)


def test_a_referral_makes_its_paper_and_asks_for_the_visit() -> None:
    desk = referral(of="note")
    desk.act("confirm", "accept", PATIENT)
    desk.settle(RequestVisit, reference="V-1")
    assert desk.outcome is None
    desk.settle(RenderDocument, document="d-2", sha256=SHA)
    assert desk.outcome == "done"
    assert desk.outputs == {"reference": "V-1", "document": "d-2", "sha256": SHA}


def test_without_a_protocol_there_is_no_paper() -> None:
    desk = referral()
    desk.act("confirm", "accept", PATIENT)
    assert not desk.asked(RenderDocument)
    desk.settle(RequestVisit, reference="V-1")
    assert desk.outcome == "done"


def test_the_patient_may_decline_the_visit() -> None:
    desk = referral()
    desk.act("confirm", "decline", PATIENT)
    assert desk.outcome == "declined"


def test_a_visit_accepted_in_time_is_asked_for_and_none_is_otherwise() -> None:
    desk = referral()
    desk.expire()
    assert desk.outcome == "timed_out"
    desk = referral()
    desk.act("confirm", "accept", PATIENT)
    desk.expire()
    desk.settle(RequestVisit, reference="V-1")
    assert desk.outcome == "done"


def test_a_score_is_kept_of_the_doctor_who_met_the_patient() -> None:
    desk = Desk("survey", state=MET)
    desk.act("score", "score", PATIENT, score=9, comment="ct-9")
    asked = desk.asked(RecordScore)[0]
    assert (asked["score"], asked["doctor"], asked["comment"]) == (9, "p-doctor", "ct-9")
    desk.settle(RecordScore)
    assert desk.outcome == "done"
    assert desk.outputs == {"score": 9}


@pytest.mark.parametrize("score", [-1, 11, 9.5, "9", True])
def test_a_score_is_a_whole_number_from_0_to_10(score: Any) -> None:
    with pytest.raises(ValidationError):
        Desk("survey", state=MET).act("score", "score", PATIENT, score=score)


def test_no_score_in_time_times_out_and_one_given_in_time_is_kept() -> None:
    desk = Desk("survey", state=MET)
    desk.expire()
    assert desk.outcome == "timed_out"
    desk = Desk("survey", state=MET)
    desk.act("score", "score", PATIENT, score=0)
    desk.expire()
    desk.settle(RecordScore)
    assert desk.outcome == "done"


def registration() -> Desk:
    desk = Desk("registration", within=None, document="d-1", signature="sg-1", doctor="p-doctor")
    desk.settle(RegisterDocument, request="R-1")
    return desk


def test_the_callback_registers() -> None:
    desk = registration()
    desk.fact("registry", event="registered", number="77.26.0042.1")
    assert desk.outcome == "registered"
    assert desk.outputs == {"number": "77.26.0042.1", "document": "d-1"}


def test_a_late_callback_is_asked_for_more_and_more_rarely() -> None:
    desk = registration()
    assert desk.run.timers["ask"] - desk.step.now == timedelta(minutes=30)
    for part in ("1", "2"):
        desk.ring("ask")
        desk.settle(FindRegistration, part=part, status="pending")
    assert desk.run.timers["ask"] - desk.step.now == timedelta(hours=1)
    desk.ring("ask")
    desk.settle(FindRegistration, status="registered", number="N")
    assert desk.outcome == "registered"


def test_a_question_without_an_answer_is_asked_again() -> None:
    desk = registration()
    desk.ring("ask")
    assert desk.give_up(FindRegistration)
    assert "ask" in desk.run.timers


def test_a_rejection_shows_the_mnemonics_to_the_doctor_and_the_administrator() -> None:
    desk = registration()
    desk.fact("registry", event="rejected", errors=["NO_SNILS", "NO_SPECIALITY"])
    assert desk.outcome is None
    assert desk.task("mend").data["errors"] == ["NO_SNILS", "NO_SPECIALITY"]
    assert desk.told() == [("registration_rejected", False)] * 2
    assert "ask" not in desk.run.timers
    desk.act("mend", "resubmit", ADMIN)
    assert desk.asked(RegisterDocument)[0]["part"] == "2"
    desk.settle(RegisterDocument, request="R-2")
    desk.fact("registry", event="registered", number="N")
    assert desk.outcome == "registered"


def test_a_rejection_that_comes_again_for_an_earlier_try_does_not_stop_the_new_one() -> None:
    desk = registration()
    desk.ring("ask")
    desk.fact("registry", event="rejected", errors=["NO_SNILS"], local_uid="d-1.1")
    desk.act("mend", "resubmit", ADMIN)
    desk.settle(RegisterDocument, part="2", request="R-2")
    desk.settle(FindRegistration, part="1", status="rejected", errors=["no_snils"])
    assert "mend" not in desk.tasks()
    desk.fact("registry", event="rejected", errors=["NO_SNILS"], local_uid="d-1.1")
    assert "mend" not in desk.tasks()
    desk.ring("ask")
    assert desk.asked(FindRegistration)[-1]["tries"] == 2
    desk.fact("registry", event="rejected", errors=["NO_SPECIALITY"], local_uid="d-1.2")
    assert desk.task("mend").data["errors"] == ["NO_SPECIALITY"]


def test_a_document_registered_by_an_earlier_try_is_registered() -> None:
    desk = registration()
    desk.fact("registry", event="rejected", errors=["NO_SNILS"], local_uid="d-1.1")
    desk.act("mend", "resubmit", ADMIN)
    desk.fact("registry", event="registered", number="N", local_uid="d-1.1")
    assert desk.outcome == "registered"


def test_the_doctor_may_send_it_again_too() -> None:
    desk = registration()
    desk.fact("registry", event="rejected", errors=["NO_SIGNATURE"])
    desk.act("mend", "resubmit", DOCTOR)
    assert desk.tasks() == set()


def test_a_registration_that_comes_while_people_mend_is_taken() -> None:
    desk = registration()
    desk.fact("registry", event="rejected", errors=["ASYNC_RESPONSE_TIMEOUT"])
    desk.fact("registry", event="rejected", errors=["ASYNC_RESPONSE_TIMEOUT"])
    desk.fact("registry", event="registered", number="N")
    assert desk.outcome == "registered"


def test_a_refusal_at_once_is_a_rejection_and_a_silent_registry_is_held() -> None:
    desk = Desk("registration", within=None, document="d-1", signature="sg-1", doctor="p-doctor")
    assert not desk.give_up(RegisterDocument)
    assert desk.give_up(RegisterDocument, "Refused")
    assert desk.task("mend").data["errors"] == ["REFUSED"]


def test_what_the_registry_says_in_words_is_not_kept() -> None:
    desk = registration()
    desk.fact("registry", event="rejected", errors=["NO_SNILS", "СНИЛС 112-233-445 95 не найден"])
    assert desk.task("mend").data["errors"] == ["NO_SNILS", "other"]
