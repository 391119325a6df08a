"""`every`: turns at their time, and how long everything can take; pools with hours of their own; names that fit."""

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from pydantic import TypeAdapter

from api.states import TaskId
from domain.base import Code
from domain.pathway import Pathway
from pathways.checks.bound import CLOCK_CHANGE, DAY, bound, elapsed
from pathways.core.kind import kinds
from pathways.grammar import MOST_STEPS, Envelope
from tests.pathways.language.base import PATHWAY, WATCH, broken, compiled, told


def watch(folder: Path, text: str = WATCH) -> Pathway:
    found = compiled(folder, watch=text)
    assert told(found.findings) == []
    return found.pathway("watch")


def test_turns_with_their_time_are_compiled_as_days_and_hour(tmp_path: Path) -> None:
    weeks = watch(tmp_path).index["weeks"]
    assert weeks.fields == {"times": 8, "every": {"days": 7, "at": "10:00"}}
    assert weeks.then == {}


def test_the_bound_counts_the_first_wait_the_days_between_and_the_last_turn(tmp_path: Path) -> None:
    pathway = watch(tmp_path)
    # 8h working from Friday 17:00 to Monday 17:00, after the two days the patient has
    turn = timedelta(days=2) + timedelta(days=3)
    weeks = DAY + 7 * 7 * DAY + CLOCK_CHANGE + turn
    before = timedelta(days=2, minutes=2) + timedelta(days=14 + 2, hours=2) + timedelta(days=2)
    assert bound(pathway).longest == before + weeks


def test_repeats_with_their_time_may_stand_in_each_other_where_they_fit(tmp_path: Path) -> None:
    inner = "      - {id: look,"
    days = (
        "      - id: days\n        kind: repeat\n        times: 3\n        every: 1d at 21:00\n        steps:\n"
        "          - {id: tell, kind: notify, to: patient, text: hello, then: {undelivered: again}}\n" + inner
    )
    pathway = watch(tmp_path, broken(WATCH, inner, days).replace("every: 7d", "every: 14d"))
    assert bound(pathway).longest > 7 * 14 * DAY
    found = compiled(tmp_path / "tight", watch=broken(WATCH, inner, days))
    assert [code for code, _, _ in told(found.findings)] == ["CP308"]


def test_after_the_last_turn_everything_a_turn_may_leave_is_known(tmp_path: Path) -> None:
    last = (
        "  - {id: out, kind: end, as: away, when: 'weeks.missed > 3 || (has(ask.outcome) && ask.outcome == \"bad\")'}\n"
    )
    watch(tmp_path, WATCH + last)
    found = compiled(
        tmp_path / "unguarded", watch=WATCH + last.replace("has(ask.outcome) && ", "size(ask.choice) > 0 && ")
    )
    assert [code for code, _, _ in told(found.findings)] == ["CP402"]


def test_leaving_a_turn_ends_the_repeat_well(tmp_path: Path) -> None:
    pathway = watch(
        tmp_path, broken(WATCH, "then: {bad: next, timed_out: again}", "then: {bad: leave, timed_out: again}")
    )
    assert pathway.index["ask"].then["bad"].to == "leave"


def test_a_step_may_be_left_behind_by_a_turn(tmp_path: Path) -> None:
    watch(
        tmp_path,
        broken(WATCH, "wait: true, within: 8h working, then: {timed_out: next}", "within: 1d, then: {timed_out: next}"),
    )
    text = broken(
        WATCH, "      - {id: look,", "      - {id: nps, kind: survey, wait: false, within: 3d}\n      - {id: look,"
    )
    assert bound(watch(tmp_path / "left", text)).left_behind == timedelta(days=3)


def test_only_pools_with_hours_of_their_own_have_a_calendar_pinned(tmp_path: Path) -> None:
    pathway = watch(tmp_path)
    assert set(pathway.calendars) == {"night"}
    assert compiled(tmp_path / "other").pathway("visit").calendars == {}
    book = pathway.index["book"]
    calendar = pathway.calendar_of(book)
    assert calendar is not None
    assert calendar.week[6]
    assert pathway.calendar_of(pathway.index["look"]) == pathway.calendar


def test_working_time_of_a_pool_is_counted_in_its_own_hours(tmp_path: Path) -> None:
    plain = watch(tmp_path)
    night = watch(tmp_path / "night", broken(WATCH, "within: 14d", "within: 40h working"))
    book = night.index["book"]
    assert elapsed(book.within, night.calendar_of(book)) == timedelta(days=9, hours=24)
    assert bound(plain).longest - bound(night).longest == timedelta(days=14) - timedelta(days=10)


def test_the_longest_name_fits_into_every_id_made_of_it() -> None:
    step = "s" * next(m.max_length for m in Envelope.model_fields["id"].metadata if hasattr(m, "max_length"))
    part = len(str(MOST_STEPS))
    inner = max((name for name, kind in kinds().items() if kind.internal), key=len)
    TypeAdapter(Code).validate_python(f"{step}.{inner}.{'9' * part}")
    turns = "9" * 6
    workflow = "c-" + "a" * 26
    child = f"{workflow}.{step}.{turns}"
    task = max((name for kind in kinds().values() for name in type(kind).task_titles), key=len)
    pattern = next(m.pattern for m in get_args(TaskId)[1].metadata if hasattr(m, "pattern"))
    for made in (f"{child}.{step}.{turns}.{inner}.{'9' * part}", f"{step}.{inner}.{'9' * part}.{turns}.{task}_999"):
        assert re.fullmatch(pattern, made), (len(made), made)


@pytest.mark.parametrize("text", ["1d at 00:00", "7d at 10:00", "730d at 23:59"])
def test_an_hour_is_written_as_it_is_read(text: str, tmp_path: Path) -> None:
    found = compiled(tmp_path, watch=broken(WATCH, "every: 7d at 10:00", f"every: {text}")).findings
    assert {one.code for one in found} <= {"CP308"}


def test_visit_has_no_time_of_its_own(tmp_path: Path) -> None:
    assert compiled(tmp_path, visit=PATHWAY).pathway("visit").index["meet"].fields == {"times": 2, "every": None}
