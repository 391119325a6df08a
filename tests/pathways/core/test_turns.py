"""A repeat with ``every``: each turn at its local hour, never two at once, whatever the clocks do."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.pathway import Jump, Step
from domain.state import Status
from pathways.core import engine
from pathways.view import details, view
from tests.pathways.core.conftest import COLLEAGUE, DOCTOR, PATIENT, START, SUPERVISOR, Play, duty, span

MISSED = {"failed": Jump(to="again"), "timed_out": Jump(to="again")}


def weekly(*steps: Step, times: int = 3, days: int = 7, at: str = "10:00") -> Step:
    return Step(id="weekly", kind="repeat", fields={"times": times, "every": {"days": days, "at": at}}, steps=steps)


def measured(**values: Any) -> Step:
    return duty("measure", then=MISSED, **values)


def local(play: Play) -> str:
    at = play.state.runs["weekly"].next_turn
    assert at is not None
    return at.astimezone(ZoneInfo(play.state.zone)).strftime("%a %d.%m %H:%M")


def to_turn(play: Play) -> None:
    at = play.state.runs["weekly"].next_turn
    assert at is not None
    play.wait_until(at)


def test_the_first_turn_comes_at_the_next_such_hour_in_the_patients_zone() -> None:
    # 12:00 in Moscow, 19:00 in Vladivostok: 10:00 is tomorrow's in both.
    assert local(Play(weekly(measured()))) == "Tue 24.11 10:00"
    assert local(Play(weekly(measured(), at="13:30"))) == "Mon 23.11 13:30"
    assert local(Play(weekly(measured(), at="13:30"), zone="Asia/Vladivostok")) == "Tue 24.11 13:30"


def test_where_the_hour_is_now_the_turn_begins_at_once() -> None:
    play = Play(weekly(measured(), at="12:00"))
    assert list(play.state.tasks) == ["measure.1.work"]


def test_each_turn_runs_at_its_time_and_the_last_one_ends_the_repeat_well() -> None:
    play = Play(weekly(measured()), duty("after"))
    seen = []
    for number in (1, 2, 3):
        seen.append(local(play))
        to_turn(play)
        assert play.act(PATIENT, "do", f"measure.{number}.work") is None
    assert seen == ["Tue 24.11 10:00", "Tue 01.12 10:00", "Tue 08.12 10:00"]
    assert list(play.state.runs) == ["after"]
    assert play.state.outputs["weekly"] == {"count": 3, "missed": 0, "missed_in_a_row": 0, "outcome": "done"}


def test_a_missed_turn_ends_only_itself_and_the_last_one_missed_is_not_exhausted() -> None:
    play = Play(weekly(measured(), duty("call", when="weekly.missed_in_a_row >= 2", then=MISSED)), duty("after"))
    to_turn(play)
    play.act(PATIENT, "fail", "measure.1.work")
    assert play.state.outputs["weekly"] == {"count": 1, "missed": 1, "missed_in_a_row": 1}
    to_turn(play)
    play.wait(hours=1)  # nobody measures
    to_turn(play)
    play.act(PATIENT, "do", "measure.3.work")
    assert "call.3.work" in play.state.tasks  # two in a row are read inside the third
    play.act(PATIENT, "fail", "call.3.work")
    assert play.state.outputs["weekly"] == {"count": 3, "missed": 3, "missed_in_a_row": 3, "outcome": "done"}
    assert list(play.state.runs) == ["after"]


def test_a_turn_that_is_kept_begins_the_row_of_missed_ones_anew() -> None:
    play = Play(weekly(measured()))
    for number, how in ((1, "fail"), (2, "do")):
        to_turn(play)
        play.act(PATIENT, how, f"measure.{number}.work")
    assert play.state.outputs["weekly"] == {"count": 2, "missed": 1, "missed_in_a_row": 0}


def test_leave_ends_the_repeat_well_before_its_last_turn() -> None:
    leaves = {"failed": Jump(to="leave"), "timed_out": Jump(to="again")}
    play = Play(weekly(duty("measure", then=leaves)), duty("after"))
    to_turn(play)
    play.act(PATIENT, "fail", "measure.1.work")
    assert (list(play.state.runs), play.state.outputs["weekly"]["outcome"]) == (["after"], "done")


@pytest.mark.parametrize(
    ("zone", "start", "hour", "expected"),
    [
        # Berlin: 02:30 does not exist on 29.03.2026 and exists twice on 25.10.2026.
        ("Europe/Berlin", datetime(2026, 3, 27, 12, tzinfo=UTC), "02:30", ["01:30", "01:30", "00:30"]),
        ("Europe/Berlin", datetime(2026, 10, 23, 12, tzinfo=UTC), "02:30", ["00:30", "00:30", "01:30"]),
        ("Europe/Berlin", datetime(2026, 3, 27, 12, tzinfo=UTC), "10:00", ["09:00", "08:00", "08:00"]),
        ("America/New_York", datetime(2026, 10, 30, 16, tzinfo=UTC), "10:00", ["14:00", "15:00", "15:00"]),
        ("Asia/Kamchatka", datetime(2026, 3, 27, 12, tzinfo=UTC), "00:00", ["12:00", "12:00", "12:00"]),
    ],
)
def test_the_hour_stays_the_local_one_over_a_clock_change(
    zone: str, start: datetime, hour: str, expected: list[str]
) -> None:
    play = Play(weekly(measured(), days=1, at=hour), at=start, zone=zone)
    seen = []
    for number in (1, 2, 3):
        to_turn(play) if play.state.runs["weekly"].next_turn else None
        seen.append(play.now.astimezone(UTC).strftime("%H:%M"))
        play.act(PATIENT, "do", f"measure.{number}.work")
    assert seen == expected


def test_turns_never_overlap_and_a_late_one_begins_at_once_the_next_in_the_old_rhythm() -> None:
    play = Play(weekly(measured(within=span(10 * 86400))))
    to_turn(play)
    play.wait(days=9)
    assert list(play.state.tasks) == ["measure.1.work"]
    play.act(PATIENT, "do", "measure.1.work")
    assert list(play.state.tasks) == ["measure.2.work"]  # two days late, now
    play.act(PATIENT, "do", "measure.2.work")
    assert local(play) == "Tue 08.12 10:00"


def test_a_turn_whose_deadline_is_the_next_ones_hour_gives_way_to_it() -> None:
    play = Play(weekly(measured(within=span(7 * 86400))))
    to_turn(play)
    play.wait_until(play.now + timedelta(days=7))
    assert list(play.state.tasks) == ["measure.2.work"]
    assert play.state.outputs["weekly"]["missed"] == 1


def test_a_clock_moved_over_several_turns_opens_one_and_loses_none() -> None:
    play = Play(weekly(measured()))
    play.wait(days=20)
    assert list(play.state.tasks) == ["measure.1.work"]
    play.act(PATIENT, "do", "measure.1.work")
    assert local(play) == "Tue 15.12 10:00"


def test_a_pause_moves_no_hour_and_what_it_held_back_begins_when_it_is_over() -> None:
    play = Play(weekly(measured()))
    assert play.act(SUPERVISOR, "pause", reason="holiday", until=(play.now + timedelta(hours=5)).isoformat()) is None
    play.wait(hours=5)
    assert local(play) == "Tue 24.11 10:00"
    until = play.now + timedelta(days=2)
    assert play.act(SUPERVISOR, "pause", reason="holiday", until=until.isoformat()) is None
    play.wait_until(until - timedelta(minutes=1))
    assert play.state.tasks == {}
    play.wait_until(until)
    assert list(play.state.tasks) == ["measure.1.work"]
    play.act(PATIENT, "do", "measure.1.work")
    assert local(play) == "Tue 01.12 10:00"


def test_no_turn_begins_while_an_emergency_is_open_and_a_false_alarm_lets_it_begin() -> None:
    play = Play(weekly(measured()))
    play.act(PATIENT, "flag_emergency")
    play.wait(days=1)
    assert "measure" not in play.state.runs
    call = play.task("call_back").id
    assert play.act(SUPERVISOR, "record", call, content="c", sha256="s", verdict="false_alarm") is None
    play.wait()
    assert list(play.state.tasks) == ["measure.1.work"]


def test_a_turn_that_ends_in_a_pause_begins_no_late_one_in_it() -> None:
    play = Play(weekly(measured(within=span(20 * 86400))))
    to_turn(play)
    play.wait(days=8)
    play.act(SUPERVISOR, "pause", reason="holiday", until=(play.now + timedelta(days=1)).isoformat())
    play.fact("f1", step="measure", occurrence=1)
    assert "measure" not in play.state.runs
    play.act(SUPERVISOR, "resume")
    play.wait()
    assert "measure.2.work" in play.state.tasks


class TestBetweenTurns:
    @pytest.fixture
    def play(self) -> Play:
        play = Play(weekly(measured()), duty("after"))
        to_turn(play)
        play.act(PATIENT, "do", "measure.1.work")
        assert (list(play.state.runs), play.state.tasks) == (["weekly"], {})
        return play

    def test_people_see_when_the_next_one_is(self, play: Play) -> None:
        seen = view(play.pathway, play.state, PATIENT, "en")
        (stage,) = seen.stages
        assert (stage.step, stage.kind, stage.title) == ("weekly", "repeat", "Waiting for the next turn")
        assert stage.next_turn == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
        text = details(play.pathway, play.state, "ru")
        assert "Ждём следующего раза (`weekly`), начнётся 01.12 10:00" in text
        assert not re.search("никто", text)

    def test_inside_a_turn_the_repeat_is_no_stage(self, play: Play) -> None:
        to_turn(play)
        assert [stage.step for stage in view(play.pathway, play.state, PATIENT).stages] == ["measure"]

    def test_a_cancel_ends_it(self, play: Play) -> None:
        assert play.act(PATIENT, "cancel") is None
        assert (play.status, play.state.end, play.state.due()) == (Status.CLOSED, "cancelled", None)

    def test_an_administrators_cancel_request_ends_it(self, play: Play) -> None:
        play.state = engine.cancelled(play.pathway, play.state, play.now)
        assert (play.status, play.state.end) == (Status.CLOSED, "cancelled_by_us")

    def test_a_withdrawal_ends_it(self, play: Play) -> None:
        assert play.act(PATIENT, "withdraw", consent="cn-1") is None
        assert play.state.end == "cancelled"

    def test_a_real_emergency_ends_it(self, play: Play) -> None:
        play.act(PATIENT, "flag_emergency")
        play.act(SUPERVISOR, "record", play.task("call_back").id, content="c", sha256="s", verdict="real")
        play.tell_all()
        assert (play.status, play.state.end) == (Status.CLOSED, "emergency")

    def test_it_goes_on_from_a_written_state(self, play: Play) -> None:
        play.again()
        to_turn(play)
        assert list(play.state.tasks) == ["measure.2.work"]

    def test_a_cancel_after_a_meeting_whose_protocol_comes_after_the_turns_leads_to_it(self) -> None:
        then = {"timed_out": Jump(to="end", target="unsigned")}
        early = Step(id="early", kind="protocol", when="false", then=then)
        note = Step(id="note", kind="protocol", then=then)
        play = Play(early, weekly(measured(fields={"meets": True})), duty("more"), note)
        play.state.doctor = "p-doctor"
        to_turn(play)
        play.act(PATIENT, "do", "measure.1.work")
        assert play.act(PATIENT, "cancel") is None
        assert (list(play.state.runs), play.state.wish) == (["note"], "cancelled")

    def test_a_meeting_without_any_protocol_ahead_ends_unsigned_and_hangs_nowhere(self) -> None:
        play = Play(weekly(measured(fields={"meets": True})))
        to_turn(play)
        play.act(PATIENT, "do", "measure.1.work")
        assert play.act(PATIENT, "cancel") is None
        assert play.state.end == "unsigned"


def test_every_turns_meeting_owes_papers_of_its_own() -> None:
    late = {"failed": Jump(to="end", target="unsigned"), "timed_out": Jump(to="end", target="unsigned")}
    broken = {"broken": Jump(to="again"), "timed_out": Jump(to="again")}
    play = Play(
        weekly(
            Step(id="line", kind="test_line", fields={"pool": "therapists"}, then={"timed_out": Jump(to="again")}),
            Step(id="talk", kind="test_talk", then=broken),
            duty("sign", fields={"signs": True}, then=late),
        )
    )
    to_turn(play)
    play.act(DOCTOR, "accept", "line.1.accept", seat="s1")
    play.act(DOCTOR, "meet", "talk.1.hold")
    play.act(DOCTOR, "finish", "talk.1.hold")
    play.act(PATIENT, "do", "sign.1.work")
    assert (play.state.signed, play.state.met_by) == (True, "p-doctor")
    to_turn(play)
    play.act(COLLEAGUE, "accept", "line.2.accept", seat="s2")
    assert (play.state.signed, play.state.met_by) == (False, None)
    # Who signed an earlier turn's papers is asked about them.
    assert play.state.treated_by == ["p-doctor"]
    play.act(COLLEAGUE, "meet", "talk.2.hold")
    assert play.state.met_by == "p-colleague"
    play.act(PATIENT, "cancel")
    assert (play.status, play.state.wish) == (Status.OPEN, "cancelled")


def test_turns_inside_a_branch_wait_beside_the_other_branches() -> None:
    both = Step(id="both", kind="parallel", branches={"a": (weekly(measured(), times=2),), "b": (duty("other"),)})
    play = Play(both, duty("after"))
    assert list(play.state.tasks) == ["other.1.work"]
    play.act(PATIENT, "do", "other.1.work")
    for number in (1, 2):
        to_turn(play)
        play.act(PATIENT, "do", f"measure.{number}.work")
    assert list(play.state.runs) == ["after"]


def test_turns_of_nothing_but_skipped_steps_pass_each_at_its_time() -> None:
    play = Play(weekly(measured(when="false")), duty("after"))
    play.wait_until(START + timedelta(days=14))
    assert play.state.outputs["weekly"]["count"] == 2
    play.wait_until(START + timedelta(days=14, hours=22, minutes=30))
    assert list(play.state.runs) == ["after"]
