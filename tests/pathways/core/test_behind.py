"""What was left behind holds a doctor's duties: when he hands the consultation over, they go with it."""

from datetime import timedelta
from typing import Any

from domain.effects.report import Report
from domain.pathway import Jump, Step
from domain.people import Actor
from domain.state import ConsultationState
from pathways.core import engine
from tests.pathways.core.conftest import ADMIN, COLLEAGUE, DOCTOR, PATIENT, SUPERVISOR, Play, duty, span

END = Jump(to="end", target="failed_by_us")
CHILD = "c-1.look.1"
STAFF = {"who": "nurse", "choices": ["seen"]}
LOOK: dict[str, Any] = {"kind": "task", "fields": {"who": "doctor", "choices": ["seen"]}}


def talking(**left: Any) -> Play:
    """A doctor is in the talk, and a decision of his was left behind before it."""
    line = Step(id="line", kind="test_line", fields={"pool": "therapists"}, then={"timed_out": END})
    look = Step(id="look", within=span(86400), wait=False, **{**LOOK, **left})
    talk = Step(id="talk", kind="test_talk", fields={"may": ["handover"]}, then={"broken": END, "timed_out": END})
    play = Play(line, look, talk, duty("after"))
    assert play.act(DOCTOR, "accept", "line.1.accept", seat="s-1") is None
    return play


def begin(play: Play) -> ConsultationState:
    """The state its workflow begins with."""
    start = engine.child_start(play.pathway, play.state, play.state.children[CHILD], play.now)
    return engine.begin(start.compiled, start.state, play.now)


def started(play: Play) -> None:
    play.state = engine.child_started(play.pathway, play.state, CHILD, play.now)


def hand_over(play: Play, giver: Actor, taker: Actor) -> None:
    assert play.act(giver, "hand_over", to=taker.person, pools=["therapists"], reason="shift_over") is None
    play.tell_all()
    assert play.act(taker, "accept", play.task("take_over").id) is None
    assert play.act(PATIENT, "agree", play.task("new_doctor").id) is None


def news(play: Play) -> list[Any]:
    """What is on its way to what was left behind."""
    return [p.body for p in play.state.pending.values() if p.effect == Report.activity]


def hear(play: Play, child: ConsultationState) -> ConsultationState:
    """The news arrives."""
    (body,) = news(play)
    assert body["to"] == CHILD
    play.settle(Report.activity)
    return engine.fact(play.pathway, child, Report.model_validate(body).fact, play.now)


def owner(child: ConsultationState) -> str | None:
    (task,) = child.tasks.values()
    return task.owner.person


def test_its_duties_go_to_who_answers_for_the_consultation_now() -> None:
    play = talking()
    child = begin(play)
    started(play)
    assert owner(child) == "p-doctor"
    hand_over(play, DOCTOR, COLLEAGUE)
    child = hear(play, child)
    assert (child.doctor, owner(child)) == ("p-colleague", "p-colleague")
    assert "queue.free_seat" not in [p.effect for p in child.pending.values()]
    told = [(p.body["to"]["person"], p.body["text"]) for p in child.pending.values() if p.effect == "notify.tell"]
    assert told[-1] == ("p-colleague", "task_waits")
    assert news(play) == []


def test_one_that_is_just_being_started_hears_of_it_when_it_runs() -> None:
    play = talking()
    child = begin(play)
    hand_over(play, DOCTOR, COLLEAGUE)
    assert news(play) == []
    assert begin(play).doctor == "p-doctor"  # whenever its start is made, it is the same
    started(play)
    assert owner(hear(play, child)) == "p-colleague"


def test_the_next_news_waits_for_the_one_before() -> None:
    play = talking()
    child = begin(play)
    started(play)
    third = COLLEAGUE.model_copy(update={"person": "p-third"})
    hand_over(play, DOCTOR, COLLEAGUE)
    hand_over(play, COLLEAGUE, third)
    child = hear(play, child)
    assert owner(child) == "p-colleague"
    assert owner(hear(play, child)) == "p-third"


def test_one_that_is_over_hears_nothing() -> None:
    play = talking()
    started(play)
    play.fact("x", source="child", step="look", body={"child": CHILD, "outputs": {"outcome": "seen"}})
    hand_over(play, DOCTOR, COLLEAGUE)
    assert news(play) == []


def test_what_only_who_met_the_patient_may_do_stays_his() -> None:
    play = talking(kind="prescription", fields={"of": "line"})
    started(play)
    hand_over(play, DOCTOR, COLLEAGUE)
    assert news(play) == []
    assert play.state.children[CHILD].doctor == "p-doctor"


def test_who_was_left_with_an_earlier_turns_duties_keeps_them_when_another_takes_the_next() -> None:
    play = talking()
    started(play)
    play.state.doctor = "p-third"
    hand_over(play, DOCTOR.model_copy(update={"person": "p-third"}), COLLEAGUE)
    assert news(play) == []


class TestReassigned:
    def run(self, **left: Any) -> Play:
        """The step left behind, as a process of its own."""
        play = talking(**left)
        play.state.met_at, play.state.met_by, play.state.signed = play.now, "p-doctor", True
        play.state = begin(play)
        return play

    def reassign(self, play: Play, by: Actor = SUPERVISOR, doctor: str = "p-colleague") -> str | None:
        return play.act(by, "reassign", doctor=doctor, pools=["therapists"], reason="left_the_clinic")

    def test_a_doctor_who_is_gone_keeps_no_duty_from_being_done(self) -> None:
        play = self.run()
        assert self.reassign(play) is None
        assert (owner(play.state), play.state.met_by, play.state.treated_by) == (
            "p-colleague",
            "p-colleague",
            ["p-doctor"],
        )
        play.wait(hours=1)
        assert play.act(COLLEAGUE, "decide", "look.1.decide", choice="seen") is None

    def test_what_stands_against_it(self) -> None:
        play = self.run()
        assert self.reassign(play, DOCTOR) == "not_yours"
        assert self.reassign(play, doctor="p-doctor") == "same_doctor"
        assert self.reassign(self.run(kind="test_duty", fields={}), ADMIN) == "met"
        play.wait(days=2)
        assert self.reassign(play) == "closed"

    def test_it_is_no_consultation_of_its_own(self) -> None:
        play = self.run()
        until = (play.now + timedelta(hours=1)).isoformat()
        assert play.act(ADMIN, "pause", reason="repair", until=until) == "closed"


def test_a_message_of_what_was_left_behind_is_never_taken_for_one_of_the_consultation() -> None:
    # Each counts its own revisions; a port that honours keys would send only the first of two with one key.
    looks = [Step(id=name, within=span(86400), wait=False, kind="task", fields=STAFF) for name in ("look", "see")]
    play = Play(*looks, duty("after"))
    keys = set[str]()
    for child in play.state.children.values():
        start = engine.child_start(play.pathway, play.state, child, play.now)
        begun = engine.begin(start.compiled, start.state, play.now)
        (task,) = begun.tasks.values()
        act = play.make(SUPERVISOR, "assign", task.id, to=f"p-{child.step}", reason="busy")
        given, answered = engine.act(start.compiled, begun, act, play.now)
        assert answered.refusal is None
        told = {key for key, p in given.pending.items() if (p.body.get("to") or {}).get("person") == f"p-{child.step}"}
        assert len(told) == 1
        assert keys.isdisjoint(told)
        keys |= told
