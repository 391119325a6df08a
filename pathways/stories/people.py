"""The people of a story: one of each, with ids that say who they are."""

from typing import get_args

from domain.people import Actor, IdentityLevel, Owner, Role
from pathways.stories.spelling import Who

CLINIC = "cl-story"
"""No story touches a real clinic, whose papers it plays with."""
PATIENT = "pt-patient"
EVERYBODY: tuple[Who, ...] = get_args(Who)
DOCTORS = ("doctor", "colleague")


def person(who: str) -> str:
    """The id of one of the people."""
    return f"p-{who.replace('_', '-')}"


_WHO = {person(who): who for who in EVERYBODY}


def word_of(person_id: str | None) -> str | None:
    """Who a person of a story is; an unknown id as it stands."""
    return None if person_id is None else _WHO.get(person_id, person_id)


def actor(who: str, pools: frozenset[str]) -> Actor:
    """One of the people as the facade would establish him: doctors are in every pool of the clinic."""
    sides = {"patient": {"patient": PATIENT}, "representative": {"patient": PATIENT, "representation": "rp-1"}}
    return Actor(
        person=person(who),
        clinic=CLINIC,
        roles=frozenset({Role.DOCTOR if who in DOCTORS else Role(who)}),
        pools=pools if who in DOCTORS else frozenset(),
        level=IdentityLevel.CONFIRMED,
        **sides.get(who, {}),
    )


def word_of_owner(owner: Owner) -> str:
    """Whose duty or whose message something is, in a story's words."""
    if owner.role is not None:
        return owner.role.value
    if owner.pool is not None:
        return owner.pool
    return "patient" if owner.patient is not None else str(word_of(owner.person))
