"""The stepped clock: a straight line over real time, and one that stands until it is moved."""

from datetime import UTC, datetime, timedelta

from domain.clock import Clock

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
REAL = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_domain_time_runs_at_its_rate() -> None:
    clock = Clock(anchor=AT, real_anchor=REAL, rate=60)
    assert clock.now(REAL + timedelta(minutes=1)) == AT + HOUR
    assert clock.real_until(AT + HOUR, REAL) == timedelta(minutes=1)
    assert clock.real_until(AT, REAL) == timedelta()


def test_a_clock_that_stands_is_only_moved() -> None:
    clock = Clock(anchor=AT, real_anchor=REAL, rate=0)
    assert clock.now(REAL + 1000 * HOUR) == AT
    assert clock.advanced(HOUR, REAL).now(REAL + 5 * HOUR) == AT + HOUR


def test_no_deadline_ahead_ever_comes_to_a_clock_that_stands_and_one_that_is_over_has_come() -> None:
    clock = Clock(anchor=AT, real_anchor=REAL, rate=0)
    assert clock.real_until(AT + HOUR, REAL) is None
    assert clock.real_until(AT, REAL) == timedelta()
    assert clock.real_until(AT - HOUR, REAL) == timedelta()
