"""A colleague's opinion is asked and given; a consent taken back stops what it permitted."""

from typing import Any

import pytest

from domain.people import Role
from domain.state import Status
from pathways.view import view
from tests.pathways.core.conftest import COLLEAGUE, DOCTOR, HEAD, PATIENT, Play, actor
from tests.pathways.core.test_handing import talking

SHA = "a" * 64


def ask(play: Play, by: Any = DOCTOR, colleague: str = "p-colleague") -> str | None:
    return play.act(by, "consult", colleague=colleague, content="ct-q", sha256=SHA)


def test_a_question_is_asked_and_answered_and_nothing_waits_for_it() -> None:
    play = talking("consult", met=True)
    play.tell_all()
    assert ask(play) is None
    task = play.task("opinion")
    assert (task.owner.person, task.data["content"], play.told) == (
        "p-colleague", "ct-q", [("p-colleague", "opinion_asked")],
    )  # fmt: skip
    play.tell_all()
    assert play.act(COLLEAGUE, "give", task.id, content="ct-a", sha256=SHA) is None
    assert play.told == [("p-doctor", "opinion_given")]
    noted = play.state.transitions[-1]
    assert (noted.code, noted.actor, noted.detail) == (
        "opinion.given", "p-colleague", {"question": "ct-q", "content": "ct-a"},
    )  # fmt: skip
    assert play.act(DOCTOR, "finish", "talk.1.hold") is None


def test_a_colleague_may_have_none() -> None:
    play = talking("consult")
    ask(play)
    play.tell_all()
    assert play.act(COLLEAGUE, "decline", play.task("opinion").id) is None
    assert play.told == [("p-doctor", "opinion_declined")]


def test_a_question_closes_with_its_step() -> None:
    play = talking("consult", met=True)
    ask(play)
    play.act(DOCTOR, "finish", "talk.1.hold")
    assert [task.name for task in play.state.tasks.values()] == ["write"]
    assert play.act(COLLEAGUE, "give", "_.1.opinion", content="ct-a", sha256=SHA) == "too_late"


def test_several_colleagues_each_one_question() -> None:
    play = talking("consult")
    assert ask(play) is None
    assert ask(play) == "already_asked"
    assert ask(play, colleague="p-third") is None


def test_what_stands_against_it() -> None:
    play = talking("consult")
    assert ask(play, HEAD) == "not_yours"
    assert ask(play, colleague="p-doctor") == "same_doctor"
    assert ask(talking("handover")) == "consult_not_allowed"
    ask(play)
    father = COLLEAGUE.model_copy(update={"patient": "pt-1"})
    assert play.act(father, "give", play.task("opinion").id, content="c", sha256=SHA) == "own_consultation"
    assert play.act(actor("p-other", Role.DOCTOR), "give", play.task("opinion").id, content="c", sha256=SHA) == (
        "not_yours"
    )


class TestWithdrawnInMidCall:
    def withdraw(self, play: Play, **body: str) -> str | None:
        return play.act(PATIENT, "withdraw", consent="cn-1", **body)

    def test_of_recording_stops_it_and_the_call_goes_on(self) -> None:
        play = talking(met=True)
        assert self.withdraw(play, purpose="recording") is None
        assert play.state.runs["talk"].memory == {}
        assert (play.status, play.state.wish, "talk" in play.state.runs) == (Status.OPEN, None, True)

    def test_of_what_an_open_step_deals_with_ends_nothing(self) -> None:
        play = talking(met=True)
        assert self.withdraw(play, purpose="observers") is None
        assert (play.status, play.state.wish, "talk" in play.state.runs) == (Status.OPEN, None, True)

    def test_of_recording_where_nothing_is_recorded_ends_nothing_either(self) -> None:
        play = talking()
        assert self.withdraw(play, purpose="recording") is None
        assert (play.status, "talk" in play.state.runs) == (Status.OPEN, True)
        assert play.state.withdrawn == ["recording"]  # what opens later must know of it

    def test_of_disclosure_ends_nothing(self) -> None:
        play = talking(met=True)
        assert self.withdraw(play, purpose="disclosure") is None
        assert (play.status, play.state.wish) == (Status.OPEN, None)

    @pytest.mark.parametrize("purpose", ["intervention", "contract", "personal_data"])
    def test_of_anything_else_finishes_by_the_protocol(self, purpose: str) -> None:
        play = talking(met=True)
        assert self.withdraw(play, purpose=purpose) is None
        assert (play.state.wish, list(play.state.runs)) == ("cancelled", ["note"])

    def test_of_anything_else_before_the_meeting_ends_at_once(self) -> None:
        play = talking()
        assert self.withdraw(play) is None  # a body without a purpose is of an older sender
        assert (play.status, play.state.end) == (Status.ENDING, "cancelled")

    def test_the_purpose_is_noted(self) -> None:
        play = talking()
        self.withdraw(play, purpose="disclosure")
        (noted,) = [t.detail for t in play.state.transitions if t.code == "consent.withdrawn"]
        assert noted == {"consent": "cn-1", "purpose": "disclosure"}

    def test_it_is_the_patients_alone(self) -> None:
        play = talking()
        assert play.act(DOCTOR, "withdraw", consent="cn-1") == "not_yours"
        assert "withdraw" in view(play.pathway, play.state, PATIENT).actions
