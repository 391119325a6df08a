"""Money: held at the payment step, decided once by the consultation's end. Amounts are in kopecks."""

from typing import ClassVar

from domain.base import Code, Text, Value
from domain.effects import Done, Effect


class Authorised(Value):
    """The hold, or why there is none."""

    hold: str | None = None
    declined: Code | None = None


class Authorise(Effect):
    """Hold an amount on the payer's means; ``means`` is the provider's one-time token, never a card."""

    activity: ClassVar[str] = "payment.authorise"
    title: ClassVar[Text] = Text(ru="блокировка суммы", en="hold the amount")
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
    title: ClassVar[Text] = Text(ru="списание", en="take the money")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Captured
    hold: str
    amount: int


class CancelHold(Effect):
    """Free a hold whole."""

    activity: ClassVar[str] = "payment.cancel"
    title: ClassVar[Text] = Text(ru="снятие блокировки", en="free the hold")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Done
    hold: str
