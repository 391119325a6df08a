"""Consents: which are valid already, and keeping those just given."""

from typing import ClassVar

from domain.base import Text, Value
from domain.effects import Effect


class ConsentDocument(Value):
    """A pinned consent text as shown to the person."""

    id: str
    version: int
    sha256: str


class ConsentsFound(Value):
    """Ids of the documents for which a valid consent stands."""

    valid: tuple[str, ...]


class FindConsents(Effect):
    """Look for valid consents that may be reused."""

    activity: ClassVar[str] = "consent.find"
    title: ClassVar[Text] = Text(ru="поиск действующих согласий", en="look for valid consents")
    result: ClassVar[type[Value]] = ConsentsFound
    reads: ClassVar[bool] = True
    patient: str
    documents: tuple[ConsentDocument, ...]


class ConsentsRecorded(Value):
    """Ids of the consent rows, in the order of the documents."""

    consents: tuple[str, ...]


class RecordConsents(Effect):
    """Keep what a person accepted: who, for whom, on what ground, which text."""

    activity: ClassVar[str] = "consent.record"
    title: ClassVar[Text] = Text(ru="запись согласий", en="record consents")
    result: ClassVar[type[Value]] = ConsentsRecorded
    patient: str
    person: str
    representation: str | None
    documents: tuple[ConsentDocument, ...]
