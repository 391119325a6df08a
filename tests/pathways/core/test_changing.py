"""An administrator skips a step, moves a deadline, gives a shared task, each with a reason."""

from datetime import timedelta
from typing import Any

import pytest

from domain.pathway import Jump, Step
from domain.people import Actor, Owner, Role
from domain.state import Status
from pathways.core import engine
from pathways.view import view
from tests.pathways.core.conftest import ADMIN, DOCTOR, HEAD, PATIENT, START, SUPERVISOR, Play, actor, duty, span

ENDS = {"declined": Jump(to="end", target="abandoned"), "timed_out": Jump(to="end", target="abandoned")}


def extra(**values: Any) -> Step:
    return Step(id="pay", kind="test_extra", within=span(3600), then=ENDS, **values)


def skip(play: Play, step: str = "pay", by: Actor = SUPERVISOR) -> str | None:
    return play.act(by, "skip", step=step, reason="free_of_charge")


class TestSkip:
    def test_a_skippable_step_is_passed_by_with_a_reason(self) -> None:
        play = Play(extra(), duty("talk"))
        assert "skip" in view(play.pathway, play.state, SUPERVISOR).actions
        assert skip(play) is None
        assert (list(play.state.runs), play.state.outputs["pay"]) == (["talk"], {"outcome": "skipped"})
        (noted,) = [t for t in play.state.transitions if t.code == "step.skipped"]
        assert (noted.actor, noted.detail) == ("p-sup", {"reason": "free_of_charge"})
        assert play.act(PATIENT, "pay", "pay.1.pay") == "too_late"

    def test_what_the_step_had_under_way_is_taken_back_when_it_comes(self) -> None:
        play = Play(extra(), duty("talk"))
        play.act(PATIENT, "pay", "pay.1.pay")
        assert skip(play) is None
        play.settle("payment.authorise", hold="h1")
        assert play.asked == ["payment.cancel"]
        play.settle("payment.cancel")
        play.act(PATIENT, "do", "talk.1.work")
        assert (play.status, play.state.end) == (Status.CLOSED, "completed")

    def test_the_last_step_of_all_skipped_completes_the_consultation(self) -> None:
        play = Play(extra())
        assert skip(play) is None
        assert (play.status, play.state.end) == (Status.CLOSED, "completed")

    def test_a_step_of_it_is_skipped_too(self) -> None:
        play = Play(extra(), duty("second", fields={"of": "pay"}), duty("third"))
        skip(play)
        assert list(play.state.runs) == ["third"]

    def test_a_step_that_a_condition_reads_is_not(self) -> None:
        play = Play(extra(), duty("talk", when="has(pay.amount) && pay.amount > 0"))
        assert skip(play) == "not_skippable"
        assert "skip" not in view(play.pathway, play.state, SUPERVISOR).actions

    def test_the_word_of_one_that_cannot_be_skipped_beside_one_that_can(self) -> None:
        both = Step(id="both", kind="parallel", branches={"a": (extra(),), "b": (duty("other"),)})
        play = Play(both, duty("talk"))
        assert skip(play, "other") == "not_skippable"
        assert skip(play, "both") == "not_skippable"
        assert skip(play, "talk") == "no_such_step"
        reads = duty("talk", when='pay.outcome == "done"')
        evidence = Step(id="give", kind="test_extra", fields={"meets": False}, then=ENDS)
        branches = {"a": (extra(),), "b": (evidence,)}
        play = Play(Step(id="both", kind="parallel", branches=branches), reads)
        assert skip(play) == "step_is_read"
        assert skip(play, "give") is None

    def test_a_decision_that_gives_evidence_is_the_gates_own(self) -> None:
        fields = {"who": "registrar", "choices": ["confirmed", "not_found"], "gives": "evidence"}
        then = {"not_found": Jump(to="next"), "timed_out": Jump(to="next")}
        play = Play(Step(id="papers", kind="task", fields=fields, then=then), duty("talk"))
        assert skip(play, "papers") == "not_skippable"

    @pytest.mark.parametrize("who", [PATIENT, DOCTOR])
    def test_it_is_not_everybodys(self, who: Actor) -> None:
        assert skip(Play(extra()), by=who) == "not_yours"

    def test_a_halted_step_may_be_skipped_and_its_task_goes(self) -> None:
        play = Play(duty("first"), extra(when="first.by > 3"), duty("talk"))
        play.act(PATIENT, "do", "first.1.work")
        assert play.state.runs["pay"].halted
        assert skip(play) is None
        assert list(play.state.tasks) == ["talk.1.work"]


