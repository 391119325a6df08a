"""The relay's loops: they outlive an outage, stop cleanly and never hide a bug."""

import asyncio

import pytest

from ports import Unavailable
from workers.loops import Loop, keep, keep_all


async def test_a_loop_stops_after_the_round_at_hand() -> None:
    stop, ended = asyncio.Event(), 0

    async def round_() -> bool:
        nonlocal ended
        stop.set()
        await asyncio.sleep(0)
        ended += 1
        return True

    await asyncio.wait_for(keep(Loop("one", 60, round_), stop), 5)
    assert ended == 1


async def test_a_loop_with_work_left_does_not_pause() -> None:
    stop, rounds = asyncio.Event(), 0

    async def round_() -> bool:
        nonlocal rounds
        rounds += 1
        if rounds == 100:
            stop.set()
        return True

    await asyncio.wait_for(keep(Loop("busy", 60, round_), stop), 5)
    assert rounds == 100


async def test_an_outage_is_outlived() -> None:
    stop, rounds = asyncio.Event(), 0

    async def round_() -> bool:
        nonlocal rounds
        rounds += 1
        if rounds < 3:
            raise Unavailable("redis")
        stop.set()
        return False

    await asyncio.wait_for(keep(Loop("tried", 0.01, round_), stop), 5)
    assert rounds == 3


async def test_a_bug_ends_the_process_and_is_seen() -> None:
    async def fine() -> bool:
        return False

    async def broken() -> bool:
        raise KeyError("a bug")

    with pytest.raises(ExceptionGroup) as raised:
        await asyncio.wait_for(keep_all([Loop("fine", 60, fine), Loop("broken", 60, broken)], asyncio.Event()), 5)
    assert raised.value.subgroup(KeyError) is not None
