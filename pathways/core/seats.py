"""The doctor's seat: a queue took it, and whoever ends the meeting, or gives it to another doctor, gives it back."""

from datetime import datetime

from domain.effects.queue import FreeSeat
from domain.state import ConsultationState
from pathways.core.draft import ask


def free(state: ConsultationState, now: datetime, *, step: str | None = None, occurrence: int | None = None) -> None:
    """Give back every seat taken for this consultation, each once, and forget its undo.

    ``step`` and ``occurrence`` are in whose name it is asked: of the step that took the seat unless told otherwise.
    """
    for name, outputs in state.outputs.items():
        seat, doctor = outputs.get("seat"), outputs.get("doctor")
        if not seat or not doctor:
            continue
        asker, turn = step or name, occurrence or state.occurrences.get(name, 1)
        ask(state, now, FreeSeat, step=asker, occurrence=turn, part=seat, doctor=doctor, seat=seat)
        outputs["seat"] = None
        state.undos = [u for u in state.undos if (u.effect, u.body.get("seat")) != (FreeSeat.activity, seat)]
