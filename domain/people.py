"""Who acts: roles, and the person behind an act as the facade established it."""

from enum import StrEnum

from domain.base import Value


class Role(StrEnum):
    """What a person is in a clinic (design section 9)."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    INVITED = "invited"
    DOCTOR = "doctor"
    NURSE = "nurse"
    REGISTRAR = "registrar"
    CALL_CENTRE = "call_centre"
    SHIFT_SUPERVISOR = "shift_supervisor"
    HEAD_DOCTOR = "head_doctor"
    CASHIER = "cashier"
    CLINIC_ADMIN = "clinic_admin"
    AUDITOR = "auditor"
    INTEGRATION = "integration"


STAFF = frozenset(set(Role) - {Role.PATIENT, Role.REPRESENTATIVE, Role.INVITED})
CLINICAL = frozenset({Role.DOCTOR, Role.NURSE, Role.SHIFT_SUPERVISOR, Role.HEAD_DOCTOR})
"""Who may read clinical text of a consultation they are concerned with."""


class IdentityLevel(StrEnum):
    """How sure we are who a person is: ``declared`` by phone and code, ``confirmed`` by ЕСИА or passport."""

    DECLARED = "declared"
    CONFIRMED = "confirmed"


class Actor(Value):
    """The person of one act, from the verified token alone, never from a body.

    ``patient`` is set when the person acts as, or by a valid representation for, that patient;
    ``pools`` are the doctor's pools as of now.
    """

    person: str
    clinic: str
    roles: frozenset[Role]
    patient: str | None = None
    representation: str | None = None
    pools: frozenset[str] = frozenset()
    level: IdentityLevel = IdentityLevel.DECLARED

    def is_(self, *roles: Role) -> bool:
        """Whether the person has any of these roles."""
        return not self.roles.isdisjoint(roles)


class Owner(Value):
    """Whose duty a task is. Exactly one field is set: a task without an owner cannot be built."""

    person: str | None = None
    patient: str | None = None
    role: Role | None = None
    pool: str | None = None

    def model_post_init(self, _: object) -> None:
        """Refuse an owner that is nobody or two."""
        if sum(x is not None for x in (self.person, self.patient, self.role, self.pool)) != 1:
            raise ValueError("a task has exactly one owner: a person, a patient, a role or a pool")

    def admits(self, actor: Actor) -> bool:
        """Whether this actor is, or belongs to, the owner."""
        return (
            (self.person is not None and self.person == actor.person)
            or (self.patient is not None and self.patient == actor.patient)
            or (self.role is not None and self.role in actor.roles)
            or (self.pool is not None and Role.DOCTOR in actor.roles and self.pool in actor.pools)
        )
