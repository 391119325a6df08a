"""Endings wait for what is in flight, decide the money once, and take back in reverse order."""

from datetime import timedelta

import pytest

from domain.pathway import Jump, Step
from domain.people import Owner, Role
from domain.state import Status
from pathways.core import engine
from tests.pathways.core.conftest import ADMIN, HEAD, PATIENT, START, SUPERVISOR, Play, duty, span


def money() -> Step:
    then = {"declined": Jump(to="end", target="abandoned"), "timed_out": Jump(to="end", target="abandoned")}
    return Step(id="pay", kind="test_money", then=then)


@pytest.mark.parametrize(
    ("how", "effect", "amount"), [("do", "payment.capture", 150000), ("fail", "payment.cancel", 0)]
)
def test_the_end_decides_once_what_becomes_of_the_money(how: str, effect: str, amount: int) -> None:
    play = Play(money(), duty("talk"))
    play.settle("payment.authorise", hold="h1")
    play.act(PATIENT, how, "talk.1.work")
    assert play.asked == [effect]
    assert next(iter(play.state.pending.values())).body.get("amount", 0) == amount
    assert play.status.value == "ending"
    play.settle(effect, **({"receipt": "r1"} if amount else {}))
    assert (play.status, play.asked) == (Status.CLOSED, [])


def test_costs_alone_are_taken_for_a_no_show() -> None:
    play = Play(money(), Step(id="stop", kind="end", fields={"as": "no_show"}))
    play.settle("payment.authorise", hold="h1")
    assert next(iter(play.state.pending.values())).body["amount"] == 20000


def test_what_is_done_is_told_to_the_record_even_where_nothing_else_moves() -> None:
    play = Play(money(), duty("talk"))
    before = play.state.revision
    play.settle("payment.authorise", declined="no_money")
    assert play.state.revision == before + 1
    assert play.codes[-1] == "effect.done"


def test_an_effect_in_flight_is_awaited_and_then_taken_back() -> None:
    play = Play(money(), duty("talk"))
    play.act(PATIENT, "cancel")
    assert (play.status, play.asked) == (Status.ENDING, ["payment.authorise"])
    play.settle("payment.authorise", hold="h1")
    assert play.asked == ["payment.cancel"]
    play.settle("payment.cancel")
    assert play.status is Status.CLOSED


def test_an_effect_nobody_could_do_is_held_for_a_person_and_forgotten_by_nobody() -> None:
    play = Play(money(), duty("talk"))
    key = next(iter(play.state.pending))
    play.state = engine.give_up(play.pathway, play.state, key, "Unavailable", play.now)
    assert play.state.pending[key].held
    (task,) = play.state.tasks.values()
    assert task.name == "stuck"
    assert play.act(ADMIN, "retry", task.id) is None
    assert not play.state.pending[key].held
    play.settle("payment.authorise", hold="h1")
    assert list(play.state.runs) == ["talk"]


def test_what_could_not_be_taken_back_is_a_persons_task_and_closing_waits_for_it() -> None:
    play = Play(money(), duty("talk"))
    play.settle("payment.authorise", hold="h1")
    play.act(PATIENT, "cancel")
    key = next(iter(play.state.pending))
    play.state = engine.give_up(play.pathway, play.state, key, "Refused", play.now)
    assert play.status.value == "ending"
    (task,) = play.state.tasks.values()
    assert play.act(ADMIN, "write_off", task.id) is None
    assert play.status is Status.CLOSED


def met() -> Play:
    """A pathway whose patient has just met the doctor."""
    late = {"failed": Jump(to="end", target="unsigned"), "timed_out": Jump(to="end", target="unsigned")}
    play = Play(
        duty("talk", fields={"meets": True}),
        duty("after"),
        duty("note", then=late),
        duty("sign", fields={"signs": True}, then=late),
        duty("nps"),
    )
    play.act(PATIENT, "do", "talk.1.work")
    return play


