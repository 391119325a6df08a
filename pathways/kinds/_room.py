"""Who is in a video room, as the provider's facts tell it. No kind.

They may come twice, late or out of order, so presence is a set of connections (``participant``, one id a connection;
without it, one a side), and a connection that was seen to leave before it was seen to join never counts as present.
"""

from domain.base import Json
from pathways.core.draft import StepDraft

BOTH = frozenset({"doctor", "patient"})
GUEST = "invited"


def begin(step: StepDraft) -> None:
    """Nobody is there yet."""
    step.memory.update({"in": {}, "gone": [], "came": []})


def present(step: StepDraft) -> frozenset[str]:
    """The sides that are in the room now; invited people do not count."""
    return frozenset(step.memory["in"].values()) & BOTH


def has_guests(step: StepDraft) -> bool:
    """Whether anybody invited is in the room."""
    return GUEST in step.memory["in"].values()


def count_presence(step: StepDraft, event: Json, side: str, participant: Json) -> None:
    """Keep the set of connections. A known one stays what it is: a former doctor's does not become the new one's."""
    inside, gone = step.memory["in"], step.memory["gone"]
    connection = str(participant or side)
    if event == "joined" and connection not in inside:
        if side not in step.memory["came"]:
            step.memory["came"].append(side)
        if connection not in gone:
            inside[connection] = side
    elif event == "left" and inside.pop(connection, None) is None and participant:
        gone.append(connection)
    elif event == "closed":
        inside.clear()


def another_doctor(step: StepDraft) -> None:
    """Who sits there as the doctor is a guest from now on: the one who is the doctor comes by a ticket of his own.

    Where connections have no ids of their own he counts as gone: the next one would not be told from him.
    """
    inside = step.memory["in"]
    inside.update({known: GUEST for known, side in inside.items() if side == "doctor"})
    inside.pop("doctor", None)
    step.memory["came"] = [side for side in step.memory["came"] if side != "doctor"]


def missing(step: StepDraft) -> str:
    """Who did not come, by who is there now, else by who ever came; both or neither: ``technical``."""
    for sides in (present(step), frozenset(step.memory["came"]) & BOTH):
        if sides == frozenset({"patient"}):
            return "no_show_doctor"
        if sides == frozenset({"doctor"}):
            return "no_show_patient"
    return "technical"