class TestDeadline:
    def change(self, play: Play, step: str = "first", by: Actor = ADMIN, **span_: float) -> str | None:
        until = play.now + timedelta(**(span_ or {"hours": 5}))
        return play.act(by, "change_deadline", step=step, until=until.isoformat(), reason="patient_asked")

    def test_it_moves_with_its_tasks_and_is_noted(self) -> None:
        play = Play(duty("first"))
        assert self.change(play) is None
        until = play.now + timedelta(hours=5)
        assert play.state.runs["first"].deadline == play.state.tasks["first.1.work"].due == until
        noted = play.state.transitions[-1]
        assert (noted.code, noted.actor, noted.detail["reason"]) == ("deadline.changed", "p-adm", "patient_asked")
        play.wait(hours=4)
        assert "first" in play.state.runs
        play.wait(hours=1)
        assert play.state.end == "abandoned"

    def test_it_may_come_sooner(self) -> None:
        play = Play(duty("first"))
        assert self.change(play, minutes=5) is None
        play.wait(minutes=5)
        assert play.state.end == "abandoned"

    def test_what_stands_against_it(self) -> None:
        play = Play(duty("first"))
        assert self.change(play, seconds=0) == "not_in_the_future"
        assert self.change(play, days=731) == "too_far"
        assert self.change(play, "second") == "no_such_step"
        assert self.change(play, by=PATIENT) == "not_yours"
        assert self.change(Play(duty("first", within=None))) == "no_deadline"
        play.act(PATIENT, "flag_emergency")
        assert self.change(play) == "emergency_open"

    def test_a_paused_clock_is_not_moved(self) -> None:
        play = Play(duty("first"))
        play.act(ADMIN, "pause", reason="repair", until=(play.now + timedelta(hours=1)).isoformat())
        assert self.change(play) == "paused"

    def test_in_a_step_left_behind_too(self) -> None:
        parent = Play(duty("labs", wait=False), duty("after"))
        (child,) = parent.state.children.values()
        start = engine.child_start(parent.pathway, parent.state, child, START)
        play = Play(duty("x"))
        play.pathway, play.state = start.compiled, engine.begin(start.compiled, start.state, START)
        assert self.change(play, "labs") is None
        assert play.state.runs["labs"].deadline == play.now + timedelta(hours=5)
        assert view(play.pathway, play.state, ADMIN).actions == ("change_deadline",)
        assert play.act(ADMIN, "skip", step="labs", reason="r") == "closed"


class TestAssign:
    def play(self) -> Play:
        fields = {"who": "registrar", "choices": ["yes", "no"]}
        then = {"no": Jump(to="next"), "timed_out": Jump(to="next")}
        play = Play(Step(id="ask", kind="task", within=span(3600), fields=fields, then=then))
        play.tell_all()
        return play

    def test_a_shared_task_is_given_to_a_colleague_whoever_had_it(self) -> None:
        play = self.play()
        one, other = actor("p-r1", Role.REGISTRAR), actor("p-r2", Role.REGISTRAR)
        assert play.act(one, "claim", "ask.1.decide") is None
        assert view(play.pathway, play.state, HEAD).tasks[0].actions == ("assign",)
        assert play.act(HEAD, "assign", "ask.1.decide", to="p-r2", reason="holiday") is None
        assert play.told == [("p-r2", "task_waits")]
        assert play.act(one, "decide", "ask.1.decide", choice="yes") == "claimed_by_other"
        assert play.act(other, "decide", "ask.1.decide", choice="yes") is None

    def test_only_by_who_answers_for_the_shift_and_only_where_it_is_shared(self) -> None:
        play = self.play()
        one = actor("p-r1", Role.REGISTRAR)
        assert play.act(one, "assign", "ask.1.decide", to="p-r1", reason="mine") == "not_yours"
        assert "assign" not in view(play.pathway, play.state, one).tasks[0].actions
        play.state.tasks["ask.1.decide"].owner = Owner(person="p-doctor")
        assert play.act(HEAD, "assign", "ask.1.decide", to="p-r1", reason="r") == "no_such_action"

    def test_it_gives_nobody_a_right_he_had_not(self) -> None:
        play = self.play()
        nurse = actor("p-nurse", Role.NURSE)
        assert play.act(HEAD, "assign", "ask.1.decide", to="p-nurse", reason="r") is None
        assert play.act(nurse, "decide", "ask.1.decide", choice="yes") == "not_yours"
        assert play.act(actor("p-r1", Role.REGISTRAR), "release", "ask.1.decide") is None

    def test_a_call_back_given_to_another_rings_until_he_acknowledges(self) -> None:
        play = Play(duty("first"))
        play.act(PATIENT, "flag_emergency")
        call = play.task("call_back").id
        assert play.act(SUPERVISOR, "acknowledge", call) is None
        assert play.act(HEAD, "assign", call, to="p-sup2", reason="busy") is None
        play.tell_all()
        play.wait(minutes=3)
        assert play.told == [("head_doctor", "call_back_now")]
