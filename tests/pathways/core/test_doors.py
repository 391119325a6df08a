"""Acts are judged, facts seen once, answers recorded."""

import re
from datetime import timedelta

import pytest

from domain.pathway import Escalation, Jump, Step
from domain.people import Owner, Role
from domain.state import Status
from pathways.core import engine
from pathways.view import details, view
from tests.pathways.core.conftest import DOCTOR, HEAD, PATIENT, START, STRANGER, SUPERVISOR, Play, duty, span


def test_the_same_act_gets_its_recorded_answer_and_is_done_once(two_duties: Play) -> None:
    act = two_duties.make(PATIENT, "do", "first.1.work")
    assert two_duties.send(act) is None
    revision = two_duties.state.revision
    assert two_duties.send(act) is None
    assert two_duties.state.revision == revision


def test_a_refused_act_changes_nothing_but_its_answer(two_duties: Play) -> None:
    before = two_duties.state.model_copy(deep=True)
    assert two_duties.act(STRANGER, "do", "first.1.work") == "not_yours"
    assert two_duties.state.model_copy(update={"answered": {}}) == before


def test_each_thing_that_stands_against_an_act_has_its_word(two_duties: Play) -> None:
    assert two_duties.act(PATIENT, "do", "nowhere.1.work") == "no_such_task"
    assert two_duties.act(PATIENT, "fly", "first.1.work") == "no_such_action"
    assert two_duties.act(PATIENT, "do", "first.1.work", wings=2) == "bad_body"
    assert two_duties.act(STRANGER, "cancel") == "not_yours"
    two_duties.act(PATIENT, "do", "first.1.work")
    assert two_duties.act(PATIENT, "do", "first.1.work") == "too_late"
    two_duties.act(PATIENT, "cancel")
    assert two_duties.act(PATIENT, "do", "second.1.work") == "closed"


def test_a_fact_is_seen_once_and_one_of_a_past_occurrence_moves_nothing(two_duties: Play) -> None:
    two_duties.fact("f0", step="first", occurrence=7)
    assert list(two_duties.state.runs) == ["first"]
    two_duties.fact("f1", step="first", occurrence=1)
    assert list(two_duties.state.runs) == ["second"]
    revision = two_duties.state.revision
    two_duties.fact("f1", step="second", occurrence=1)
    assert two_duties.state.revision == revision


def test_the_state_of_a_step_is_the_same_after_being_written_and_read(two_duties: Play) -> None:
    again = type(two_duties.state).model_validate_json(two_duties.state.model_dump_json())
    assert again == two_duties.state


def test_a_claimed_task_is_closed_to_others_until_released() -> None:
    play = Play(duty("first"))
    play.act(PATIENT, "flag_emergency")
    (call,) = [t.id for t in play.state.tasks.values() if t.name == "call_back"]
    other = SUPERVISOR.model_copy(update={"person": "p-sup2"})
    assert play.act(SUPERVISOR, "claim", call) is None
    assert play.act(other, "acknowledge", call) == "claimed_by_other"
    assert play.act(SUPERVISOR, "release", call) is None
    assert play.act(other, "acknowledge", call) is None


def test_the_view_lists_what_each_caller_may_do_and_shows_data_only_to_whom_it_is_for(two_duties: Play) -> None:
    two_duties.state.tasks["first.1.work"].data = {"sha256": "x"}
    mine = view(two_duties.pathway, two_duties.state, PATIENT, "en")
    assert mine.tasks[0].actions == ("do", "fail")
    assert mine.actions == ("cancel", "flag_emergency", "withdraw")
    assert (mine.tasks[0].title, mine.tasks[0].who, mine.stages[0].title) == ("work", "patient", "duty")
    theirs = view(two_duties.pathway, two_duties.state, DOCTOR)
    assert (theirs.tasks[0].actions, theirs.tasks[0].data, theirs.actions) == ((), {}, ())


def test_an_administrator_reads_where_the_patient_is_and_who_must_act(two_duties: Play) -> None:
    text = details(two_duties.pathway, two_duties.state, "ru")
    assert "Этап" in text
    assert "| пациент | работать | 23.11 13:00 |" in re.sub("\u00a0+ ", " ", text)


def test_a_child_runs_the_same_core_on_the_step_it_was_left_with_and_reports_once() -> None:
    parent = Play(duty("labs", wait=False), duty("after"))
    (child,) = parent.state.children.values()
    start = engine.child_start(parent.pathway, parent.state, child, START)
    play = Play(duty("x"))
    play.pathway, play.state = start.compiled, engine.begin(start.compiled, start.state, START)
    assert list(play.state.tasks) == ["labs.1.work"]
    assert play.act(PATIENT, "cancel") == "closed"
    play.act(PATIENT, "do", "labs.1.work")
    assert play.asked == ["report.send"]
    body = next(iter(play.state.pending.values())).body
    assert (body["to"], body["fact"]["body"]["outputs"]["outcome"]) == ("c-1", "done")
    play.settle("report.send")
    assert play.status is Status.CLOSED


