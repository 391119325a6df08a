"""Acts of people, facts of machines, and the refusals people meet."""

from domain.base import Json, Moment, Value
from domain.people import Actor


class Act(Value):
    """What a person did. Answered at once, may be refused.

    ``id`` is the update id: the hash of issuer, subject, route, path ids and Idempotency-Key.
    ``task`` is the local id of the open task (``line.1.accept``), None for an act on the consultation itself.
    ``body`` names content by id and digest and carries the facts computed from it, never clinical text.
    ``not_after`` is *real* time: later the act is refused as ``expired`` (its caller has long given up).
    """

    id: str
    actor: Actor
    action: str
    task: str | None = None
    body: dict[str, Json] = {}
    not_after: Moment


class Fact(Value):
    """What a machine reports. Never refused, seen once by ``source`` and ``id``.

    A fact of a past ``occurrence`` is recorded and moves nothing.
    """

    source: str
    id: str
    step: str | None = None
    occurrence: int = 1
    body: dict[str, Json] = {}

    @property
    def name(self) -> str:
        """What it is known by once it was taken: ids are only each sender's own."""
        return f"{self.source}:{self.id}"


class Refusal(Exception):
    """An act that may not be. ``code`` is a stable word; ``params`` hold codes and ids only.

    Codes used by the shell and the core: ``expired``, ``too_late``, ``not_yours``, ``no_such_task``,
    ``no_such_action``, ``bad_body``, ``closed``, ``paused``, ``law`` (with ``article``), and those of each kind.
    """

    def __init__(self, code: str, **params: Json) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
