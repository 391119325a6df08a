"""An agreed time: chosen, moved, refused, given back, and kept whatever happens to the clocks around it."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.effects.appointment import Book, CancelBooking, FindSlots
from domain.effects.queue import FreeSeat
from domain.people import Actor, Owner, Role
from domain.state import Status
from pathways.core.kind import kinds
from tests.pathways.kinds.desk import DOCTOR, HOUR, PATIENT, PROOF, START
from tests.pathways.kinds.stage import SUPERVISOR, Stage

ADMIN = Actor(person="p-admin", clinic="cl-1", roles=frozenset({Role.CLINIC_ADMIN}))
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def asked(**more: Any) -> Stage:
    stage = Stage("appointment", within="7d", pool="therapists", **more)
    stage.settle(FindSlots, free=3)
    return stage


def time(after: timedelta, slot: str = "sl-1") -> dict[str, Any]:
    return {"slot": slot, "starts": (START + after).isoformat()}


def answer(after: timedelta, booking: str = "bk-1", doctor: str = "p-doctor") -> dict[str, Any]:
    starts = START + after
    return {"booking": booking, "doctor": doctor, "starts": starts, "ends": starts + HOUR / 2}


def booked(after: timedelta = 2 * DAY, **more: Any) -> Stage:
    stage = asked(**more)
    stage.must(PATIENT, "choose", "choose", **time(after))
    stage.settle(Book, **answer(after))
    return stage


def moving(after: timedelta = 2 * DAY, to: timedelta = 3 * DAY) -> Stage:
    """Booked, and another time is being asked for."""
    stage = booked(after)
    stage.must(PATIENT, "reschedule", "come", **time(to, "sl-2"))
    return stage


def test_free_times_are_asked_for_until_the_deadline() -> None:
    stage = Stage("appointment", within="7d", pool="therapists")
    (body,) = stage.asked(FindSlots)
    assert body["pool"] == "therapists"
    assert (body["since"], body["until"]) == ("2026-11-23T09:00:00Z", "2026-11-30T09:00:00Z")
    assert stage.tasks() == set()


def test_a_mis_that_does_not_say_lets_the_patient_look_himself() -> None:
    stage = Stage("appointment", within="7d", pool="therapists")
    stage.give_up(FindSlots)
    assert stage.tasks() == {"choose"}


def test_a_booked_time_gives_the_consultation_its_doctor_and_both_their_duties() -> None:
    stage = booked()
    assert stage.state.doctor == "p-doctor"
    assert stage.tasks() == {"come", "expect"}
    assert stage.task("expect").owner.person == "p-doctor"
    assert stage.task("expect").actions == ()
    assert stage.task("come").data["starts"] == (START + 2 * DAY).isoformat()
    assert stage.task("come").data["doctor"] == "p-doctor"
    assert [undo.effect for undo in stage.state.undos] == [CancelBooking.activity]
    assert {("pt-1", "appointment_booked"), ("p-doctor", "appointment_booked")} <= set(stage.told())


def test_the_step_is_over_a_little_before_the_agreed_time_and_its_booking_is_used() -> None:
    stage = booked(early="10m", outputs={"gate": {"outcome": "met", "proofs": [PROOF.model_dump(mode="json")]}})
    stage.wait(until=START + 2 * DAY - 11 * MINUTE)
    assert stage.outcome is None
    stage.wait(minutes=1)
    assert stage.outcome == "done"
    assert stage.outputs == {
        "outcome": "done",
        "starts": (START + 2 * DAY).isoformat(),
        "ends": (START + 2 * DAY + HOUR / 2).isoformat(),
        "doctor": "p-doctor",
        "care": "follow_up",
        "booking": "bk-1",
    }
    assert stage.state.undos == []
    assert stage.asked(CancelBooking) == []


def test_a_colleague_of_the_attending_doctor_acts_as_advice() -> None:
    gate = {"gate": {"outcome": "met", "proofs": [PROOF.model_dump(mode="json")]}}
    stage = asked(outputs=gate)
    stage.must(PATIENT, "choose", "choose", **time(DAY))
    stage.settle(Book, **answer(DAY, doctor="p-colleague"))
    stage.wait(days=1)
    assert stage.outputs["care"] == "advice"


@pytest.mark.parametrize(
    ("after", "refusal"),
    [(timedelta(0), "not_in_the_future"), (-HOUR, "not_in_the_future"), (7 * DAY, "after_the_deadline")],
)
def test_a_time_lies_ahead_and_before_the_deadline(after: timedelta, refusal: str) -> None:
    assert asked().act(PATIENT, "choose", "choose", **time(after)) == refusal


def test_a_taken_time_is_told_and_another_is_chosen() -> None:
    stage = asked()
    stage.must(PATIENT, "choose", "choose", **time(DAY))
    assert stage.act(PATIENT, "choose", "choose", **time(2 * DAY)) == "busy"
    stage.settle(Book, booking=None)
    assert stage.task("choose").data["taken"] is True
    assert ("pt-1", "time_taken") in stage.told()
    stage.must(PATIENT, "choose", "choose", **time(2 * DAY, "sl-2"))
    assert [body["part"] for body in stage.asked(Book)] == ["2"]
    stage.settle(Book, **answer(2 * DAY))
    assert stage.tasks() == {"come", "expect"}
    assert stage.task("come").data["taken"] is False


def test_the_last_time_taken_by_somebody_else_leaves_none() -> None:
    stage = asked()
    stage.must(PATIENT, "choose", "choose", **time(DAY))
    stage.settle(Book, booking=None)
    stage.settle(FindSlots, free=0)
    assert stage.outcome == "none_free"


def test_who_is_booked_meanwhile_is_not_told_that_there_is_no_time() -> None:
    stage = asked()
    stage.must(PATIENT, "choose", "choose", **time(DAY))
    stage.settle(Book, booking=None)
    stage.must(PATIENT, "choose", "choose", **time(2 * DAY))
    stage.settle(FindSlots, free=0)
    assert stage.outcome is None
    stage.settle(Book, **answer(2 * DAY))
    assert stage.tasks() == {"come", "expect"}


@pytest.mark.parametrize(
    "wrong", [{"doctor": None}, {"starts": START + 8 * DAY}, {"doctor": "p-payer"}], ids=["nobody", "too late", "payer"]
)
def test_a_booking_the_step_cannot_use_is_given_back_at_once(wrong: dict[str, Any]) -> None:
    stage = asked(state={"payer": "p-payer"})
    stage.must(PATIENT, "choose", "choose", **time(DAY))
    stage.settle(Book, **{**answer(DAY), **wrong})
    assert [body["booking"] for body in stage.asked(CancelBooking)] == ["bk-1"]
    assert stage.tasks() == {"choose"}
    assert stage.state.doctor is None


def test_reminders_go_to_both_and_only_those_still_to_come() -> None:
    stage = booked(after=5 * HOUR)
    assert sorted(name for name in stage.timers if name.startswith("soon.")) == ["soon.1"]
    stage.wait(until=START + 4 * HOUR)
    assert {("pt-1", "appointment_soon"), ("p-doctor", "appointment_soon")} <= set(stage.told())


def test_a_moved_time_is_booked_before_the_old_one_is_given_back() -> None:
    stage = moving()
    assert stage.asked(CancelBooking) == []
    assert stage.act(PATIENT, "reschedule", "come", **time(4 * DAY)) == "busy"
    stage.settle(Book, **answer(3 * DAY, "bk-2", "p-colleague"))
    assert [body["booking"] for body in stage.asked(CancelBooking)] == ["bk-1"]
    assert [undo.body["booking"] for undo in stage.state.undos] == ["bk-2"]
    assert stage.state.doctor == "p-colleague"
    assert stage.task("expect").owner.person == "p-colleague"
    assert ("p-doctor", "appointment_cancelled") in stage.told()
    stage.wait(days=2)
    assert stage.outcome is None
    stage.wait(days=1)
    assert [stage.outcome, stage.outputs["booking"]] == ["done", "bk-2"]


def test_a_time_moved_to_one_that_is_taken_leaves_the_old_one() -> None:
    stage = moving()
    stage.settle(Book, booking=None)
    assert stage.task("come").data["taken"] is True
    assert stage.task("come").data["starts"] == (START + 2 * DAY).isoformat()
    assert stage.asked(CancelBooking) == []
    stage.wait(days=2)
    assert stage.outputs["booking"] == "bk-1"


def test_the_old_time_that_comes_while_another_is_asked_for_waits_for_the_answer() -> None:
    for answered, booking in ((answer(3 * DAY, "bk-2"), None), ({"booking": None}, "bk-1")):
        stage = moving(after=HOUR)
        stage.wait(until=START + HOUR - 4 * MINUTE)
        assert stage.outcome is None
        stage.settle(Book, **answered)
        assert stage.state.outputs.get("step", {}).get("booking") == booking


def test_a_time_nobody_could_confirm_waits_for_a_person_and_the_old_one_is_kept() -> None:
    stage = moving(after=HOUR)
    stage.give_up(Book)
    assert stage.task("come").data["unconfirmed"] is True
    assert [t.name for t in stage.state.tasks.values() if t.step is None] == ["stuck"]
    stage.wait(hours=1)
    assert (stage.outcome, stage.outputs["booking"]) == ("done", "bk-1")
    stage.settle(Book, **answer(3 * DAY, "bk-2"))
    assert [body["booking"] for body in stage.asked(CancelBooking)] == ["bk-2"]


def test_an_earlier_try_confirmed_after_another_one_was_made_is_given_back() -> None:
    stage = asked()
    stage.must(PATIENT, "choose", "choose", **time(DAY))
    stage.give_up(Book)
    stage.must(PATIENT, "choose", "choose", **time(2 * DAY, "sl-2"))
    stage.settle(Book, part="2", **answer(2 * DAY, "bk-2"))
    stage.settle(Book, part="1", **answer(DAY, "bk-1"))
    assert [body["booking"] for body in stage.asked(CancelBooking)] == ["bk-1"]
    assert stage.task("come").data["starts"] == (START + 2 * DAY).isoformat()


def test_a_time_the_mis_refuses_is_not_to_be_had() -> None:
    stage = asked()
    stage.must(PATIENT, "choose", "choose", **time(DAY))
    stage.give_up(Book, "Refused")
    assert stage.task("choose").data["taken"] is True


def test_who_declines_an_agreed_time_gives_it_back_and_its_doctor_hears() -> None:
    stage = booked()
    stage.must(PATIENT, "decline", "come")
    assert stage.outcome == "declined"
    assert [body["booking"] for body in stage.asked(CancelBooking)] == ["bk-1"]
    assert ("p-doctor", "appointment_cancelled") in stage.told()
    assert stage.state.undos == []
    assert stage.state.doctor is None


@pytest.mark.parametrize("how", ["decline", "cancel"])
def test_a_booking_that_comes_after_the_step_had_ended_is_given_back(how: str) -> None:
    stage = asked()
    stage.must(PATIENT, "choose", "choose", **time(DAY))
    stage.must(PATIENT, how, "choose" if how == "decline" else None)
    stage.settle(Book, **answer(DAY))
    assert [body["booking"] for body in stage.asked(CancelBooking)] == ["bk-1"]
    stage.settle(CancelBooking)
    for key in list(stage.state.pending):
        assert "notify" in key


def test_a_cancelled_consultation_gives_the_time_back_once() -> None:
    stage = booked()
    stage.must(PATIENT, "cancel")
    assert stage.state.status is Status.ENDING
    assert len(stage.asked(CancelBooking)) == 1
    assert stage.state.undos == []


def test_a_time_chosen_before_the_deadline_and_confirmed_after_it_holds() -> None:
    stage = asked()
    stage.wait(until=START + 7 * DAY - 2 * MINUTE)
    stage.must(PATIENT, "choose", "choose", **time(7 * DAY - MINUTE))
    stage.wait(minutes=3)
    assert (stage.outcome, stage.tasks()) == (None, set())
    stage.settle(Book, **answer(7 * DAY - MINUTE))
    assert stage.outcome == "done"


@pytest.mark.parametrize("how", ["taken", "nobody knows"])
def test_a_time_chosen_at_the_last_moment_and_not_had_is_out_of_time(how: str) -> None:
    stage = asked()
    stage.wait(until=START + 7 * DAY - 2 * MINUTE)
    stage.must(PATIENT, "choose", "choose", **time(7 * DAY - MINUTE))
    stage.wait(minutes=3)
    if how == "taken":
        stage.settle(Book, booking=None)
    else:
        stage.give_up(Book)
    assert stage.outcome == "timed_out"


def test_an_earlier_try_made_again_at_the_last_moment_and_answered_late_leaves_nothing_open() -> None:
    stage = asked()
    stage.wait(until=START + 7 * DAY - 2 * MINUTE)
    stage.must(PATIENT, "choose", "choose", **time(7 * DAY - MINUTE))
    stage.give_up(Book)
    stage.must(PATIENT, "choose", "choose", **time(7 * DAY - MINUTE, "sl-2"))
    stage.settle(Book, part="2", booking=None)
    (stuck,) = [task.id for task in stage.state.tasks.values() if task.name == "stuck"]
    stage.must(ADMIN, "retry", stuck)
    stage.wait(minutes=3)
    assert (stage.outcome, stage.tasks()) == (None, set())
    stage.settle(Book, part="1", **answer(7 * DAY - MINUTE))
    assert stage.outcome == "timed_out"
    assert [body["booking"] for body in stage.asked(CancelBooking)] == ["bk-1"]


def test_a_deadline_moved_before_the_agreed_time_gives_it_back() -> None:
    stage = booked()
    until = (START + DAY).isoformat()
    stage.must(SUPERVISOR, "change_deadline", step="step", until=until, reason="clinic_closes")
    stage.wait(days=1)
    assert stage.outcome == "timed_out"
    assert [body["booking"] for body in stage.asked(CancelBooking)] == ["bk-1"]
    assert stage.state.doctor is None


def test_a_deadline_moved_before_a_time_being_booked_gives_that_back_too() -> None:
    stage = moving()
    until = (START + DAY).isoformat()
    stage.must(SUPERVISOR, "change_deadline", step="step", until=until, reason="clinic_closes")
    stage.wait(days=1)
    stage.settle(Book, **answer(3 * DAY, "bk-2"))
    assert stage.outcome == "timed_out"
    assert {body["booking"] for body in stage.asked(CancelBooking)} == {"bk-1", "bk-2"}


def test_a_pause_moves_the_deadline_and_not_the_agreed_time() -> None:
    stage = booked()
    until = (START + DAY + 12 * HOUR).isoformat()
    stage.must(SUPERVISOR, "pause", reason="doctor_ill", until=until)
    assert stage.act(PATIENT, "decline", "come") == "paused"
    stage.wait(until=START + DAY + 13 * HOUR)
    assert stage.state.runs["step"].deadline == START + 8 * DAY + 12 * HOUR
    assert stage.outcome is None
    stage.wait(until=START + 2 * DAY)
    assert stage.outcome == "done"


def test_an_agreed_time_that_passed_in_a_pause_has_come_when_it_is_over_and_nobody_is_reminded_of_it() -> None:
    stage = booked()
    stage.must(SUPERVISOR, "pause", reason="doctor_ill", until=(START + 3 * DAY).isoformat())
    stage.wait(until=START + 3 * DAY - MINUTE)
    assert stage.outcome is None
    stage.wait(minutes=1)
    assert stage.outcome == "done"
    assert ("pt-1", "appointment_soon") not in stage.told()


def test_a_false_alarm_does_not_move_the_agreed_time_and_an_emergency_does_not_hold_it() -> None:
    stage = booked()
    stage.flag()
    stage.wait(hours=5)
    stage.false_alarm()
    stage.wait(until=START + 2 * DAY - 6 * MINUTE)
    assert stage.outcome is None
    stage.flag()
    stage.wait(minutes=1)
    assert stage.outcome == "done"


def test_another_doctor_takes_the_agreed_time_over_as_it_stands() -> None:
    stage = booked()
    stage.must(SUPERVISOR, "reassign", doctor="p-colleague", pools=["therapists"], reason="doctor_ill")
    assert stage.task("expect").owner.person == "p-colleague"
    assert stage.task("come").data["doctor"] == "p-colleague"
    assert stage.task("come").data["starts"] == (START + 2 * DAY).isoformat()
    stage.wait(days=2)
    assert (stage.outputs["doctor"], stage.outputs["booking"]) == ("p-colleague", "bk-1")


def test_a_time_the_mis_keeps_for_another_doctor_is_rebooked_by_a_registrar() -> None:
    stage = booked()
    reassign: dict[str, Any] = {"pools": ["therapists"], "reason": "doctor_ill"}
    stage.must(SUPERVISOR, "reassign", doctor="p-colleague", **reassign)
    task = stage.task("rebook")
    assert (task.owner, task.actions) == (Owner(role=Role.REGISTRAR), ())
    assert (task.data["booking"], task.data["doctor"]) == ("bk-1", "p-colleague")
    assert ("registrar", "task_waits") in stage.told()
    stage.must(SUPERVISOR, "reassign", doctor="p-doctor", **reassign)
    assert "rebook" not in stage.tasks()
    stage.must(SUPERVISOR, "reassign", doctor="p-colleague", **reassign)
    stage.must(PATIENT, "reschedule", "come", **time(3 * DAY, "sl-2"))
    stage.settle(Book, **answer(3 * DAY, "bk-2"))
    assert (stage.state.doctor, "rebook" in stage.tasks()) == ("p-doctor", False)


def test_the_doctor_of_a_turn_that_failed_is_let_go_with_his_seat() -> None:
    former = {"line": {"outcome": "accepted", "doctor": "p-doctor", "seat": "s-1"}}
    stage = Stage("appointment", within="7d", pool="therapists", state={"doctor": "p-doctor"}, outputs=former)
    assert stage.state.doctor is None
    assert stage.asked(FreeSeat)[0]["seat"] == "s-1"


def test_nobody_but_the_patient_chooses_moves_or_declines() -> None:
    stage = asked()
    assert stage.act(DOCTOR, "choose", "choose", **time(DAY)) == "not_yours"
    stage = booked()
    assert stage.act(DOCTOR, "decline", "come") == "not_yours"
    assert stage.act(DOCTOR, "decline", "expect") == "no_such_action"


@pytest.mark.parametrize("named", [{"early": "1h working"}, {"remind_before": ["1d", "2h working"]}])
def test_what_counts_back_from_a_moment_is_no_working_time(named: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="counted by the clock"):
        type(kinds()["appointment"]).fields.model_validate({"pool": "therapists", **named})
