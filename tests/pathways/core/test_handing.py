"""A hand-over: offered, accepted, told to the patient, who may refuse; the first doctor answers until it is done."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.effects.eligibility import Proof
from domain.pathway import Jump, Step
from domain.people import Actor, Role
from domain.state import Status
from pathways.view import view
from tests.pathways.core.conftest import COLLEAGUE, DOCTOR, HEAD, PATIENT, SUPERVISOR, Play, actor, duty, span

END = Jump(to="end", target="failed_by_us")
PROOF = Proof(evidence="e-1", doctor="p-doctor", diagnosis="I10", on=date(2026, 9, 1), source="mis")


def steps(*may: str) -> tuple[Step, ...]:
    line = Step(id="line", kind="test_line", fields={"pool": "therapists"}, then={"timed_out": END})
    talk = Step(
        id="talk",
        kind="test_talk",
        within=span(7200),
        fields={"may": list(may or ("handover",))},
        then={"broken": END, "timed_out": END},
    )
    unsigned = {"timed_out": Jump(to="end", target="unsigned")}
    note = Step(id="note", kind="protocol", within=span(86400), then=unsigned)
    return duty("first"), line, talk, note


def talking(*may: str, met: bool = False) -> Play:
    """The doctor took the patient by the line and is in the talk."""
    play = Play(*steps(*may))
    play.act(PATIENT, "do", "first.1.work")
    play.state.outputs["gate"] = {"proofs": [PROOF.model_dump(mode="json")]}
    assert play.act(DOCTOR, "accept", "line.1.accept", seat="s-1") is None
    if met:
        assert play.act(DOCTOR, "meet", "talk.1.hold") is None
    return play


def offer(play: Play, by: Actor = DOCTOR, **body: Any) -> str | None:
    return play.act(by, "hand_over", **{"to": "p-colleague", "pools": ["therapists"], "reason": "shift_over", **body})


def accept(play: Play) -> None:
    play.tell_all()
    assert play.act(COLLEAGUE, "accept", play.task("take_over").id) is None


def stage(play: Play) -> str | None:
    seen = view(play.pathway, play.state, PATIENT).hand_over
    return seen.stage if seen else None


def test_the_colleague_is_asked_and_the_first_doctor_answers_until_it_is_done() -> None:
    play = talking()
    assert "hand_over" in view(play.pathway, play.state, DOCTOR).actions
    assert offer(play) is None
    assert play.told == [("p-colleague", "hand_over_offered")]
    task = play.task("take_over")
    assert (task.owner.person, task.due) == ("p-colleague", play.now + timedelta(minutes=15))
    assert (play.state.doctor, stage(play)) == ("p-doctor", "offered")
    assert play.act(DOCTOR, "meet", "talk.1.hold") is None
    assert play.act(COLLEAGUE, "finish", "talk.1.hold") == "not_yours"


def test_the_patient_is_told_what_he_loses_and_agrees() -> None:
    play = talking()
    offer(play)
    accept(play)
    told = play.task("new_doctor")
    assert told.data == {"doctor": "p-colleague", "care_before": "follow_up", "care": "advice"}
    assert (told.owner.patient, told.due) == ("pt-1", play.now + timedelta(minutes=5))
    assert (play.told, stage(play)) == ([("pt-1", "new_doctor")], "accepted")
    assert play.act(PATIENT, "agree", told.id) is None
    assert (play.state.doctor, play.state.hand_over) == ("p-colleague", None)
    assert play.state.tasks["talk.1.hold"].owner.person == "p-colleague"
    assert play.act(DOCTOR, "meet", "talk.1.hold") == "not_yours"
    assert play.act(COLLEAGUE, "meet", "talk.1.hold") is None
    done = next(t for t in play.state.transitions if t.code == "hand_over.done")
    assert (done.detail["giver"], done.detail["taker"]) == ("p-doctor", "p-colleague")
    assert (done.detail["care_before"], done.detail["care"]) == ("follow_up", "advice")


def test_the_givers_seat_is_freed_once_and_its_undo_forgotten() -> None:
    play = talking()
    offer(play)
    accept(play)
    play.act(PATIENT, "agree", play.task("new_doctor").id)
    freed = [p.body for p in play.state.pending.values() if p.effect == "queue.free_seat"]
    assert [(body["doctor"], body["seat"]) for body in freed] == [("p-doctor", "s-1")]
    assert play.state.undos == []


def test_silence_agrees() -> None:
    play = talking()
    offer(play)
    accept(play)
    play.wait(minutes=5)
    assert (play.state.doctor, list(play.state.tasks)) == ("p-colleague", ["talk.1.hold", "talk.1.join"])
    assert ("p-doctor", "hand_over_done") in play.told


def test_the_patient_refuses_and_keeps_his_doctor() -> None:
    play = talking()
    offer(play)
    accept(play)
    play.tell_all()
    assert play.act(PATIENT, "refuse", play.task("new_doctor").id) is None
    assert (play.state.doctor, play.told) == ("p-doctor", [("p-doctor", "hand_over_off")])
    assert play.state.undos  # his seat is his
    assert offer(play) is None


def test_the_colleague_declines() -> None:
    play = talking()
    offer(play)
    play.tell_all()
    assert play.act(COLLEAGUE, "decline", play.task("take_over").id) is None
    assert (play.state.doctor, play.told) == ("p-doctor", [("p-doctor", "hand_over_off")])


def test_an_offer_nobody_takes_lapses() -> None:
    play = talking()
    offer(play)
    play.tell_all()
    play.wait(minutes=14, seconds=59)
    assert stage(play) == "offered"
    play.wait(seconds=1)
    assert (stage(play), play.told) == (None, [("p-doctor", "hand_over_off")])
    assert play.codes[-1] == "hand_over.lapsed"


def test_it_lapses_with_the_step_it_was_made_in() -> None:
    play = talking(met=True)
    offer(play)
    assert play.act(DOCTOR, "finish", "talk.1.hold") is None
    assert (stage(play), list(play.state.runs)) == (None, ["note"])
    assert [t.name for t in play.state.tasks.values()] == ["write"]


@pytest.mark.parametrize("accepted", [False, True])
def test_it_lapses_with_the_consultation(accepted: bool) -> None:
    play = talking()
    offer(play)
    if accepted:
        accept(play)
    play.tell_all()
    play.act(PATIENT, "cancel")
    assert (play.state.tasks, play.state.hand_over) == ({}, None)
    play.tell_all()
    while play.asked:
        play.settle(play.asked[0])
    assert play.status is Status.CLOSED


def test_after_the_meeting_the_papers_go_with_it() -> None:
    play = talking(met=True)
    offer(play)
    accept(play)
    play.act(PATIENT, "agree", play.task("new_doctor").id)
    assert (play.state.doctor, play.state.met_by) == ("p-colleague", "p-colleague")
    play.act(COLLEAGUE, "finish", "talk.1.hold")
    assert play.state.tasks["note.1.write"].owner.person == "p-colleague"


def test_who_met_the_patient_and_handed_him_over_treated_him() -> None:
    play = talking(met=True)
    offer(play)
    accept(play)
    play.act(PATIENT, "agree", play.task("new_doctor").id)
    assert (play.state.met_by, play.state.treated_by) == ("p-colleague", ["p-doctor"])


def test_a_protocol_still_to_be_written_is_handed_over() -> None:
    play = talking(met=True)
    play.act(DOCTOR, "finish", "talk.1.hold")
    assert offer(play) is None
    accept(play)
    play.act(PATIENT, "agree", play.task("new_doctor").id)
    assert (play.state.met_by, play.state.tasks["note.1.write"].owner.person) == ("p-colleague", "p-colleague")
    facts = {"acts": ["advise"]}
    body = {"content": "ct-1", "sha256": "a" * 64, "facts": facts}
    assert play.act(DOCTOR, "submit", "note.1.write", **body) == "not_yours"
    assert play.act(COLLEAGUE, "submit", "note.1.write", **body) is None


def test_a_protocol_submitted_meanwhile_is_its_writers() -> None:
    play = talking(met=True)
    play.act(DOCTOR, "finish", "talk.1.hold")
    offer(play)
    accept(play)
    body = {"content": "ct-1", "sha256": "a" * 64, "facts": {"acts": ["advise"]}}
    assert play.act(DOCTOR, "submit", "note.1.write", **body) is None
    assert (stage(play), play.state.tasks) == (None, {})
    assert offer(play) == "hand_over_not_allowed"
    play.wait(minutes=5)
    assert play.state.met_by == "p-doctor"


def test_only_where_the_pathway_lets_it() -> None:
    play = talking("consult", met=True)
    assert offer(play) == "hand_over_not_allowed"
    play.act(DOCTOR, "finish", "talk.1.hold")
    assert offer(play) == "hand_over_not_allowed"
    assert "hand_over" not in view(play.pathway, play.state, DOCTOR).actions


@pytest.mark.parametrize("who", [COLLEAGUE, HEAD, SUPERVISOR, PATIENT])
def test_only_the_doctor_gives(who: Actor) -> None:
    assert offer(talking(), who) == "not_yours"


def test_one_at_a_time_to_another_of_the_same_pool() -> None:
    play = talking()
    assert offer(play, to="p-doctor") == "same_doctor"
    assert offer(play, pools=["dermatologists"]) == "not_of_the_pool"
    play.state.payer = "p-colleague"
    assert offer(play) == "own_consultation"
    play.state.payer = None
    assert offer(play) is None
    assert offer(play) == "already_offered"


def test_nobody_takes_over_himself_or_his_ward() -> None:
    play = talking()
    offer(play)
    own = COLLEAGUE.model_copy(update={"patient": "pt-1"})
    assert play.act(own, "accept", play.task("take_over").id) == "own_consultation"
    assert view(play.pathway, play.state, own).tasks[-1].actions == ("decline",)
    nurse = actor("p-colleague", Role.NURSE)
    assert play.act(nurse, "accept", play.task("take_over").id) == "not_yours"


def test_the_next_hand_over_asks_for_the_same_pool() -> None:
    play = talking()
    offer(play)
    accept(play)
    play.act(PATIENT, "agree", play.task("new_doctor").id)
    assert offer(play, COLLEAGUE, to="p-third", pools=[]) == "not_of_the_pool"
    assert offer(play, COLLEAGUE, to="p-third") is None
    assert play.state.outputs["line"] == {
        "doctor": "p-colleague", "seat": None, "care": "advice", "outcome": "done",
    }  # fmt: skip


def test_it_goes_on_in_a_pause_and_in_an_emergency() -> None:
    for hold in ("pause", "flag_emergency"):
        play = talking()
        until = {"reason": "repair", "until": (play.now + timedelta(hours=1)).isoformat()} if hold == "pause" else {}
        assert play.act(SUPERVISOR, hold, **until) is None
        offer(play)
        accept(play)
        play.wait(minutes=5)
        assert play.state.doctor == "p-colleague"


def test_its_own_time_is_not_moved_by_a_pause() -> None:
    play = talking()
    offer(play)
    due = play.task("take_over").due
    until = (play.now + timedelta(minutes=5)).isoformat()
    play.act(SUPERVISOR, "pause", reason="repair", until=until)
    play.wait(minutes=5)
    assert (play.state.paused, play.task("take_over").due, play.state.due()) == (None, due, due)


def test_it_lapses_though_nothing_else_keeps_the_consultation_from_closing() -> None:
    first, _, talk, _ = steps()
    play = Play(first, talk)
    play.state.doctor = "p-doctor"
    play.act(PATIENT, "do", "first.1.work")
    offer(play)
    play.tell_all()
    play.act(PATIENT, "cancel")
    assert (play.status, play.told) == (Status.ENDING, [("p-doctor", "hand_over_off")])
    play.tell_all()
    assert play.status is Status.CLOSED


def test_it_lapses_with_the_turn_it_was_made_in() -> None:
    first, line, talk, _ = steps()
    talk = talk.model_copy(update={"then": {"broken": Jump(to="again"), "timed_out": Jump(to="again")}})
    turns = Step(id="meet", kind="repeat", fields={"times": 2}, steps=(talk,), then={"exhausted": END})
    play = Play(first, line, turns)
    play.act(PATIENT, "do", "first.1.work")
    play.act(DOCTOR, "accept", "line.1.accept", seat="s-1")
    offer(play)
    accept(play)
    play.act(DOCTOR, "nap", "talk.1.hold")
    play.state.runs["talk"].timers["silence"] = play.now + timedelta(minutes=1)
    play.wait(minutes=1)
    assert (stage(play), play.state.runs["talk"].occurrence, play.state.doctor) == (None, 2, "p-doctor")


def test_whom_an_escalation_named_as_the_doctor_is_the_new_one() -> None:
    play = talking()
    play.state.tasks["talk.1.join"].also = (play.state.tasks["talk.1.hold"].owner,)
    offer(play)
    accept(play)
    play.act(PATIENT, "agree", play.task("new_doctor").id)
    assert [owner.person for owner in play.state.tasks["talk.1.join"].also] == ["p-colleague"]


def test_a_state_between_offer_and_answer_is_carried_over() -> None:
    play = talking()
    offer(play)
    play.again()
    accept(play)
    play.again()
    play.wait(minutes=5)
    assert play.state.doctor == "p-colleague"


class TestReassign:
    def reassign(self, play: Play, by: Actor = SUPERVISOR, **body: Any) -> str | None:
        values = {"doctor": "p-colleague", "pools": ["therapists"], "reason": "ill", **body}
        return play.act(by, "reassign", **values)

    def test_before_the_meeting_another_doctor_takes_the_place(self) -> None:
        play = talking()
        play.tell_all()
        assert self.reassign(play) is None
        assert play.state.doctor == "p-colleague"
        assert play.state.tasks["talk.1.hold"].owner.person == "p-colleague"
        assert play.told == [
            ("p-doctor", "consultation_taken_over"),
            ("p-colleague", "consultation_is_yours"),
            ("pt-1", "another_doctor"),
        ]
        assert [p.body["seat"] for p in play.state.pending.values() if p.effect == "queue.free_seat"] == ["s-1"]
        (noted,) = [t.detail for t in play.state.transitions if t.code == "reassigned"]
        assert noted == {
            "reason": "ill",
            "former": "p-doctor",
            "doctor": "p-colleague",
            "care_before": "follow_up",
            "care": "advice",
        }

    def test_what_stands_against_it(self) -> None:
        play = talking()
        assert self.reassign(play, doctor="p-doctor") == "same_doctor"
        assert self.reassign(play, pools=["dermatologists"]) == "not_of_the_pool"
        assert self.reassign(play, DOCTOR) == "not_yours"
        play.act(DOCTOR, "meet", "talk.1.hold")
        assert self.reassign(play) == "met"
        assert self.reassign(Play(*steps())) == "no_doctor"

    def test_a_doctor_of_an_agreed_time_is_replaced_by_one_of_the_same_pool(self) -> None:
        _, line, talk, note = steps()
        play = Play(line, talk, note)
        play.state.doctor = "p-doctor"  # the time has not come yet: the step that assigned him is still open
        assert self.reassign(play, pools=[]) == "not_of_the_pool"
        assert self.reassign(play) is None
        assert play.state.doctor == "p-colleague"

    def test_an_offer_of_the_former_doctor_is_off(self) -> None:
        play = talking()
        offer(play)
        assert self.reassign(play, doctor="p-third") is None
        assert (stage(play), [t.name for t in play.state.tasks.values()]) == (None, ["hold", "join"])

    def test_one_who_met_the_patient_in_an_earlier_turn_is_replaced_before_the_next(self) -> None:
        play = talking(met=True)
        play.state.signed = True
        assert self.reassign(play) == "met"  # what is left of it is his own
        play.state.runs["line"] = play.state.runs["talk"].model_copy(update={"step": "line"})
        hold = play.state.tasks["talk.1.hold"]
        play.state.tasks["line.1.expect"] = hold.model_copy(update={"id": "line.1.expect", "step": "line"})
        assert self.reassign(play) is None
        assert (play.state.doctor, play.state.met_by) == ("p-colleague", "p-doctor")
