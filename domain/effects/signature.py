"""Registration of a signed document in РЭМД."""

from typing import ClassVar, Literal

from domain.base import Code, Text, Value
from domain.effects import Effect


class Submitted(Value):
    """The registry took the request; the decision comes later as a fact, or is asked for."""

    request: str


def local_uid(document: str, part: str) -> str:
    """The id one try of a document is registered under: a corrected one has a new id, and a decision names its try."""
    return f"{document}.{part}"


class RegisterDocument(Effect):
    """Send metadata and signatures of a signed document to the registry. ``part`` is the number of the try."""

    activity: ClassVar[str] = "signature.register"
    title: ClassVar[Text] = Text(ru="отправка в РЭМД", en="send to the registry")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Submitted
    document: str
    signature: str


class RegistrationFound(Value):
    """What the registry says of a document."""

    status: Literal["pending", "registered", "rejected"]
    number: str | None = None
    errors: tuple[Code, ...] = ()


class FindRegistration(Effect):
    """Ask the registry what became of a request whose answer did not come."""

    activity: ClassVar[str] = "signature.find_registration"
    title: ClassVar[Text] = Text(ru="статус регистрации в РЭМД", en="ask the registry")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = RegistrationFound
    reads: ClassVar[bool] = True
    document: str
    tries: int = 1
    """How many times it was sent; the last one's fate is asked for, and whether an earlier one was registered."""
