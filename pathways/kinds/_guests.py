"""Who may be invited into a meeting, and by whom: what a kind that has guests inherits. No kind of its own."""

from typing import Any

from domain.acts import Act, Refusal
from domain.base import Code, Json, Value
from domain.people import Actor
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, action
from pathways.kinds._common import Id, only_doctor

GUESTS = {"join": ("relative", "interpreter"), "meet": ("interpreter", "colleague")}
"""Whom the patient's and the doctor's task may invite, where the pathway names them."""
MOST = 10
"""More invitations than a meeting needs; each stands in the state."""


class Invite(Value):
    """Whom, and the invitation as the facade made it; its secret is in no act."""

    guest: Code
    invitation: Id


def welcome(step: StepDraft, task: str) -> tuple[str, ...]:
    """Whom a task may invite in this pathway."""
    return tuple(guest for guest in GUESTS[task] if guest in step.pathway.people.invited)


def host(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: for the doctor invites the assigned one alone."""
    if task.name == "meet":
        only_doctor(kind, step, task, actor)


class Hosts(Kind):
    """What a meeting with guests has."""

    def tasks(self, step: StepDraft) -> None:
        """The duties, as they stand now."""
        raise NotImplementedError

    @action(Invite, guard=host)
    def invite(self, step: StepDraft, task: Task, act: Act, body: Invite) -> None:
        """Keep an invitation: it holds as long as the meeting's tasks name it."""
        if body.guest not in welcome(step, task.name):
            raise Refusal("guest_not_allowed", guest=body.guest)
        kept: list[dict[str, Json]] = step.memory.setdefault("invited", [])
        if any(known["invitation"] == body.invitation for known in kept):
            raise Refusal("already_invited")
        if len(kept) >= MOST:
            raise Refusal("too_many_guests", most=MOST)
        kept.append({"guest": body.guest, "invitation": body.invitation, "by": task.name})
        step.note("guest.invited", actor=act.actor.person, guest=body.guest, invitation=body.invitation)
        self.tasks(step)