def test_after_the_meeting_a_cancel_waits_for_the_protocol_and_its_signature() -> None:
    play = met()
    assert play.act(PATIENT, "cancel") is None
    assert (play.status, play.state.wish) == (Status.OPEN, "cancelled")
    assert play.act(PATIENT, "cancel") == "already_ending"
    for step in list(play.state.runs):
        play.act(PATIENT, "do", f"{step}.1.work")
    play.act(PATIENT, "do", "note.1.work")
    play.act(PATIENT, "do", "sign.1.work")
    assert play.state.end == "cancelled"


def test_the_first_wish_decides_the_money_not_who_leaves_once_more() -> None:
    play = met()
    assert play.act(SUPERVISOR, "cancel") is None
    assert play.act(PATIENT, "withdraw", consent="cn-1") is None
    assert play.state.wish == "cancelled_by_us"


def test_a_cancel_in_mid_meeting_goes_straight_to_the_protocol_even_inside_a_turn() -> None:
    late = {"done": Jump(to="next"), "timed_out": Jump(to="end", target="unsigned")}
    inside = (
        duty("talk", fields={"meets": True}),
        duty("extra"),
        Step(id="note", kind="protocol", then=late),
    )
    turns = {"exhausted": Jump(to="next")}
    play = Play(Step(id="meet", kind="repeat", fields={"times": 2}, steps=inside, then=turns), duty("after"))
    play.state.doctor = "p-doctor"
    play.act(PATIENT, "do", "talk.1.work")
    assert "extra" in play.state.runs
    play.act(PATIENT, "cancel")
    assert sorted(play.state.runs) == ["meet", "note"]
    assert (play.state.runs["note"].occurrence, play.state.outputs["meet"]["count"]) == (1, 1)


def test_after_the_meeting_a_protocol_nobody_signs_ends_unsigned_whatever_was_wished() -> None:
    play = met()
    play.act(PATIENT, "cancel")
    for step in list(play.state.runs):
        play.act(PATIENT, "do", f"{step}.1.work")
    play.act(PATIENT, "fail", "note.1.work")
    assert play.state.end == "unsigned"


