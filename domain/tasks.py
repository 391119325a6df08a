"""The task: a human's open duty (FHIR Task is the model)."""

from domain.base import Code, Draft, Json, Moment
from domain.people import Actor, Owner


class Task(Draft):
    """Who may act, what they may do, until when.

    ``id`` is local to its workflow: ``<step>.<occurrence>.<name>`` (``_.<n>.<name>`` for the consultation's own).
    ``also`` are those an escalation rang: they see the task and may act where the action's own guard lets them.
    ``data`` holds what the screen needs: ids, codes, digests.
    """

    id: str
    name: Code
    step: Code | None
    occurrence: int
    owner: Owner
    also: tuple[Owner, ...] = ()
    actions: tuple[str, ...]
    form: str | None = None
    opened_at: Moment
    due: Moment | None = None
    claimed_by: str | None = None
    data: dict[str, Json] = {}

    def admits(self, actor: Actor) -> bool:
        """Whether the actor owns this task now: among its owners, and nobody else has claimed it."""
        return self.shown_to(actor) and self.claimed_by in (None, actor.person)

    def shown_to(self, actor: Actor) -> bool:
        """Whether the task stands on the actor's list."""
        return any(owner.admits(actor) for owner in (self.owner, *self.also))
