"""A referral in person, told to the clinic's MIS."""

from typing import ClassVar

from domain.base import Code, Text, Value
from domain.effects import Effect


class VisitRequested(Value):
    """The MIS's reference of the request."""

    reference: str


class RequestVisit(Effect):
    """Ask the MIS to book the patient for an in-person visit."""

    activity: ClassVar[str] = "referral.request"
    title: ClassVar[Text] = Text(ru="запрос очного приёма", en="ask for an in-person visit")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = VisitRequested
    patient: str
    to: Code