def test_reminders_and_escalations_only_tell_or_widen() -> None:
    play = Play(duty("first", remind=(span(60),), escalate=(Escalation(after=span(120), who="shift_supervisor"),)))
    play.wait(minutes=1)
    play.tell_all()
    play.wait(minutes=1)
    assert play.asked == ["notify.tell"]
    assert list(play.state.runs) == ["first"]
    assert play.state.tasks["first.1.work"].also == ()  # a patient's own duty is never anybody else's


def test_an_administrators_cancel_request_is_the_clinics_cancellation(two_duties: Play) -> None:
    two_duties.state = engine.cancelled(two_duties.pathway, two_duties.state, START)
    assert two_duties.state.end == "cancelled_by_us"


def test_nobody_of_another_clinic_acts_whatever_his_role(two_duties: Play) -> None:
    elsewhere = SUPERVISOR.model_copy(update={"clinic": "cl-2"})
    assert two_duties.act(elsewhere, "cancel") == "not_yours"
    assert two_duties.act(PATIENT.model_copy(update={"clinic": "cl-2"}), "do", "first.1.work") == "not_yours"


@pytest.mark.parametrize("task", ["", "first", "first.x", "first.²", "_", "_.9.x", "first.0.work", "first.1"])
def test_a_task_nobody_ever_opened_is_refused_and_breaks_nothing(two_duties: Play, task: str) -> None:
    assert two_duties.act(PATIENT, "do", task) in {"no_such_task", "too_late"}


def test_facts_of_two_senders_may_bear_one_id(two_duties: Play) -> None:
    two_duties.fact("1", source="video", step="first", occurrence=1)
    two_duties.fact("1", source="labs", step="second", occurrence=1)
    assert two_duties.state.end == "completed"


def test_a_colleague_gives_back_what_somebody_absent_had_claimed() -> None:
    play = Play(duty("first"))
    play.act(PATIENT, "flag_emergency")
    call = play.task("call_back").id
    other = SUPERVISOR.model_copy(update={"person": "p-sup2"})
    assert play.act(SUPERVISOR, "acknowledge", call) is None
    assert view(play.pathway, play.state, other).tasks[-1].actions == ("release", "assign")
    assert play.act(PATIENT, "release", call) == "not_yours"
    assert play.act(other, "release", call) is None
    play.tell_all()
    play.wait(minutes=3)
    assert play.asked == ["notify.tell"]  # given back is not taken: it rings again


def test_a_task_of_one_person_is_not_claimed_away_by_whom_an_escalation_rang(two_duties: Play) -> None:
    task = two_duties.state.tasks["first.1.work"]
    task.owner, task.also = Owner(person="p-doctor"), (Owner(role=Role.HEAD_DOCTOR),)
    assert two_duties.act(HEAD, "claim", task.id) == "no_such_action"
    assert two_duties.act(DOCTOR, "do", task.id) is None


def test_a_clock_told_late_does_not_turn_time_back(two_duties: Play) -> None:
    old = two_duties.state.clock
    moved = old.advanced(timedelta(days=7), START + timedelta(minutes=1))
    two_duties.fact("clock:2", source="clock", body={"clock": moved.model_dump(mode="json")})
    two_duties.fact("clock:1", source="clock", body={"clock": old.model_dump(mode="json")})
    assert two_duties.state.clock == moved


def test_ids_once_taken_are_not_kept_without_end(two_duties: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "KEPT", 3)
    for number in range(5):
        two_duties.fact(f"f{number}", step="nowhere")
        two_duties.act(STRANGER, "do", "first.1.work")
    assert list(two_duties.state.seen) == ["video:f2", "video:f3", "video:f4"]
    assert list(two_duties.state.answered) == ["a3", "a4", "a5"]


def test_a_child_of_a_past_turn_says_nothing_of_the_step_as_it_is_now() -> None:
    inside = (duty("labs", wait=False), duty("talk", then={"failed": Jump(to="again"), "timed_out": Jump(to="leave")}))
    turns = {"exhausted": Jump(to="next")}
    play = Play(Step(id="meet", kind="repeat", fields={"times": 2}, steps=inside, then=turns), duty("after"))
    play.act(PATIENT, "fail", "talk.1.work")
    assert list(play.state.children) == ["c-1.labs.1", "c-1.labs.2"]
    report = {"child": "c-1.labs.1", "outputs": {"outcome": "done", "result": "of the first turn"}}
    play.fact("c-1.labs.1:ended", source="child", step="labs", occurrence=1, body=report)
    assert play.state.children["c-1.labs.1"].outcome == "done"
    assert play.state.outputs["labs"] == {"outcome": "left_behind"}


def test_who_pays_for_another_is_named_as_the_payer(two_duties: Play) -> None:
    two_duties.state.payer = "p-son"
    two_duties.state.tasks["first.1.work"].owner = Owner(person="p-son")
    assert view(two_duties.pathway, two_duties.state, PATIENT, "en").tasks[0].who == "payer"
    assert "| плательщик" in details(two_duties.pathway, two_duties.state, "ru")
