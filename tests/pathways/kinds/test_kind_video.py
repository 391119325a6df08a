from datetime import timedelta
from typing import Any

import pytest

from domain.effects.queue import FreeSeat
from domain.effects.video import CloseRoom, OpenRoom
from domain.state import Undo
from tests.pathways.kinds.desk import COLLEAGUE, DOCTOR, HOUR, PATIENT, START, Desk
from tests.pathways.kinds.stage import Stage

MINUTE = timedelta(minutes=1)
SEAT = {"outcome": "accepted", "doctor": "p-doctor", "seat": "s-1"}


def talk(**fields: Any) -> Desk:
    desk = Desk("video", state={"doctor": "p-doctor"}, outputs={"line": dict(SEAT)}, **fields)
    desk.state.undos = [Undo(effect=FreeSeat.activity, body={"seat": "s-1"}, step="line", occurrence=1)]
    desk.settle(OpenRoom, room="r-1")
    return desk


def came(desk: Desk, side: str, participant: str | None = None) -> None:
    desk.fact("video", event="joined", side=side, **({"participant": participant} if participant else {}))


def went(desk: Desk, side: str, participant: str | None = None) -> None:
    desk.fact("video", event="left", side=side, **({"participant": participant} if participant else {}))


def met(**fields: Any) -> Desk:
    desk = talk(**fields)
    came(desk, "doctor")
    came(desk, "patient")
    return desk


def test_they_have_met_as_soon_as_both_are_in() -> None:
    desk = talk(plan="20m")
    came(desk, "patient")
    assert desk.state.met_at is None
    assert ("patient_waits", False) in desk.told()
    desk.wait(MINUTE)
    came(desk, "doctor")
    assert [desk.state.met_at, desk.state.met_by] == [START + MINUTE, "p-doctor"]


def test_a_finished_meeting_counts_the_time_both_were_there_and_frees_the_world() -> None:
    desk = met()
    desk.wait(7 * MINUTE)
    went(desk, "patient")
    desk.wait(5 * MINUTE)
    desk.act("meet", "finish", DOCTOR)
    assert desk.outcome == "done"
    assert desk.outputs == {"how": "video", "seconds": 420}
    assert desk.asked(CloseRoom)[0]["room"] == "r-1"
    assert desk.asked(FreeSeat)[0]["seat"] == "s-1"
    assert desk.state.undos == []


def test_a_meeting_is_not_finished_before_it_was() -> None:
    desk = talk()
    came(desk, "doctor")
    assert desk.refused("meet", "finish", DOCTOR).code == "not_met"
    assert desk.refused("meet", "needs_in_person", DOCTOR).code == "not_met"


def test_the_doctor_needs_the_patient_in_person() -> None:
    desk = met()
    desk.act("meet", "needs_in_person", DOCTOR)
    assert desk.outcome == "in_person_needed"
    assert desk.asked(CloseRoom)
    assert desk.asked(FreeSeat)


def test_a_phone_call_is_a_meeting_where_the_pathway_allows_it() -> None:
    desk = talk(may=["phone"])
    desk.act("meet", "phone", DOCTOR)
    assert desk.state.met_by == "p-doctor"
    assert "phone" not in desk.task("meet").actions
    desk.act("meet", "finish", DOCTOR)
    assert desk.outputs["how"] == "phone"


def test_a_call_that_breaks_goes_on_by_phone_and_the_meeting_keeps_its_moment() -> None:
    desk = met(may=["phone"])
    at = desk.state.met_at
    desk.wait(MINUTE)
    desk.act("meet", "phone", DOCTOR)
    assert desk.state.met_at == at


def test_without_leave_of_the_pathway_there_is_no_phone() -> None:
    assert "phone" not in talk().task("meet").actions


def test_nobody_but_the_assigned_doctor_ends_the_meeting() -> None:
    assert met().refused("meet", "finish", COLLEAGUE).code == "not_yours"


@pytest.mark.parametrize(
    ("there", "outcome"),
    [
        (["patient"], "no_show_doctor"),
        (["doctor"], "no_show_patient"),
        ([], "technical"),
    ],
)
def test_never_met_by_the_deadline_is_the_fault_of_who_is_missing(there: list[str], outcome: str) -> None:
    desk = talk()
    for side in there:
        came(desk, side)
    desk.expire()
    assert desk.outcome == outcome
    assert desk.state.met_at is None
    assert desk.asked(CloseRoom)
    assert desk.asked(FreeSeat)


def test_who_came_and_went_before_the_other_one_came_counts_as_having_come() -> None:
    desk = talk()
    came(desk, "patient")
    went(desk, "patient")
    desk.expire()
    assert desk.outcome == "no_show_doctor"


def test_both_came_and_missed_each_other_is_technical() -> None:
    desk = talk()
    for side in ("patient", "doctor"):
        came(desk, side)
        went(desk, side)
    desk.expire()
    assert desk.outcome == "technical"


def test_met_and_the_room_empty_at_the_deadline_is_timed_out() -> None:
    desk = met()
    went(desk, "patient")
    went(desk, "doctor")
    desk.expire()
    assert desk.outcome == "timed_out"


def test_nothing_hangs_up_a_live_call() -> None:
    desk = met()
    desk.expire()
    assert desk.outcome is None
    desk.wait(HOUR)
    went(desk, "patient")
    assert desk.outcome is None
    desk.ring("empty")
    assert desk.outcome == "timed_out"


def test_a_live_call_that_broke_may_come_together_again_after_the_deadline() -> None:
    desk = met()
    desk.expire()
    went(desk, "patient")
    came(desk, "patient")
    assert "empty" not in desk.run.timers
    desk.act("meet", "finish", DOCTOR)
    assert desk.outcome == "done"


