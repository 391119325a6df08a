"""Short words on timers and activities for whoever opens the run in Temporal UI; encrypted by the codec."""

from datetime import datetime

from domain.base import Text
from domain.effects import Effect
from domain.state import ConsultationState, Pending

UNDO = Text(ru="отмена", en="undo")
PROJECT = Text(ru="запись в карту", en="write to the record")
CALL_BACK = Text(ru="перезвонить: следующий по очереди", en="call back: the next in turn")
PAUSE = Text(ru="конец паузы", en="end of the pause")
DEADLINE = Text(ru="срок этапа", en="deadline of step")
HAND_OVER = Text(ru="передача врачу: ответ", en="hand-over: the answer")
TURN = Text(ru="следующий раз:", en="next turn of")
TIMER = Text(ru="напоминание этапа", en="reminder of step")


def of_effect(effect: type[Effect], key: str, pending: Pending, language: str) -> str:
    """What is being done, and for which step."""
    undo = f"{UNDO.in_(language)}: " if key.startswith("undo:") else ""
    where = f" · {pending.step}" if pending.step else ""
    return f"{undo}{effect.title.in_(language)}{where}"


def of_due(state: ConsultationState, due: datetime) -> str:
    """What happens by itself then."""
    language = state.language
    if state.emergency is not None and state.emergency.escalate_at == due:
        return CALL_BACK.in_(language)
    if state.hand_over is not None and state.hand_over.until == due:
        return HAND_OVER.in_(language)
    if state.paused is not None and state.paused.until == due:
        return PAUSE.in_(language)
    for run in state.runs.values():
        if run.deadline == due:
            return f"{DEADLINE.in_(language)} {run.step}"
    for run in state.runs.values():
        if run.next_turn == due:
            return f"{TURN.in_(language)} {run.step}"
    for run in state.runs.values():
        if due in run.timers.values():
            return f"{TIMER.in_(language)} {run.step}"
    return DEADLINE.in_(language)