class TestEmergency:
    def play(self) -> Play:
        play = Play(duty("first"))
        play.fact(
            "flag-1", source="intake", step="first", body={"flag": "chest_pain", "content": "ct-1", "sha256": "s"}
        )
        return play

    def test_a_red_flag_opens_the_call_back_with_the_address_and_rings_the_role(self) -> None:
        play = self.play()
        (call,) = [t for t in play.state.tasks.values() if t.name == "call_back"]
        assert call.data == {"flag": "chest_pain", "address": {"content": "ct-1", "sha256": "s"}}
        assert play.asked == ["notify.tell"]
        assert "first.1.work" in play.state.tasks  # contact goes on

    def test_nobody_answers_so_the_next_role_is_rung_until_somebody_does(self) -> None:
        play = self.play()
        for _ in range(3):
            play.tell_all()
            play.wait(minutes=3)
        assert play.state.emergency is not None
        assert play.state.emergency.rung == ["shift_supervisor", "head_doctor", "head_doctor", "head_doctor"]
        (call,) = [t.id for t in play.state.tasks.values() if t.name == "call_back"]
        assert play.act(HEAD, "acknowledge", call) is None
        play.tell_all()
        play.wait(minutes=30)
        assert play.asked == []

    def test_a_false_alarm_gives_the_time_back(self) -> None:
        play = self.play()
        deadline = play.state.runs["first"].deadline
        play.wait(minutes=10)
        (call,) = [t.id for t in play.state.tasks.values() if t.name == "call_back"]
        assert play.act(SUPERVISOR, "record", call, content="ct-2", sha256="s", verdict="false_alarm") is None
        moved = play.state.runs["first"].deadline
        assert moved is not None
        assert deadline is not None
        assert (moved - deadline).total_seconds() == 600

    def test_a_real_one_ends_the_consultation_by_a_named_persons_record(self) -> None:
        play = self.play()
        (call,) = [t.id for t in play.state.tasks.values() if t.name == "call_back"]
        play.wait(hours=5)  # no deadline passes while it is open
        assert play.act(HEAD, "record", call, content="ct-2", sha256="s", verdict="real") is None
        play.tell_all()
        assert (play.state.end, play.status) == ("emergency", Status.CLOSED)

    def test_a_cancel_does_not_silence_it(self) -> None:
        play = self.play()
        play.act(PATIENT, "cancel")
        play.tell_all()
        assert play.status.value == "ending"
        (call,) = [t.id for t in play.state.tasks.values() if t.name == "call_back"]
        assert play.act(SUPERVISOR, "record", call, content="ct-2", sha256="s", verdict="real") is None
        assert play.status is Status.CLOSED

    def test_one_flag_at_a_time(self) -> None:
        play = self.play()
        play.fact("flag-2", source="intake", step="first", body={"flag": "stroke"})
        assert len([t for t in play.state.tasks.values() if t.name == "call_back"]) == 1
        assert play.act(PATIENT, "flag_emergency") == "already_flagged"

    def test_who_only_claimed_it_does_not_keep_the_next_role_out(self) -> None:
        play = self.play()
        call = play.task("call_back").id
        assert play.act(SUPERVISOR, "claim", call) is None
        play.wait(minutes=3)
        assert play.act(HEAD, "acknowledge", call) is None

    @pytest.mark.parametrize("source", ["flag", "button"])
    def test_a_flag_raised_while_the_consultation_is_ending_rings_all_the_same(self, source: str) -> None:
        play = Play(money(), duty("talk"))
        play.settle("payment.authorise", hold="h1")
        play.act(PATIENT, "cancel")
        assert play.status.value == "ending"
        if source == "flag":
            play.fact("flag-1", source="intake", step="form", body={"flag": "chest_pain"})
        else:
            assert play.act(PATIENT, "flag_emergency") is None
        play.settle("payment.cancel")
        play.tell_all()
        assert play.status.value == "ending"
        play.wait(minutes=3)
        assert play.asked == ["notify.tell"]
        call = play.task("call_back").id
        assert play.act(HEAD, "record", call, content="ct-2", sha256="s", verdict="real") is None
        play.tell_all()
        assert (play.status, play.state.end) == (Status.CLOSED, "cancelled")

    def test_a_flag_that_meets_a_run_just_closed_is_not_lost(self) -> None:
        play = Play(duty("first"))
        play.act(PATIENT, "cancel")
        assert play.status is Status.CLOSED
        play.fact("flag-1", source="intake", step="first", body={"flag": "chest_pain"})
        assert (play.status, play.asked) == (Status.ENDING, ["notify.tell"])
        assert (
            play.act(SUPERVISOR, "record", play.task("call_back").id, content="c", sha256="s", verdict="real") is None
        )
        play.tell_all()
        assert (play.status, play.state.end) == (Status.CLOSED, "cancelled")

    def test_an_address_given_after_the_flag_reaches_who_calls_back(self) -> None:
        play = Play(duty("first"))
        play.act(PATIENT, "flag_emergency")
        play.fact("flag-2", source="intake", step="first", body={"flag": "stroke", "content": "ct-9", "sha256": "s"})
        assert play.task("call_back").data["address"] == {"content": "ct-9", "sha256": "s"}
        play.fact("flag-3", source="intake", step="first", body={"flag": "stroke"})
        assert play.task("call_back").data["address"] == {"content": "ct-9", "sha256": "s"}

    def test_a_step_opened_meanwhile_gets_back_only_what_it_lost(self) -> None:
        play = Play(duty("first"), duty("second"))
        play.act(PATIENT, "flag_emergency")
        play.wait(minutes=10)
        play.act(PATIENT, "do", "first.1.work")
        play.wait(minutes=5)
        play.act(SUPERVISOR, "record", play.task("call_back").id, content="c", sha256="s", verdict="false_alarm")
        deadline = play.state.runs["second"].deadline
        assert deadline is not None
        assert (deadline - play.now).total_seconds() == 3600

    def test_after_a_real_one_no_later_wish_decides_the_money(self) -> None:
        play = met()
        play.act(PATIENT, "flag_emergency")
        play.act(SUPERVISOR, "record", play.task("call_back").id, content="c", sha256="s", verdict="real")
        assert play.state.wish == "emergency"
        assert play.act(PATIENT, "withdraw", consent="cn-1") is None
        assert play.state.wish == "emergency"


