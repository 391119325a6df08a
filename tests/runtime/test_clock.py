"""The domain clock outside workflows: read from its row, kept a moment, exact as a straight line."""

from datetime import UTC, datetime, timedelta

from domain.clock import Clock
from runtime import clock as runtime_clock
from runtime.clock import DomainClock, real_now, still_clock


async def test_the_row_is_read_once_a_second_at_most() -> None:
    reads = 0

    async def load() -> Clock:
        nonlocal reads
        reads += 1
        return still_clock()

    clock = DomainClock(load)
    for _ in range(10):
        await clock.now()
    assert reads == 1
    assert runtime_clock.KEPT <= 1.0


async def test_domain_time_follows_a_moved_clock() -> None:
    anchor = datetime(2030, 1, 1, tzinfo=UTC)

    async def load() -> Clock:
        return Clock(anchor=anchor, real_anchor=real_now())

    now = await DomainClock(load).now()
    assert anchor <= now < anchor + timedelta(seconds=5)


async def test_an_unmoved_clock_is_real_time() -> None:
    real = real_now()
    assert still_clock().now(real) == real


def test_a_deadline_that_has_not_come_is_never_waited_for_without_time() -> None:
    real = real_now()
    fast = Clock(anchor=real, real_anchor=real, rate=3600.0)
    left = fast.real_until(real + timedelta(microseconds=1), real)
    assert left is not None
    assert left > timedelta()
    assert fast.real_until(real, real) == timedelta()
