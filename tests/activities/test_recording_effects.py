"""Recording a room: once, never late, and stopped whatever happens."""

from datetime import timedelta
from typing import Any

import pytest

from activities.video import Video, in_real_time
from domain.clock import Clock
from domain.effects.video import OpenRoom, StartRecording, StopRecording
from domain.state import Pending
from tests.activities.acting import Stands, fails
from tests.activities.conftest import NOW, Case


def doing(case: Case) -> Video:
    return Video(case.database, case.wiring.video)


async def opened(case: Case) -> str:
    room: str = (await doing(case).open(case.effect(OpenRoom, until=NOW))).room
    return room


def starting(case: Case, room: str, part: str = "1") -> StartRecording:
    effect: StartRecording = case.effect(StartRecording, room=room, part=part)
    return effect


def stopping(case: Case, room: str, recording: str | None = None, part: str = "1") -> StopRecording:
    effect: StopRecording = case.effect(StopRecording, room=room, recording=recording, part=part)
    return effect


async def recording_of(stand: Stands, room: str) -> Any:
    return (await stand["video"].get(f"/rooms/{room}"))["recording"]


@pytest.mark.parametrize("mode", ["fail_before", "fail_after_commit", "lost_answer", "twice"])
async def test_whatever_fails_a_room_is_recorded_once(case: Case, stand: Stands, mode: str) -> None:
    effect = starting(case, await opened(case))
    await stand["video"].fail("record", mode)
    if mode != "twice":
        error = await fails(lambda: doing(case).record(effect))
        assert error.type == ("Unavailable" if mode == "fail_before" else "Uncertain")
    first = await doing(case).record(effect)
    assert await doing(case).record(effect) == first
    (kept,) = await stand["video"].ledger("record")
    assert (kept["key"], kept["effect"]["recording"]) == (effect.key, first.recording)


@pytest.mark.parametrize("named", [True, False], ids=["by its id", "whatever records"])
@pytest.mark.parametrize("mode", ["fail_before", "fail_after_commit", "lost_answer", "twice"])
async def test_whatever_fails_a_recording_is_stopped_once(case: Case, stand: Stands, mode: str, named: bool) -> None:
    room = await opened(case)
    made = await doing(case).record(starting(case, room))
    effect = stopping(case, room, made.recording if named else None)
    await stand["video"].fail("stop_recording", mode)
    if mode != "twice":
        assert (await fails(lambda: doing(case).stop_recording(effect))).type == "Unavailable"
    await doing(case).stop_recording(effect)
    await doing(case).stop_recording(effect)
    assert await recording_of(stand, room) is None
    assert len(await stand["video"].ledger("stop_recording")) == 1


async def test_a_start_whose_answer_was_lost_does_not_record_again_after_the_stop(case: Case, stand: Stands) -> None:
    room = await opened(case)
    await stand["video"].fail("record", "lost_answer")
    await fails(lambda: doing(case).record(starting(case, room)))
    await doing(case).stop_recording(stopping(case, room))
    await doing(case).record(starting(case, room))
    assert await recording_of(stand, room) is None


async def test_recorded_again_it_is_another_recording_and_the_old_stop_leaves_it_alone(
    case: Case, stand: Stands
) -> None:
    room = await opened(case)
    first = await doing(case).record(starting(case, room))
    await doing(case).stop_recording(stopping(case, room, first.recording))
    second = await doing(case).record(starting(case, room, "2"))
    await doing(case).stop_recording(stopping(case, room, first.recording))
    assert await recording_of(stand, room) == second.recording != first.recording


async def test_a_start_that_nobody_asks_for_any_more_records_nothing(case: Case, stand: Stands) -> None:
    """The record is ahead and does not show it: a run that was reset must not record people by its past."""
    effect = starting(case, await opened(case))
    pending = Pending(effect=effect.activity, body=effect.model_dump(mode="json"), step="step", occurrence=1, since=NOW)
    await case.project(pending={effect.key: pending.model_dump()})
    await case.project(pending={})
    error = await fails(lambda: doing(case).record(effect))
    assert (error.type, error.message) == ("Refused", "overtaken")
    assert await stand["video"].ledger("record") == []


async def test_a_stop_is_done_whatever_the_record_says_by_now(case: Case, stand: Stands) -> None:
    room = await opened(case)
    await doing(case).record(starting(case, room))
    effect = stopping(case, room)
    await case.project(epoch=2)
    await doing(case).stop_recording(effect)
    assert await recording_of(stand, room) is None


async def test_a_closed_room_is_not_recorded(case: Case, stand: Stands) -> None:
    room = await opened(case)
    await case.wiring.video.close(room)
    error = await fails(lambda: doing(case).record(starting(case, room)))
    assert (error.type, error.message) == ("Refused", "closed")


@pytest.mark.parametrize(("rate", "hours"), [(1.0, 2.0), (60.0, 2 / 60), (0.0, 2.0)])
def test_the_end_of_a_room_is_told_in_the_worlds_time_even_by_a_clock_that_stands(rate: float, hours: float) -> None:
    real = NOW + timedelta(days=100)
    clock = Clock(anchor=NOW, real_anchor=real, rate=rate)
    assert in_real_time(NOW + timedelta(hours=2), clock) == real + timedelta(hours=hours)
