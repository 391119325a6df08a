"""When a clinic or a pool is open."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.calendar import Calendar, Hours

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
DAY = (Hours(since=time(9), until=time(13)), Hours(since=time(14), until=time(20)))
OFFICE = Calendar(
    zone="Europe/Moscow",
    week=(*([DAY] * 5), (Hours(since=time(10), until=time(0)),), ()),
    special={date(2026, 12, 31): (Hours(since=time(9), until=time(12)),), date(2027, 1, 4): ()},
)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=MOSCOW), True),
        (datetime(2026, 11, 23, 8, 59, 59, tzinfo=MOSCOW), False),
        (datetime(2026, 11, 23, 13, 30, tzinfo=MOSCOW), False),
        (datetime(2026, 11, 23, 19, 59, 59, tzinfo=MOSCOW), True),
        (datetime(2026, 11, 23, 20, 0, tzinfo=MOSCOW), False),
        (datetime(2026, 11, 28, 23, 59, tzinfo=MOSCOW), True),
        (datetime(2026, 11, 29, 0, 0, tzinfo=MOSCOW), False),
        (datetime(2026, 12, 31, 13, 0, tzinfo=MOSCOW), False),
        (datetime(2027, 1, 4, 12, 0, tzinfo=MOSCOW), False),
    ],
)
def test_it_is_open_in_its_hours_and_not_a_moment_longer(moment: datetime, open_: bool) -> None:
    assert OFFICE.is_open(moment) is open_
    assert OFFICE.is_open(moment.astimezone(UTC)) is open_


def test_the_day_is_that_of_the_calendars_zone_and_not_of_whoever_asks() -> None:
    late_in_new_york = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("America/New_York"))  # Monday 07:30 in Moscow
    assert not OFFICE.is_open(late_in_new_york)
    assert OFFICE.is_open(late_in_new_york + timedelta(hours=2))


def test_an_hour_that_the_clocks_show_twice_counts_once_each() -> None:
    until_two = Calendar(zone="Europe/Berlin", week=((Hours(since=time(0), until=time(2, 30)),),) * 7)
    first = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN)
    assert until_two.is_open(first)
    assert not until_two.is_open(first.replace(fold=1))


def test_round_the_clock_is_never_closed_also_on_the_day_of_a_clock_change() -> None:
    always = Calendar(zone="Europe/Berlin", week=((Hours(since=time(0), until=time(0)),),) * 7)
    start = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    assert all(always.is_open(start + timedelta(minutes=15 * n)) for n in range(24 * 4))
