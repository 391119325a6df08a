"""Who the patient is: read the level on record, or prove a higher one."""

from typing import ClassVar, Literal

from domain.base import Code, Text, Value
from domain.effects import Effect
from domain.people import IdentityLevel


class IdentityFound(Value):
    """The level on record today."""

    level: IdentityLevel


class CheckIdentity(Effect):
    """Read the patient's identity level."""

    activity: ClassVar[str] = "identity.check"
    title: ClassVar[Text] = Text(ru="уровень подтверждения личности", en="read the identity level")
    result: ClassVar[type[Value]] = IdentityFound
    reads: ClassVar[bool] = True
    patient: str


class IdentityProved(Value):
    """The level reached; ``refused`` says why not (a code of the provider)."""

    level: IdentityLevel
    refused: Code | None = None


class ProveIdentity(Effect):
    """Ask the identity provider about a finished session and keep the level it proves."""

    activity: ClassVar[str] = "identity.prove"
    title: ClassVar[Text] = Text(ru="подтверждение личности", en="prove identity")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = IdentityProved
    patient: str
    person: str
    method: Literal["esia", "registrar"]
    session: str
