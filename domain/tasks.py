"""The task: a human's open duty (FHIR Task is the model)."""

from domain.base import Code, Draft, Json, Moment
from domain.people import Actor, Owner


class Task(Draft):
    """Who may act, what they may do, until when.

    ``id`` is local to its workflow: ``<step>.<occurrence>.<name>`` (``_.<n>.<name>`` for the consultation's own).
    ``data`` holds what the screen needs: ids, codes, digests.
    """

    id: str
    name: Code
    step: Code | None
    occurrence: int
    owner: Owner
    actions: tuple[str, ...]
    form: str | None = None
    opened_at: Moment
    due: Moment | None = None
    claimed_by: str | None = None
    data: dict[str, Json] = {}

    def admits(self, actor: Actor) -> bool:
        """Whether the actor owns this task now: among its owners, and nobody else has claimed it."""
        return self.owner.admits(actor) and self.claimed_by in (None, actor.person)
