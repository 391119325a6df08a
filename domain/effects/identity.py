"""Who the patient is: read the level on record, or prove a higher one."""

from typing import ClassVar, Literal

from domain.base import Code, Value
from domain.effects import Effect
from domain.people import IdentityLevel


class IdentityFound(Value):
    """The level on record today."""

    level: IdentityLevel


class CheckIdentity(Effect):
    """Read the patient's identity level."""

    activity: ClassVar[str] = "identity.check"
    result: ClassVar[type[Value]] = IdentityFound
    patient: str


class IdentityProved(Value):
    """The level reached; ``refused`` says why not (a code of the provider)."""

    level: IdentityLevel
    refused: Code | None = None


class ProveIdentity(Effect):
    """Ask the identity provider about a finished session and keep the level it proves."""

    activity: ClassVar[str] = "identity.prove"
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = IdentityProved
    patient: str
    person: str
    method: Literal["esia", "registrar"]
    session: str
