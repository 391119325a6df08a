"""Issuing a signed prescription: once, whatever is killed."""

from typing import ClassVar

from domain.base import Text, Value
from domain.effects import Effect


class Issued(Value):
    """The prescription of the record and its number on the form."""

    prescription: str
    number: str


class IssuePrescription(Effect):
    """Put the signed form into force; unique on consultation, step, occurrence and item."""

    activity: ClassVar[str] = "prescription.issue"
    title: ClassVar[Text] = Text(ru="выпуск рецепта", en="issue the prescription")
    result: ClassVar[type[Value]] = Issued
    patient: str
    doctor: str
    document: str
    signature: str
    item: int
