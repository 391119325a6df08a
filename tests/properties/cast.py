"""Who takes part in a play, and who usually does what."""

from functools import cache

from domain.people import Actor
from domain.tasks import Task
from pathways.stories import people
from tests.properties.clinic import house

DOCTORS = ("doctor", "colleague")
STAFF = ("registrar", "nurse", "shift_supervisor", "head_doctor", "clinic_admin")
ADMINISTRATORS = ("shift_supervisor", "head_doctor", "clinic_admin")
EVERYBODY = ("patient", "representative", *DOCTORS, *STAFF, "call_centre", "cashier")
MAKERS = {
    "cancel": ("patient", "registrar", "clinic_admin"),
    "withdraw": ("patient",),
    "flag_emergency": ("patient", *DOCTORS, "nurse", "shift_supervisor"),
    "hand_over": DOCTORS,
    "consult": DOCTORS,
}
"""Who usually does an act without a task; the others are administrators'."""


@cache
def actor(who: str) -> Actor:
    """One of the people, as the facade knows him."""
    return people.actor(who, frozenset(house().clinic.pools))


def makers(task: Task | None, action: str) -> tuple[str, ...]:
    """Who may do something, as far as the owners of its task say."""
    if task is None:
        return MAKERS.get(action, ADMINISTRATORS)
    if action == "assign":
        return ADMINISTRATORS
    owners = (task.owner, *task.also)
    found = tuple(who for who in EVERYBODY if any(owner.admits(actor(who)) for owner in owners))
    claimed = tuple(who for who in found if people.person(who) == task.claimed_by and action != "release")
    if action == "accept" and "doctor" in found:
        # Only his own doctor may do more than advise: papers come of his meetings.
        found = (*found, "doctor", "doctor")
    return claimed or found or EVERYBODY