def test_a_pause_gives_back_reminders_as_well_as_deadlines() -> None:
    play = Play(duty("first", remind=(span(60),)))
    until = (play.now + timedelta(hours=2)).isoformat()
    assert play.act(ADMIN, "pause", reason="repair", until=until) is None
    play.wait(hours=2)
    run = play.state.runs["first"]
    assert (run.timers["remind:0"] - play.now, "step.reminded" in play.codes) == (timedelta(seconds=60), False)
    assert run.deadline == play.now + timedelta(hours=1)


def test_each_of_two_holds_is_taken_or_freed() -> None:
    play = Play(money(), duty("talk"))
    play.settle("payment.authorise", hold="h2")
    first = play.state.undos[0].model_copy(update={"occurrence": 0})
    first.body = {**first.body, "hold": "h1"}
    play.state.undos.insert(0, first)
    play.act(PATIENT, "do", "talk.1.work")
    play.settle("payment.capture", receipt="r")
    (freed,) = play.state.pending.values()
    assert (freed.effect, freed.body["hold"]) == ("payment.cancel", "h1")


def test_what_is_stuck_does_not_keep_a_cancelled_consultation_open_for_ever() -> None:
    play = Play(money(), duty("talk"))
    play.give_up("payment.authorise", "Uncertain")
    assert play.act(ADMIN, "write_off", play.task("stuck").id) == "no_such_action"
    play.act(PATIENT, "cancel")
    assert play.status.value == "ending"
    assert play.act(ADMIN, "write_off", play.task("stuck").id) is None
    assert play.status is Status.CLOSED


def test_what_is_stuck_in_a_step_left_behind_can_be_written_off_and_ends_it() -> None:
    parent = Play(Step(id="pay", kind="test_money", wait=False), duty("after"))
    (child,) = parent.state.children.values()
    start = engine.child_start(parent.pathway, parent.state, child, START)
    play = Play(duty("x"))
    play.pathway, play.state = start.compiled, engine.begin(start.compiled, start.state, START)
    play.give_up("payment.authorise", "Uncertain")
    assert play.act(ADMIN, "write_off", play.task("stuck").id) is None
    play.settle("report.send")
    assert play.status is Status.CLOSED


def test_a_question_nobody_waits_for_any_more_is_nobodys_task() -> None:
    play = Play(Step(id="gate", kind="eligibility", fields={"requires": "in_person_diagnosis"}), duty("after"))
    play.act(PATIENT, "cancel")
    assert play.asked == ["eligibility.find"]
    play.give_up("eligibility.find")
    assert play.status is Status.CLOSED


@pytest.mark.parametrize("how", ["undelivered", "nobody_there"])
def test_an_alarm_that_reached_nobody_becomes_a_task_of_its_role(how: str) -> None:
    then = {"failed": Jump(to="end", target="failed_by_us"), "timed_out": Jump(to="next")}
    play = Play(duty("first", then=then))
    play.act(PATIENT, "fail", "first.1.work")
    if how == "undelivered":
        play.give_up("notify.tell")
    else:
        play.settle("notify.tell", people=0)
    assert play.status.value == "ending"
    assert play.task("alarm").owner == Owner(role=Role.SHIFT_SUPERVISOR)
    assert play.act(ADMIN, "acknowledge", play.task("alarm").id) is None
    assert play.status is Status.CLOSED


def test_money_is_given_back_though_something_else_is_stuck() -> None:
    play = Play(money(), Step(id="gate", kind="queue", fields={"pool": "therapists"}), duty("talk"))
    play.settle("payment.authorise", hold="h1")
    play.settle("queue.join", low=1, high=2)
    play.act(PATIENT, "cancel")
    play.give_up("queue.leave")
    assert play.asked == ["queue.leave", "payment.cancel"]
    play.settle("payment.cancel")
    assert play.status.value == "ending"
    assert play.act(ADMIN, "retry", play.task("stuck").id) is None
    play.settle("queue.leave")
    assert play.status is Status.CLOSED
