"""Whose rows an actor's lists hold. The facade's table decides about routes; this narrows what a list reads."""

from domain.people import Actor, Owner, Role

OVERSEERS = frozenset(
    {Role.HEAD_DOCTOR, Role.SHIFT_SUPERVISOR, Role.CLINIC_ADMIN, Role.REGISTRAR, Role.CALL_CENTRE, Role.CASHIER}
)
"""Who sees the process of every consultation of the clinic (what they may read of one is the facade's to say)."""


def whole_clinic(actor: Actor) -> bool:
    """Whether lists hold the clinic's consultations."""
    return actor.is_(*OVERSEERS)


def owner_key(owner: Owner) -> str:
    """An owner as one word, as ``task.owner`` and ``task_owner`` keep it."""
    if owner.person is not None:
        return f"person:{owner.person}"
    if owner.patient is not None:
        return f"patient:{owner.patient}"
    if owner.role is not None:
        return f"role:{owner.role.value}"
    return f"pool:{owner.pool}"


def owner_keys(actor: Actor) -> list[str]:
    """All owners that admit this actor: the same rule as ``Owner.admits``."""
    keys = [f"person:{actor.person}", *(f"role:{role.value}" for role in sorted(actor.roles))]
    if actor.patient is not None:
        keys.append(f"patient:{actor.patient}")
    if Role.DOCTOR in actor.roles:
        keys.extend(f"pool:{pool}" for pool in sorted(actor.pools))
    return keys
