"""Acts are judged, facts seen once, answers recorded."""

from domain.pathway import Escalation
from domain.state import Status
from pathways.core import engine
from pathways.view import details, view
from tests.pathways.core.conftest import DOCTOR, PATIENT, START, STRANGER, SUPERVISOR, Play, duty, span


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
    assert "| пациент | работать | 23.11 13:00 |" in text


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
