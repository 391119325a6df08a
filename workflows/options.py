"""How effects are carried out: patience, retries and the taxonomy of errors, one table a queue."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from domain.effects import Effect
from domain.names import DOCUMENTS, FLOW, IO

REFUSED = "Refused"
"""The error type that is never retried: the other side understood and will not."""
TIMEOUT = "Timeout"
"""What an effect gave up with that ran out of patience without an error of its own."""


@dataclass(frozen=True)
class Pace:
    """``attempt`` bounds one try: a killed worker's try is repeated that soon. ``silence`` asks for heartbeats."""

    attempt: timedelta
    silence: timedelta | None = None


PACES = {
    FLOW: Pace(timedelta(seconds=10)),
    IO: Pace(timedelta(seconds=10)),
    # Rendering may take long; the worker beats for it, so that a killed one is noticed as soon as elsewhere.
    DOCUMENTS: Pace(timedelta(seconds=60), timedelta(seconds=10)),
}

RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=30),
    # The name of the class, never its bases: an activity raises exactly this type.
    non_retryable_error_types=[REFUSED],
)
"""No maximum of attempts: patience (``schedule_to_close``) decides, in real time."""

PROJECTION_PACE = timedelta(seconds=10)
PROJECTION_REST = timedelta(minutes=1)


def attempt_of(effect: type[Effect]) -> timedelta:
    """How long one try may take; never longer than the whole patience."""
    return min(PACES[effect.queue].attempt, patience_of(effect))


def patience_of(effect: type[Effect]) -> timedelta:
    """How long the effect is tried before a person decides."""
    return timedelta(seconds=effect.patience)


def error_type(error: ActivityError) -> str:
    """The type name the core is told: of the last error the activity itself raised, else ``Timeout``."""
    cause: BaseException | None = error.cause
    while cause is not None:
        if isinstance(cause, ApplicationError) and cause.type:
            return cause.type
        cause = cause.__cause__
    return TIMEOUT