def test_presence_seen_twice_is_harmless() -> None:
    desk = talk()
    for _ in range(2):
        came(desk, "patient", "PA_1")
        came(desk, "doctor", "PA_2")
    went(desk, "patient", "PA_1")
    went(desk, "patient", "PA_1")
    desk.expire()
    assert desk.outcome is None
    desk.ring("empty")
    assert desk.outcome == "timed_out"


def test_a_departure_that_overtakes_its_arrival_leaves_nobody_in_the_room() -> None:
    desk = talk()
    went(desk, "patient", "PA_1")
    came(desk, "patient", "PA_1")
    came(desk, "doctor", "PA_2")
    assert desk.state.met_at is None
    came(desk, "patient", "PA_3")
    assert desk.state.met_at is not None


def test_a_second_device_that_leaves_does_not_end_the_presence() -> None:
    desk = talk()
    came(desk, "patient", "PA_1")
    came(desk, "patient", "PA_2")
    went(desk, "patient", "PA_1")
    came(desk, "doctor", "PA_3")
    assert desk.state.met_at is not None


def test_an_interpreter_alone_is_no_meeting() -> None:
    desk = talk()
    came(desk, "invited", "PA_1")
    came(desk, "doctor", "PA_2")
    assert desk.state.met_at is None


def test_a_room_the_provider_closed_is_opened_again() -> None:
    desk = met()
    desk.fact("video", event="closed")
    assert desk.asked(OpenRoom)[0]["part"] == "1"
    desk.settle(OpenRoom, room="r-2")
    assert desk.task("join").data["room"] == "r-2"


def test_after_ten_minutes_the_missing_side_is_rung_and_the_waiting_one_may_say_so() -> None:
    desk = talk()
    came(desk, "patient")
    assert desk.task("join").actions == ()
    desk.ring("no_show")
    assert ("patient_waits", True) in desk.told()
    assert ("doctor_waits", True) not in desk.told()
    assert desk.refused("meet", "no_show", DOCTOR).code == "you_did_not_come"
    desk.act("join", "no_show", PATIENT)
    assert desk.outcome == "no_show_doctor"


def test_the_doctor_too_may_say_that_nobody_came() -> None:
    desk = talk(no_show="5m")
    came(desk, "doctor")
    desk.ring("no_show")
    desk.act("meet", "no_show", DOCTOR)
    assert desk.outcome == "no_show_patient"


def test_nobody_is_called_missing_who_is_there() -> None:
    desk = met()
    assert "no_show" not in desk.run.timers
    desk = talk()
    came(desk, "doctor")
    desk.ring("no_show")
    came(desk, "patient")
    assert "no_show" not in desk.task("meet").actions


def test_no_room_and_no_phone_means_they_never_met() -> None:
    desk = Desk("video", state={"doctor": "p-doctor"})
    assert desk.give_up(OpenRoom)
    assert desk.outcome == "technical"


def test_no_room_but_a_phone_keeps_the_meeting_open() -> None:
    desk = Desk("video", state={"doctor": "p-doctor"}, may=["phone"])
    assert desk.give_up(OpenRoom)
    assert desk.outcome is None
    assert ("call_by_phone", True) in desk.told()
    desk.act("meet", "phone", DOCTOR)
    desk.expire()
    assert desk.outcome == "timed_out"


def test_the_plan_only_tells() -> None:
    desk = met(plan="20m")
    desk.ring("plan")
    assert desk.outcome is None
    assert ("planned_time_is_over", False) in desk.told()


def test_a_meeting_closed_from_outside_frees_the_world() -> None:
    desk = met()
    desk.kind.close(desk.step)
    assert desk.asked(CloseRoom)
    assert desk.asked(FreeSeat)


def test_a_room_opened_after_the_end_is_closed() -> None:
    desk = Desk("video", state={"doctor": "p-doctor"})
    desk.late(OpenRoom, room="r-1")
    assert desk.asked(CloseRoom)[0]["room"] == "r-1"


def test_each_of_two_rooms_opened_after_the_end_is_closed() -> None:
    # The provider closed the first before its answer came, so another one was asked for; then the step ended.
    stage = Stage("video", state={"doctor": "p-doctor"})
    stage.fact(event="closed")
    stage.wait(hours=1)
    assert stage.outcome == "technical"
    stage.settle(OpenRoom, part="", room="r-1")
    stage.settle(OpenRoom, part="1", room="r-2")
    assert [body["room"] for body in stage.asked(CloseRoom)] == ["r-1", "r-2"]


def test_the_answer_of_an_earlier_room_never_takes_the_place_of_the_later_one() -> None:
    stage = Stage("video", state={"doctor": "p-doctor"})
    stage.fact(event="closed")
    stage.settle(OpenRoom, part="1", room="r-2")
    stage.settle(OpenRoom, part="", room="r-1")
    assert stage.task("join").data["room"] == "r-2"
    stage.wait(hours=1)
    assert [body["room"] for body in stage.asked(CloseRoom)] == ["r-1", "r-2"]


def test_an_earlier_room_that_failed_does_not_end_a_meeting_that_has_one() -> None:
    stage = Stage("video", state={"doctor": "p-doctor"})
    stage.fact(event="closed")
    stage.settle(OpenRoom, part="1", room="r-2")
    stage.give_up(OpenRoom)
    assert stage.outcome is None


def test_a_departure_that_is_never_told_does_not_keep_the_step_open_for_ever() -> None:
    desk = met()
    desk.expire()
    assert desk.run.timers["outlived"] - desk.step.now == 6 * HOUR
    desk.ring("outlived")
    assert desk.outcome == "timed_out"
