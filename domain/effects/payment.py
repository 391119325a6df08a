"""Money: held at the payment step, decided once by the consultation's end. Amounts are in kopecks."""

from typing import ClassVar

from domain.base import Code, Value
from domain.effects import Done, Effect


class Authorised(Value):
    """The hold, or why there is none."""

    hold: str | None = None
    declined: Code | None = None


class Authorise(Effect):
    """Hold an amount on the payer's means; ``means`` is the provider's one-time token, never a card."""

    activity: ClassVar[str] = "payment.authorise"
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Authorised
    payer: str
    service: Code
    amount: int
    means: str


class Captured(Value):
    """The money taken; ``receipt`` is the provider's number under 54-ФЗ."""

    receipt: str


class Capture(Effect):
    """Take ``amount`` of a hold and free the rest."""

    activity: ClassVar[str] = "payment.capture"
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Captured
    hold: str
    amount: int


class CancelHold(Effect):
    """Free a hold whole."""

    activity: ClassVar[str] = "payment.cancel"
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Done
    hold: str
