"""Orders to a laboratory."""

from typing import ClassVar

from domain.base import Code, Text, Value
from domain.effects import Effect


class OrderPlaced(Value):
    """The laboratory's number of our order; ``refused`` when it will not take it."""

    order: str | None = None
    refused: Code | None = None


class PlaceOrder(Effect):
    """Send the protocol's orders to the laboratory the patient chose."""

    activity: ClassVar[str] = "lab_order.place"
    title: ClassVar[Text] = Text(ru="заказ в лаборатории", en="order at the laboratory")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = OrderPlaced
    patient: str
    doctor: str
    partner: Code
    content: str
    sha256: str


class OrderCancelled(Value):
    """Whether the laboratory let the order go (it may refuse)."""

    cancelled: bool


class CancelOrder(Effect):
    """Ask the laboratory to drop an order."""

    activity: ClassVar[str] = "lab_order.cancel"
    title: ClassVar[Text] = Text(ru="отмена заказа в лаборатории", en="cancel the order at the laboratory")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = OrderCancelled
    partner: Code
    order: str
