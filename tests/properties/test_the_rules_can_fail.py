"""Each rule of the property tests is seen to fail: the core is broken in one place, and the plays must notice."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.pathway import Pathway
from domain.state import ConsultationState
from pathways.core import acts, ending, engine, flow, handing, passing, seats
from pathways.core.draft import StepDraft
from pathways.kinds import _recording, appointment, payment, video
from pathways.kinds._common import free_seats
from tests.properties.player import Player
from tests.properties.search import drawn, seed_of

Break = Callable[[pytest.MonkeyPatch], None]


def nothing(*_: Any, **__: Any) -> None:
    """What should be done is not."""


def waits_longer(patch: pytest.MonkeyPatch) -> None:
    real = passing.expire

    def expire(c: Any, run: Any) -> None:
        if c.step(run.step).kind == "intake" and not run.memory:
            run.memory["later"] = True
            run.deadline += timedelta(days=30)
        else:
            real(c, run)

    patch.setattr(passing, "expire", expire)


def ends_unsigned_as_wished(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "owes_protocol", lambda c: False)


def keeps_seats(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(seats, "free", nothing)
    patch.setattr(StepDraft, "undo", nothing)


def frees_seats_twice(patch: pytest.MonkeyPatch) -> None:
    real = seats.free

    def free(state: Any, now: Any, **at: Any) -> None:
        kept = {name: outputs.get("seat") for name, outputs in state.outputs.items()}
        real(state, now, **at)
        for name, seat in kept.items():
            state.outputs[name]["seat"] = seat

    patch.setattr(seats, "free", free)


def keeps_holds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(StepDraft, "undo", nothing)


def keeps_late_holds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(payment.Payment, "late", nothing)


def keeps_bookings(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(appointment.Appointment, "late", nothing)


def keeps_rooms(patch: pytest.MonkeyPatch) -> None:
    def close(self: video.Video, step: StepDraft) -> None:
        _recording.stop(step)
        free_seats(step)

    patch.setattr(video.Video, "close", close)


def records_on(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(_recording, "stop", nothing)


def a_refused_act_leaves_a_trace(patch: pytest.MonkeyPatch) -> None:
    real = engine.act

    def act(*given: Any) -> Any:
        state, answered = real(*given)
        state.counter += answered.refusal is not None
        return state, answered

    patch.setattr(engine, "act", act)


def a_guard_changes_what_it_looks_at(patch: pytest.MonkeyPatch) -> None:
    real = acts.judge

    def judge(c: Any, act: Any) -> Any:
        c.state.counter += 1
        return real(c, act)

    patch.setattr(acts, "judge", judge)


def forgets_what_it_answered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine, "keep", nothing)


def falls_off_into_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(flow, "fell_off", nothing)


def one_key_for_two_messages(patch: pytest.MonkeyPatch) -> None:
    real = StepDraft.tell

    def tell(self: StepDraft, to: Any, text: str, *, urgent: bool = False, part: str = "") -> None:
        real(self, to, text, urgent=urgent, part="same")

    patch.setattr(StepDraft, "tell", tell)


def time_of_the_machine(patch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(10**9))
    real = engine.settled

    def settled(c: Any) -> ConsultationState:
        c.state.outputs["when"] = {"tick": next(ticks)}
        return real(c)

    patch.setattr(engine, "settled", settled)


def a_hand_over_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(handing, "tidy", nothing)


BREAKS: dict[Break, str] = {
    waits_longer: "its bound is",
    ends_unsigned_as_wished: "nobody signed",
    keeps_seats: "was given back 0 times",
    frees_seats_twice: "was given back 2 times",
    keeps_holds: "was given back 0 times",
    keeps_late_holds: "the hold",
    keeps_bookings: "the booking",
    keeps_rooms: "the room",
    records_on: "still recorded",
    a_refused_act_leaves_a_trace: "a refused act changed something",
    a_guard_changes_what_it_looks_at: "it came otherwise",
    forgets_what_it_answered: "was answered otherwise",
    falls_off_into_nothing: "nobody and nothing will ever move",
    one_key_for_two_messages: "one key, two bodies",
    time_of_the_machine: "it came otherwise",
    a_hand_over_for_ever: "hand-over",
}
"""A break of the core, and what the plays say of it."""
PATHWAYS, PLAYS = 60, 7
"""In so many plays each break must be noticed."""


@pytest.fixture(scope="module")
def found() -> list[tuple[str, Pathway]]:
    """Pathways of all kinds, drawn once."""
    return drawn(11, PATHWAYS)


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.__name__)
def test_a_broken_core_is_noticed(
    found: list[tuple[str, Pathway]], broken: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    told = next(said(found), "nobody noticed")
    assert BREAKS[broken] in told


def said(found: list[tuple[str, Pathway]]) -> Iterator[str]:
    """What the plays say is wrong."""
    for text, pathway in found:
        for number in range(PLAYS):
            try:
                Player(pathway, seed_of(text, number)).play()
            except Exception as error:
                yield str(error)
