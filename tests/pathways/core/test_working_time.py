"""Deadlines counted in working hours: the pool's own calendar, else the clinic's, over nights, holidays and clocks."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from domain.calendar import Calendar, Hours, Span
from domain.pathway import Escalation, Step
from tests.pathways.core.conftest import PATIENT, Play, duty

DAY = (Hours(since=time(9), until=time(18)),)
NIGHT = (Hours(since=time(20), until=time(0)),)


def calendar(zone: str = "Europe/Moscow", hours: Any = DAY, **special: Any) -> Calendar:
    week = (hours,) * 5 + ((), ())
    return Calendar(
        zone=zone, week=week, special={date.fromisoformat(k[1:].replace("_", "-")): v for k, v in special.items()}
    )


def working(seconds: int) -> Span:
    return Span(seconds=seconds, working=True)


def deadline(play: Play, step: str = "first") -> str:
    found = play.state.runs[step].deadline
    assert found is not None
    return found.astimezone(UTC).strftime("%a %d.%m %H:%M")


def test_over_a_weekend() -> None:
    friday = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)  # 17:30 in Moscow
    play = Play(duty("first", within=working(3600)), at=friday, calendar=calendar())
    assert deadline(play) == "Mon 30.11 06:30"
    play.wait_until(friday + timedelta(days=2))
    assert "first" in play.state.runs
    play.wait_until(datetime(2026, 11, 30, 6, 30, tzinfo=UTC))
    assert play.state.end == "abandoned"


def test_over_a_holiday_and_a_working_saturday() -> None:
    special = calendar(d2026_11_30=(), d2026_11_28=(Hours(since=time(10), until=time(10, 30)),))
    friday = datetime(2026, 11, 27, 14, 30, tzinfo=UTC)
    assert deadline(Play(duty("first", within=working(5400)), at=friday, calendar=special)) == "Tue 01.12 06:30"


def test_over_midnight() -> None:
    late = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # 23:00 in Moscow
    play = Play(duty("first", within=working(2 * 3600)), at=late, calendar=calendar(hours=NIGHT))
    assert deadline(play) == "Tue 24.11 18:00"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 28, 22, tzinfo=UTC), "Sun 29.03 05:00"),  # the night has 23 hours
        (datetime(2026, 10, 24, 21, tzinfo=UTC), "Sun 25.10 04:00"),  # and here 25
    ],
)
def test_over_a_clock_change(at: datetime, expected: str) -> None:
    around_the_clock = ((Hours(since=time(0), until=time(0)),),) * 7
    play = Play(
        duty("first", within=working(7 * 3600)), at=at, calendar=Calendar(zone="Europe/Berlin", week=around_the_clock)
    )
    assert deadline(play) == expected


def test_a_pools_own_hours_stand_before_the_clinics() -> None:
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 12:00 in Moscow
    line = Step(
        id="line",
        kind="test_line",
        fields={"pool": "night"},
        within=working(3600),
        remind=(working(600),),
        escalate=(Escalation(after=working(1200), who="head_doctor"),),
    )
    play = Play(line, at=monday, calendar=calendar(), calendars={"night": calendar(hours=NIGHT)})
    run = play.state.runs["line"]
    assert deadline(play, "line") == "Mon 23.11 18:00"
    moments = {name: at.astimezone(UTC).strftime("%H:%M") for name, at in run.timers.items()}
    assert moments == {"remind:0": "17:10", "escalate:0": "17:20"}
    assert play.pathway.calendar_of(duty("x")) == calendar()


def test_a_kinds_own_timer_counts_in_the_same_hours() -> None:
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    line = Step(id="line", kind="test_line", fields={"pool": "night"})
    play = Play(line, at=monday, calendar=calendar(), calendars={"night": calendar(hours=NIGHT)})
    draft = engine_draft(play, "line")
    draft.timer("again", working(600))
    assert play.state.runs["line"].timers["again"].astimezone(UTC).strftime("%H:%M") == "17:10"


def engine_draft(play: Play, step: str) -> Any:
    from pathways.core.context import Context

    return Context(play.pathway, play.state, play.now).draft(play.state.runs[step])


def test_a_span_is_computed_once_and_a_later_act_does_not_move_it() -> None:
    play = Play(duty("first", within=working(3600)), duty("second", within=working(3600)), calendar=calendar())
    before = deadline(play)
    play.fact("f", step="nowhere")
    assert deadline(play) == before
    play.wait(minutes=30)
    play.act(PATIENT, "do", "first.1.work")
    assert deadline(play, "second") == "Mon 23.11 10:30"
