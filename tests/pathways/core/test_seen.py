"""What the view and the timers' words say of messages, hand-overs and turns."""

from datetime import timedelta

from domain.pathway import Jump, Pinned, Step
from domain.people import Role
from pathways.view import details, view
from tests.pathways.core.conftest import DOCTOR, PATIENT, STRANGER, SUPERVISOR, Play, actor, duty
from tests.pathways.core.test_handing import accept, offer, talking
from tests.pathways.core.test_turns import measured, to_turn, weekly
from workflows import words

TEXT = Pinned(
    id="tips",
    version=1,
    sha256="a" * 64,
    content={"title": {"ru": "Как мерить", "en": "How to measure"}, "body": {"ru": "Сидя.", "en": "Sitting."}},
)


def message(to: str) -> Step:
    return Step(
        id=f"tell-{to}", kind="notify", fields={"to": to, "text": "tips"}, then={"undelivered": Jump(to="next")}
    )


def test_a_message_is_read_by_whom_it_is_for_and_by_nobody_else() -> None:
    steps = (message("patient"), message("doctor"), message("nurse"), duty("after"))
    play = Play(duty("first"), *steps, texts={"tips": TEXT})
    play.state.doctor = "p-doctor"
    play.act(PATIENT, "do", "first.1.work")
    for people in (1, 0, 1):  # a message that reached nobody stands in the account all the same
        play.settle("notify.deliver", people=people)
    (read,) = view(play.pathway, play.state, PATIENT, "en").messages
    assert (read.step, read.title, read.body, read.at) == ("tell-patient", "How to measure", "Sitting.", play.now)
    nurse = actor("p-nurse", Role.NURSE)
    seen = {who.person: [m.step for m in view(play.pathway, play.state, who).messages] for who in (DOCTOR, nurse)}
    assert seen == {"p-doctor": ["tell-doctor"], "p-nurse": ["tell-nurse"]}
    assert view(play.pathway, play.state, STRANGER).messages == ()
    assert view(play.pathway, play.state, SUPERVISOR).messages == ()


def test_a_message_on_its_way_is_not_there_yet() -> None:
    play = Play(message("patient"), duty("after"), texts={"tips": TEXT})
    assert view(play.pathway, play.state, PATIENT).messages == ()


def test_a_hand_over_is_seen_with_its_stage_and_its_end() -> None:
    play = talking()
    offer(play)
    seen = view(play.pathway, play.state, PATIENT).hand_over
    assert seen is not None
    assert (seen.stage, seen.giver, seen.taker) == ("offered", "p-doctor", "p-colleague")
    assert seen.until == play.now + timedelta(minutes=15)
    assert "Передаётся другому врачу**, до 23.11 12:15" in details(play.pathway, play.state, "ru")
    accept(play)
    seen = view(play.pathway, play.state, PATIENT).hand_over
    assert seen is not None
    assert (seen.stage, seen.until) == ("accepted", play.now + timedelta(minutes=5))


def test_the_timer_of_a_run_says_what_comes() -> None:
    play = Play(weekly(measured()))
    assert words.of_due(play.state, play.state.due() or play.now) == "следующий раз: weekly"
    to_turn(play)
    assert words.of_due(play.state, play.state.due() or play.now) == "срок этапа measure"
    play.act(SUPERVISOR, "pause", reason="repair", until=(play.now + timedelta(minutes=1)).isoformat())
    assert words.of_due(play.state, play.state.due() or play.now) == "конец паузы"
    play = talking()
    offer(play)
    assert words.of_due(play.state, play.state.due() or play.now) == "передача врачу: ответ"
