"""A pause holds deadlines and acts on steps, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from domain.pathway import Jump, Step
from domain.people import Actor, Role
from domain.state import Status
from pathways.view import details, view
from tests.pathways.core.conftest import (
    ADMIN,
    DOCTOR,
    HEAD,
    PATIENT,
    STRANGER,
    SUPERVISOR,
    Play,
    actor,
    duty,
    span,
)

HOUR = timedelta(hours=1)
BROKEN = {"broken": Jump(to="end", target="failed_by_us"), "timed_out": Jump(to="end", target="failed_by_us")}


def talk(**fields: Any) -> Step:
    return Step(id="talk", kind="test_talk", within=span(3600), then=BROKEN, fields=fields)


def pause(play: Play, by: Actor = SUPERVISOR, **span_: float) -> str | None:
    until = play.now + timedelta(**(span_ or {"hours": 2}))
    return play.act(by, "pause", reason="repair", until=until.isoformat())


def with_doctor(*steps: Step) -> Play:
    """A consultation whose doctor was assigned before its talk opened."""
    play = Play(duty("first"), *steps)
    play.state.doctor = "p-doctor"
    play.act(PATIENT, "do", "first.1.work")
    play.tell_all()
    return play


@pytest.mark.parametrize("who", [SUPERVISOR, HEAD, ADMIN])
def test_who_answers_for_the_shift_pauses_with_a_reason_and_an_end(two_duties: Play, who: Actor) -> None:
    assert pause(two_duties, who) is None
    assert "pause" not in view(two_duties.pathway, two_duties.state, who).actions
    seen = view(two_duties.pathway, two_duties.state, PATIENT)
    assert seen.paused is not None
    assert (seen.paused.reason, seen.paused.until) == ("repair", two_duties.now + 2 * HOUR)
    assert two_duties.told == [("pt-1", "consultation_paused")]
    assert "**ПРИОСТАНОВЛЕНА** до 23.11 14:00 (`repair`)" in details(two_duties.pathway, two_duties.state, "ru")


@pytest.mark.parametrize("who", [PATIENT, DOCTOR, STRANGER])
def test_nobody_else_does(two_duties: Play, who: Actor) -> None:
    two_duties.state.doctor = "p-doctor"
    assert pause(two_duties, who) == "not_yours"


def test_it_ends_in_the_future_and_within_thirty_days(two_duties: Play) -> None:
    assert pause(two_duties, hours=0) == "not_in_the_future"
    assert pause(two_duties, days=30, seconds=1) == "too_far"
    assert pause(two_duties, days=30) is None


def test_it_begins_once_and_not_over_an_emergency_or_an_ending() -> None:
    play = Play(duty("first"))
    assert pause(play) is None
    assert pause(play) == "paused"
    play = Play(duty("first"))
    play.act(PATIENT, "flag_emergency")
    assert pause(play) == "emergency_open"
    play = Play(duty("first"))
    play.act(PATIENT, "cancel")
    assert pause(play) == "closed"


def test_acts_on_steps_are_refused_and_not_listed(two_duties: Play) -> None:
    pause(two_duties)
    assert two_duties.act(PATIENT, "do", "first.1.work") == "paused"
    assert view(two_duties.pathway, two_duties.state, PATIENT).tasks[0].actions == ()
    two_duties.act(SUPERVISOR, "resume")
    assert two_duties.act(PATIENT, "do", "first.1.work") is None


def test_no_deadline_passes_and_each_gets_its_time_back() -> None:
    play = Play(duty("first"))
    play.wait(minutes=50)
    pause(play, hours=3)
    play.wait(hours=2, minutes=59)
    assert "first" in play.state.runs
    play.wait(minutes=1)
    assert play.state.paused is None
    task, run = play.state.tasks["first.1.work"], play.state.runs["first"]
    assert run.deadline == task.due == play.now + timedelta(minutes=10)
    play.wait(minutes=10)
    assert play.state.end == "abandoned"


def test_a_resume_before_its_time_gives_back_what_was_taken() -> None:
    play = Play(duty("first"))
    assert play.act(SUPERVISOR, "resume") == "not_paused"
    pause(play, hours=3)
    play.tell_all()
    play.wait(minutes=30)
    assert play.act(PATIENT, "resume") == "not_yours"
    assert play.act(HEAD, "resume") is None
    assert play.state.runs["first"].deadline == play.now + HOUR
    assert play.told == [("pt-1", "consultation_resumed")]


def test_a_step_that_a_fact_opened_meanwhile_gets_back_only_what_it_lost(two_duties: Play) -> None:
    pause(two_duties, hours=2)
    two_duties.wait(hours=1)
    two_duties.fact("f1", step="first", occurrence=1)
    assert two_duties.act(PATIENT, "do", "second.1.work") == "paused"
    two_duties.wait(hours=1)
    assert two_duties.state.runs["second"].deadline == two_duties.now + HOUR


def test_emergency_goes_on_in_it_and_its_own_time_is_given_back_once() -> None:
    play = Play(duty("first"))
    pause(play, hours=2)
    play.wait(hours=1)
    assert play.act(PATIENT, "flag_emergency") is None
    play.tell_all()
    play.wait(minutes=3)
    assert play.told == [("head_doctor", "call_back_now")]
    play.wait(minutes=57)  # the pause ends, the emergency is still open
    assert play.state.paused is None
    play.wait(hours=1)
    call = play.task("call_back").id
    assert play.act(HEAD, "record", call, content="c", sha256="s", verdict="false_alarm") is None
    assert play.state.runs["first"].deadline == play.now + HOUR


def test_a_false_alarm_inside_a_pause_gives_nothing_back_twice() -> None:
    play = Play(duty("first", remind=(span(60),)))
    pause(play, hours=2)
    play.act(PATIENT, "flag_emergency")
    play.wait(hours=1)
    call = play.task("call_back").id
    assert play.act(SUPERVISOR, "record", call, content="c", sha256="s", verdict="false_alarm") is None
    play.wait(hours=1)
    run = play.state.runs["first"]
    assert (run.deadline, run.timers["remind:0"]) == (play.now + HOUR, play.now + timedelta(minutes=1))


@pytest.mark.parametrize("action", ["cancel", "withdraw"])
def test_the_patient_leaves_whenever_he_wants(action: str) -> None:
    play = Play(duty("first"))
    pause(play)
    body = {"consent": "cn-1"} if action == "withdraw" else {}
    assert play.act(PATIENT, action, **body) is None
    play.tell_all()
    assert (play.status, play.state.end, play.state.paused) == (Status.CLOSED, "cancelled", None)


def test_a_cancel_that_waits_for_the_protocol_ends_the_pause_that_would_keep_it_from_being_written() -> None:
    then = {"timed_out": Jump(to="end", target="unsigned")}
    play = with_doctor(talk(), Step(id="note", kind="protocol", within=span(3600), then=then))
    play.act(DOCTOR, "meet", "talk.1.hold")
    play.act(DOCTOR, "finish", "talk.1.hold")
    assert pause(play) is None
    assert play.act(PATIENT, "cancel") is None
    assert (play.state.paused, play.state.wish) == (None, "cancelled")
    assert pause(play) == "already_ending"


def test_a_live_call_is_not_cut() -> None:
    play = with_doctor(talk())
    assert "pause" in view(play.pathway, play.state, SUPERVISOR).actions
    play.act(DOCTOR, "meet", "talk.1.hold")
    assert pause(play) == "call_is_live"
    assert "pause" not in view(play.pathway, play.state, SUPERVISOR).actions


def test_its_own_duties_go_on() -> None:
    play = Play(duty("first"), duty("second", when="first.by > 3"))
    play.act(PATIENT, "do", "first.1.work")
    play.state.outputs["first"]["by"] = 4
    assert pause(play) is None
    assert play.act(ADMIN, "retry", play.task("halted").id) is None
    assert "second" in play.state.runs


def test_what_was_agreed_for_a_moment_is_not_moved_and_a_silence_is() -> None:
    play = with_doctor(talk())
    play.act(DOCTOR, "nap", "talk.1.hold")
    pause(play, minutes=5)
    play.wait(minutes=5)
    timers = play.state.runs["talk"].timers
    left = timedelta(minutes=10), timedelta(minutes=15)
    assert (timers["silence"] - play.now, timers["agreed"] - play.now) == left


def test_what_was_agreed_for_a_moment_in_a_pause_comes_when_it_is_over() -> None:
    play = with_doctor(talk())
    play.act(DOCTOR, "nap", "talk.1.hold")
    pause(play, hours=1)
    play.wait(minutes=59)
    assert "agreed.moment" not in play.codes
    play.wait(minutes=1)
    assert "agreed.moment" in play.codes


def test_no_silence_ends_a_talk_while_an_emergency_is_open_and_a_false_alarm_moves_it() -> None:
    play = with_doctor(talk())
    play.act(DOCTOR, "nap", "talk.1.hold")
    play.act(PATIENT, "flag_emergency")
    play.wait(minutes=25)
    assert ("talk" in play.state.runs, "agreed.moment" in play.codes) == (True, True)
    call = play.task("call_back").id
    assert play.act(SUPERVISOR, "record", call, content="c", sha256="s", verdict="false_alarm") is None
    assert play.state.runs["talk"].timers["silence"] == play.now + timedelta(minutes=10)
    play.wait(minutes=10)
    assert play.state.end == "failed_by_us"


def test_a_step_left_behind_is_not_paused_with_it() -> None:
    play = Play(duty("labs", wait=False), duty("after"))
    assert pause(play) is None
    report = {"child": "c-1.labs.1", "outputs": {"outcome": "done"}}
    play.fact("x", source="child", step="labs", body=report)
    assert play.state.outputs["labs"] == {"outcome": "done"}


def test_a_paused_state_is_carried_over() -> None:
    play = Play(duty("first"))
    pause(play)
    play.again()
    play.wait(hours=2)
    assert (play.state.paused, play.act(PATIENT, "do", "first.1.work")) == (None, None)


def test_a_role_without_duty_over_the_shift_pauses_nothing(two_duties: Play) -> None:
    assert pause(two_duties, actor("p-nurse", Role.NURSE)) == "not_yours"


def test_each_pause_is_told_by_a_message_of_its_own(two_duties: Play) -> None:
    keys = []
    for _ in range(2):
        assert pause(two_duties) is None
        keys += list(two_duties.state.pending)
        two_duties.tell_all()
        two_duties.act(SUPERVISOR, "resume")
        two_duties.tell_all()
    assert len(set(keys)) == 2


def test_what_began_to_be_waited_for_in_an_emergency_gets_back_only_what_it_lost() -> None:
    play = with_doctor(talk())
    play.act(PATIENT, "flag_emergency")
    play.wait(minutes=10)
    play.act(DOCTOR, "nap", "talk.1.hold")
    play.wait(minutes=5)
    call = play.task("call_back").id
    assert play.act(SUPERVISOR, "record", call, content="c", sha256="s", verdict="false_alarm") is None
    run = play.state.runs["talk"]
    assert run.timers["silence"] == play.now + timedelta(minutes=10)
    assert run.deadline == play.now + HOUR
    assert play.state.tasks["talk.1.hold"].due == run.deadline


def test_a_pause_before_the_meeting_keeps_no_doctor_from_other_patients() -> None:
    line = Step(id="line", kind="test_line", fields={"pool": "therapists"}, then={"timed_out": BROKEN["timed_out"]})
    play = Play(line, talk())
    play.act(DOCTOR, "accept", "line.1.accept", seat="s-1")
    assert pause(play) is None
    assert [p.body["seat"] for p in play.state.pending.values() if p.effect == "queue.free_seat"] == ["s-1"]
    play.wait(hours=2)
    assert (play.state.doctor, play.state.undos, "talk" in play.state.runs) == ("p-doctor", [], True)
