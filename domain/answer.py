"""What the door ``act`` answers."""

from domain.base import Value
from domain.state import Answered, ConsultationState


class Answer(Value):
    """The recorded answer of an act and the state it led to, from which the caller's view is made.

    ``state`` is without what no view reads (``answered``, ``seen``, ``transitions``): it stands in history.
    """

    answered: Answered
    state: ConsultationState
