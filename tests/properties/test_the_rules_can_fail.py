"""Each rule of the property tests is seen to fail: the core is broken in one place, and the plays must notice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import seed as seeded

from domain.state import ConsultationState
from pathways.core import acts, ending, engine, flow, handing, passing, seats
from pathways.core.draft import StepDraft
from pathways.kinds import _recording, appointment, payment, video
from pathways.kinds._common import free_seats
from tests.properties.clinic import house
from tests.properties.player import Player
from tests.properties.search import seed_of
from tests.properties.shapes import pathways
from tests.properties.writing import written

Break = Callable[[pytest.MonkeyPatch], None]


def nothing(*_: Any, **__: Any) -> None:
    """What should be done is not."""


def never_expires(patch: pytest.MonkeyPatch) -> None:
    real = passing.expire

    def expire(c: Any, run: Any) -> None:
        if c.step(run.step).kind == "intake":
            run.deadline += timedelta(days=30)
        else:
            real(c, run)

    patch.setattr(passing, "expire", expire)


def ends_unsigned_as_wished(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ending, "owes_protocol", lambda c: False)


def keeps_seats(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(seats, "free", nothing)


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
    real = acts.judge

    def judge(c: Any, act: Any) -> Any:
        c.state.counter += 1
        return real(c, act)

    patch.setattr(acts, "judge", judge)


def forgets_what_it_answered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(engine, "keep", nothing)


def a_step_nobody_owns(patch: pytest.MonkeyPatch) -> None:
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
    never_expires: "its bound is",
    ends_unsigned_as_wished: "nobody signed",
    keeps_seats: "the seat",
    frees_seats_twice: "the seat",
    keeps_holds: "the hold",
    keeps_late_holds: "the hold",
    keeps_bookings: "the booking",
    keeps_rooms: "the room",
    records_on: "still recorded",
    a_refused_act_leaves_a_trace: "",
    forgets_what_it_answered: "",
    a_step_nobody_owns: "nobody and nothing will ever move",
    one_key_for_two_messages: "one key, two bodies",
    time_of_the_machine: "it came otherwise",
    a_hand_over_for_ever: "",
}
"""A break of the core, and what the plays say of it."""
SEARCHED = 150
"""Pathways searched at most for a play that notices."""


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.__name__)
def test_a_broken_core_is_noticed(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    told: list[str] = []

    @seeded(11)
    @settings(
        max_examples=SEARCHED,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(pathways())
    def search(pathway: dict[str, Any]) -> None:
        assume(not told)
        text = written(pathway)
        judged = house().judge(text).pathway
        assume(judged is not None)
        assert judged is not None
        for number in range(4):
            try:
                Player(judged, seed_of(text, number)).play()
            except Exception as error:
                told.append(str(error))
                return

    search()
    assert told, "nobody noticed"
    assert BREAKS[broken] in told[0]
