from datetime import timedelta
from typing import Any

from domain.effects.lab_order import CancelOrder, PlaceOrder
from domain.effects.results import DeliverResult, FetchResults
from domain.people import Owner, Role
from tests.pathways.kinds.desk import DOCTOR, HEAD, NOTE, PATIENT, Desk

MET = {"doctor": "p-doctor", "met_by": "p-doctor"}


def order(**fields: Any) -> Desk:
    return Desk("lab_order", of="note", within=timedelta(days=30), outputs={"note": dict(NOTE)}, state=MET, **fields)


def placed(**fields: Any) -> Desk:
    desk = order(**fields)
    desk.act("choose", "choose", PATIENT, partner="helix")
    desk.settle(PlaceOrder, order="L-1")
    return desk


def notice(desk: Desk, event: str, number: str = "L-1") -> None:
    desk.fact("labs", event=event, order=number)


def ready(critical: bool = False) -> Desk:
    desk = placed()
    notice(desk, "material_taken")
    notice(desk, "result")
    desk.settle(FetchResults, result="rs-1", status="final", critical=critical)
    return desk


def test_from_the_choice_to_the_patients_result() -> None:
    desk = order()
    assert desk.task("choose").data == {"partners": []}
    desk.act("choose", "choose", PATIENT, partner="helix")
    assert desk.asked(PlaceOrder)[0]["content"] == "ct-1"
    desk.settle(PlaceOrder, order="L-1")
    notice(desk, "material_taken")
    notice(desk, "result")
    desk.settle(FetchResults, result="rs-1", status="final")
    assert ("result_to_read", False) in desk.told()
    desk.act("acknowledge", "acknowledge", DOCTOR)
    assert desk.asked(DeliverResult)[0]["result_id"] == "rs-1"
    assert ("result_ready", False) not in desk.told()
    desk.settle(DeliverResult)
    assert desk.outcome == "done"
    assert desk.outputs == {"result": "rs-1", "partner": "helix", "order": "L-1", "critical": False}
    assert ("result_ready", False) in desk.told()


def test_a_critical_result_rings_the_doctor_and_the_head_doctor() -> None:
    desk = ready(critical=True)
    assert [told for told in desk.told() if told == ("critical_result", True)] == [("critical_result", True)] * 2
    assert desk.task("acknowledge").data["critical"] is True
    assert desk.task("acknowledge").also == (Owner(role=Role.HEAD_DOCTOR),)
    assert desk.refused("acknowledge", "acknowledge", HEAD).code == "not_the_doctor_who_met"


def test_a_critical_value_of_a_partial_result_does_not_wait_for_the_final_one() -> None:
    desk = placed()
    notice(desk, "result")
    desk.settle(FetchResults, result="rs-1", status="partial", critical=True)
    desk.act("acknowledge", "acknowledge", DOCTOR)
    desk.settle(DeliverResult)
    assert desk.outcome is None
    notice(desk, "result")
    desk.settle(FetchResults, result="rs-2", status="final")
    desk.act("acknowledge_2", "acknowledge", DOCTOR)
    desk.settle(DeliverResult)
    assert desk.outputs["result"] == "rs-2"
    assert desk.outputs["critical"] is True


def test_a_partial_result_that_is_not_critical_bothers_nobody() -> None:
    desk = placed()
    notice(desk, "result")
    desk.settle(FetchResults, result="rs-1", status="partial")
    assert desk.tasks() == set()


def test_a_laboratory_that_will_not_take_it_lets_the_patient_choose_again() -> None:
    desk = order()
    desk.act("choose", "choose", PATIENT, partner="helix")
    desk.settle(PlaceOrder, refused="no_such_test")
    assert desk.task("choose").data["refused"] == "no_such_test"
    desk.act("choose", "choose", PATIENT, partner="invitro")
    assert desk.asked(PlaceOrder)[0]["part"] == "2"


def test_a_laboratory_that_refuses_afterwards_lets_the_patient_choose_again() -> None:
    desk = placed()
    notice(desk, "refused")
    assert desk.task("choose").data["refused"] == "refused"
    assert "poll" not in desk.run.timers


def test_an_unknown_partner_refused_by_the_effect_is_a_choice_again() -> None:
    desk = order()
    desk.act("choose", "choose", PATIENT, partner="nobody")
    assert desk.give_up(PlaceOrder, "Refused")
    assert "choose" in desk.tasks()


def test_only_partners_the_pathway_names_may_be_chosen_where_it_names_some() -> None:
    desk = order(partners=["helix"])
    assert desk.refused("choose", "choose", PATIENT, partner="invitro").code == "no_such_partner"


