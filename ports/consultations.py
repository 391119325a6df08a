"""The running consultations, as everything outside the workflows reaches them."""

from typing import Protocol

from domain.acts import Act, Fact
from domain.state import Answered, ConsultationState, Start


class NotConfirmed(Exception):
    """The act was not accepted in time; it is safe to send again with the same key."""


class StillRunning(Exception):
    """The act was accepted, its answer has not come yet."""


class NoSuchConsultation(Exception):
    """No run, open or closed, has this id."""


class ClosedConsultation(Exception):
    """The run is over and takes no more facts."""


class Consultations(Protocol):
    """Start, act, report, look. Implemented over the Temporal client."""

    async def start(self, start: Start) -> None:
        """Start a consultation under its own id; a second start of the same id does nothing."""

    async def act(self, workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        """Send an act; the update id is ``act.id``. A refusal stands in ``Answered.refusal``.

        Raises:
            NotConfirmed: Not accepted until 2 s beyond ``act.not_after``.
            StillRunning: Accepted, not answered within 10 s.
            NoSuchConsultation: Unknown id.
        """

    async def fact(self, workflow: str, fact: Fact) -> None:
        """Report a fact; returns only after the server took it. Starts the aftermath of a closed consultation.

        Raises:
            ClosedConsultation: The run is over (until there is an aftermath to start).
            NoSuchConsultation: Unknown id.
        """

    async def state(self, workflow: str) -> ConsultationState:
        """Ask a run (open or closed) for its state: with all it was told before.

        Raises:
            NotConfirmed: No worker answered, or the run cannot go on.
            NoSuchConsultation: Unknown id.
        """

    async def polled(self, queue: str) -> bool:
        """Whether a worker serves a queue: without one no act can be taken."""
