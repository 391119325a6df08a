"""What the record is projected from."""

from domain.base import Value
from domain.state import ConsultationState, Transition


class Snapshot(Value):
    """A whole state at one revision, with the transitions since the record's last one.

    The record takes it only where ``(epoch, revision)`` is newer than its own; transitions are unique on
    (workflow, epoch, revision), so a snapshot sent twice writes nothing twice.
    """

    state: ConsultationState
    transitions: tuple[Transition, ...]
