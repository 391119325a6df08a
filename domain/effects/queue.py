"""The waiting line of a pool."""

from typing import ClassVar

from domain.base import Code, Text, Value
from domain.effects import Done, Effect


class InLine(Value):
    """The wait predicted on entering, a range in seconds; kept to publish the error of the estimate."""

    low: int
    high: int


class JoinLine(Effect):
    """Stand in the pool's line and ring its doctors on duty. ``first``: at the head (a second turn)."""

    activity: ClassVar[str] = "queue.join"
    title: ClassVar[Text] = Text(ru="постановка в очередь", en="stand in line")
    result: ClassVar[type[Value]] = InLine
    pool: Code
    first: bool = False


class LeaveLine(Effect):
    """Leave the line; leaving twice is fine."""

    activity: ClassVar[str] = "queue.leave"
    title: ClassVar[Text] = Text(ru="выход из очереди", en="leave the line")
    result: ClassVar[type[Value]] = Done
    pool: Code


class FreeSeat(Effect):
    """Free the doctor's seat: the meeting is over."""

    activity: ClassVar[str] = "queue.free_seat"
    title: ClassVar[Text] = Text(ru="освобождение места врача", en="free the doctor's seat")
    result: ClassVar[type[Value]] = Done
    doctor: str
    seat: str