def test_a_notice_about_another_order_moves_nothing() -> None:
    desk = placed()
    notice(desk, "result", "L-0")
    assert not desk.asked(FetchResults)


def test_a_notice_that_overtakes_the_answer_to_our_order_is_not_lost() -> None:
    desk = order()
    desk.act("choose", "choose", PATIENT, partner="helix")
    notice(desk, "result")
    desk.settle(PlaceOrder, order="L-1")
    assert desk.asked(FetchResults)[0]["order"] == "L-1"


def test_a_lost_notice_is_made_good_by_looking_once_a_day() -> None:
    desk = placed()
    desk.ring("poll")
    desk.settle(FetchResults, status="none")
    desk.ring("poll")
    desk.settle(FetchResults, result="rs-1", status="final")
    assert "acknowledge" in desk.tasks()


def test_two_notices_at_once_fetch_one_after_the_other() -> None:
    desk = placed()
    notice(desk, "result")
    notice(desk, "result")
    desk.settle(FetchResults, part="1", result="rs-1", status="partial")
    desk.settle(FetchResults, part="2", result="rs-1", status="final")
    assert "acknowledge" in desk.tasks()


def test_a_fetch_that_failed_is_tried_again_and_is_no_administrators_task() -> None:
    desk = placed()
    notice(desk, "result")
    assert desk.give_up(FetchResults)
    notice(desk, "result")
    assert desk.asked(FetchResults)[0]["part"] == "2"


def test_the_phase_at_the_deadline_is_the_outcome() -> None:
    desk = order()
    desk.expire()
    assert desk.outcome == "not_chosen"

    desk = order()
    desk.act("choose", "choose", PATIENT, partner="helix")
    desk.settle(PlaceOrder, refused="no_such_test")
    desk.expire()
    assert desk.outcome == "refused"

    desk = placed()
    desk.expire()
    assert desk.outcome == "not_given"
    assert desk.asked(CancelOrder)[0]["order"] == "L-1"

    desk = placed()
    notice(desk, "material_taken")
    desk.expire()
    assert desk.outcome == "timed_out"

    desk = ready()
    desk.expire()
    assert desk.outcome == "timed_out"


def test_the_patient_may_want_no_tests() -> None:
    desk = order()
    desk.act("choose", "refuse", PATIENT)
    assert desk.outcome == "refused"


def test_an_order_on_its_way_at_the_deadline_is_taken_back() -> None:
    desk = order()
    desk.act("choose", "choose", PATIENT, partner="helix")
    desk.expire()
    assert desk.outcome is None
    desk.settle(PlaceOrder, order="L-1")
    assert desk.outcome == "not_given"
    assert desk.asked(CancelOrder)


def test_a_result_read_in_time_is_delivered_after_the_deadline() -> None:
    desk = ready()
    desk.act("acknowledge", "acknowledge", DOCTOR)
    desk.expire()
    desk.settle(DeliverResult)
    assert desk.outcome == "done"


def test_closed_from_outside_an_order_is_cancelled_and_a_read_one_is_not() -> None:
    desk = placed()
    desk.kind.close(desk.step)
    assert desk.asked(CancelOrder)
    desk = ready()
    desk.kind.close(desk.step)
    assert not desk.asked(CancelOrder)
    desk = order()
    desk.kind.close(desk.step)
    assert not desk.asked(CancelOrder)


def test_an_order_placed_after_the_step_was_closed_is_cancelled() -> None:
    desk = order()
    desk.act("choose", "choose", PATIENT, partner="helix")
    desk.late(PlaceOrder, order="L-1")
    assert desk.asked(CancelOrder)[0]["partner"] == "helix"


def test_a_result_nobody_read_in_time_alarms_the_head_doctor() -> None:
    desk = ready(critical=True)
    desk.expire()
    assert desk.outcome == "timed_out"
    assert desk.step.alarms == [Role.HEAD_DOCTOR]


def test_a_reason_that_is_no_code_is_not_kept() -> None:
    desk = placed()
    desk.fact("labs", event="refused", order="L-1", reason="Иванов не пришёл")
    assert desk.task("choose").data["refused"] == "other"


def test_who_acknowledges_the_version_he_saw_does_not_acknowledge_the_one_just_come() -> None:
    desk = placed()
    notice(desk, "result")
    desk.settle(FetchResults, result="rs-1", status="partial", critical=True)
    notice(desk, "result")
    desk.settle(FetchResults, result="rs-2", status="final")
    assert desk.tasks() == {"acknowledge_2"}
    assert desk.task("acknowledge_2").data["result"] == "rs-2"
