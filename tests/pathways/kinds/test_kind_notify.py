"""A message of the clinic: to whom, and whether it reached anybody."""

from typing import Any

import pytest

from domain.effects.notify import Deliver
from tests.pathways.kinds.desk import START
from tests.pathways.kinds.stage import SUPERVISOR, Stage


def message(to: str = "patient", within: str | None = None, **more: Any) -> Stage:
    return Stage("notify", within=within, to=to, text="hello", **more)


@pytest.mark.parametrize(
    ("to", "owner"),
    [("patient", {"patient": "pt-1"}), ("doctor", {"person": "p-doctor"}), ("nurse", {"role": "nurse"})],
)
def test_it_goes_to_whom_it_is_for_and_says_nothing_outside(to: str, owner: dict[str, str]) -> None:
    stage = message(to, state={"doctor": "p-doctor"})
    (body,) = stage.asked(Deliver)
    assert {name: value for name, value in body["to"].items() if value} == owner
    assert "hello" not in str(body)


def test_it_stands_in_the_account_whether_it_reached_anybody_or_not() -> None:
    for people, outcome in ((1, "done"), (0, "undelivered")):
        stage = message()
        stage.settle(Deliver, people=people)
        assert stage.outputs == {"outcome": outcome, "text": "hello", "at": START.isoformat()}


def test_one_that_cannot_be_sent_is_undelivered_and_stops_nothing() -> None:
    stage = message()
    stage.give_up(Deliver)
    assert stage.outcome == "undelivered"
    assert stage.state.end == "other"


def test_one_to_a_doctor_nobody_has_reaches_nobody() -> None:
    assert message("doctor").outcome == "undelivered"


def test_one_not_sent_in_time_is_undelivered_and_its_answer_moves_nothing_any_more() -> None:
    stage = message(within="5m")
    stage.wait(minutes=5)
    assert stage.outcome == "undelivered"
    stage.settle(Deliver, people=1)
    assert stage.outcome == "undelivered"


def test_it_may_be_skipped() -> None:
    stage = message()
    stage.must(SUPERVISOR, "skip", step="step", reason="told_by_phone")
    assert stage.outcome == "skipped"
