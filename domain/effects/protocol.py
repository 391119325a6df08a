"""Papers made from content: rendered once a key, kept encrypted, named by digest."""

from typing import ClassVar, Literal

from domain.base import Text, Value
from domain.effects import Effect


class Rendered(Value):
    """A document of the record and the sha256 of its exact bytes: what is signed."""

    document: str
    sha256: str


class RenderDocument(Effect):
    """Make the PDF of a content version; checks that the content still has the digest the act named."""

    activity: ClassVar[str] = "protocol.render"
    title: ClassVar[Text] = Text(ru="печать документа", en="make the document")
    queue: ClassVar[str] = "documents"
    result: ClassVar[type[Value]] = Rendered
    paper: Literal["protocol", "prescription", "referral", "lab_order"]
    content: str
    sha256: str
    patient: str
    doctor: str
    item: int = 0
    """Which prescription of the protocol, from 0."""
