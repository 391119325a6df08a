from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import Calendar, Hours
from domain.effects.queue import FreeSeat, JoinLine, LeaveLine
from domain.people import Owner, Role
from tests.pathways.kinds.desk import COLLEAGUE, DOCTOR, HEAD, PATIENT, PROOF, Desk
from tests.pathways.kinds.stage import Stage


def line(**more: Any) -> Desk:
    return Desk("queue", pool="therapists", **more)


def test_the_first_turn_stands_at_the_end_and_the_next_at_the_head() -> None:
    assert line().asked(JoinLine)[0]["first"] is False
    assert line(occurrence=2).asked(JoinLine)[0]["first"] is True


def test_a_doctor_of_the_pool_takes_the_patient() -> None:
    desk = line(outputs={"gate": {"outcome": "met", "proofs": [PROOF.model_dump(mode="json")]}})
    desk.settle(JoinLine, low=120, high=600)
    desk.wait(timedelta(minutes=4))
    desk.act("accept", "accept", DOCTOR, seat="s-1")
    assert desk.outcome == "accepted"
    assert desk.state.doctor == "p-doctor"
    assert desk.outputs == {
        "doctor": "p-doctor",
        "seat": "s-1",
        "care": "follow_up",
        "waited": 240,
        "low": 120,
        "high": 600,
    }
    assert desk.asked(LeaveLine)
    assert [undo.effect for undo in desk.state.undos] == [FreeSeat.activity]


def test_a_colleague_of_the_attending_doctor_acts_as_advice() -> None:
    desk = line(outputs={"gate": {"outcome": "met", "proofs": [PROOF.model_dump(mode="json")]}})
    desk.act("accept", "accept", COLLEAGUE, seat="s-2")
    assert desk.outputs["care"] == "advice"


def test_a_supervisor_rung_by_an_escalation_may_not_take_the_patient() -> None:
    desk = line()
    desk.task("accept").also = (Owner(role=Role.HEAD_DOCTOR),)
    assert desk.refused("accept", "accept", HEAD, seat="s-1").code == "not_of_the_pool"


def test_a_doctor_of_another_pool_may_not() -> None:
    other = DOCTOR.model_copy(update={"pools": frozenset({"dermatologists"})})
    assert line().refused("accept", "accept", other, seat="s-1").code == "not_yours"


@pytest.mark.parametrize("state", [{}, {"payer": "p-doctor"}])
def test_a_doctor_does_not_treat_himself_or_whom_he_stands_for(state: dict[str, Any]) -> None:
    desk = line(state=state)
    himself = DOCTOR if state else DOCTOR.model_copy(update={"patient": "pt-1"})
    assert desk.refused("accept", "accept", himself, seat="s-1").code == "own_consultation"


def test_the_doctor_of_a_turn_that_failed_is_let_go() -> None:
    assert line(occurrence=2, state={"doctor": "p-doctor"}).state.doctor is None


@pytest.mark.parametrize("outcome", ["left", "closed", "timed_out"])
def test_every_way_out_leaves_the_line(outcome: str) -> None:
    desk = line()
    match outcome:
        case "left":
            desk.act("wait", "leave", PATIENT)
        case "closed":
            desk.fact("line", event="closed")
        case _:
            desk.expire()
    assert desk.outcome == outcome
    assert desk.asked(LeaveLine)


def test_a_cancelled_wait_leaves_the_line_too() -> None:
    desk = line()
    desk.kind.close(desk.step)
    assert desk.asked(LeaveLine)


def test_who_stood_in_line_after_he_had_left_is_taken_out_again() -> None:
    desk = line()
    desk.late(JoinLine, low=0, high=0)
    assert desk.asked(LeaveLine)[0]["part"] == "late"


def test_each_try_to_stand_in_line_that_comes_too_late_is_taken_back_by_itself() -> None:
    desk = line()
    desk.give_up(JoinLine)
    desk.ring("join")
    desk.late(JoinLine, low=0, high=0)
    assert [body["part"] for body in desk.asked(LeaveLine)] == ["late.1"]


def test_the_patient_hears_that_his_turn_is_near() -> None:
    desk = line()
    desk.fact("line", event="near")
    assert ("turn_is_near", False) in desk.told()


def test_a_silent_line_is_tried_again_and_the_task_stands_meanwhile() -> None:
    desk = line()
    assert desk.give_up(JoinLine)
    assert "accept" in desk.tasks()
    desk.ring("join")
    assert desk.asked(JoinLine)[0]["part"] == "1"


def test_a_seat_left_from_a_turn_that_failed_is_freed_when_the_patient_stands_in_line_again() -> None:
    former = {"outcome": "accepted", "doctor": "p-doctor", "seat": "s-1"}
    desk = line(occurrence=2, outputs={"step": former})
    assert desk.asked(FreeSeat)[0]["seat"] == "s-1"


MOSCOW = ZoneInfo("Europe/Moscow")
DAY = (Hours(since=time(9), until=time(21)),)
POOL = Calendar(zone="Europe/Moscow", week=(DAY,) * 6 + ((),))
ALWAYS = Calendar(zone="Europe/Moscow", week=((Hours(since=time(0), until=time(0)),),) * 7)


def at(hour: int, day: int = 23, **more: Any) -> Stage:
    """The line on a Monday of November, or another day."""
    now = datetime(2026, 11, day, hour, tzinfo=MOSCOW)
    return Stage("queue", within="2h", pool="therapists", now=now, **more)


def test_a_pool_that_is_closed_takes_nobody_and_nobody_is_rung() -> None:
    stage = at(22, calendars={"therapists": POOL})
    assert (stage.outcome, stage.outputs["waited"]) == ("closed", 0)
    assert stage.asked(JoinLine) == []
    assert stage.asked(LeaveLine) == []
    assert at(12, day=29, calendars={"therapists": POOL}).outcome == "closed"


def test_the_pools_own_hours_count_and_the_clinics_only_where_it_has_none() -> None:
    assert at(22, calendar=POOL, calendars={"therapists": ALWAYS}).outcome is None
    assert at(22, calendar=POOL).outcome == "closed"
    assert at(20, calendar=POOL).outcome is None
    assert at(22).outcome is None


def test_who_stands_in_line_when_the_pool_closes_is_still_taken() -> None:
    stage = at(20, calendars={"therapists": POOL})
    stage.wait(minutes=90)
    stage.must(DOCTOR, "accept", "accept", seat="s-1")
    assert stage.outcome == "accepted"
