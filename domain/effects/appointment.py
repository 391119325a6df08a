"""An agreed time with a doctor, kept in the clinic's MIS."""

from typing import ClassVar

from domain.base import Code, Moment, Text, Value
from domain.effects import Done, Effect


class SlotsFound(Value):
    """How many times are free now. The times themselves are read by the facade when a person looks: they go stale."""

    free: int


class FindSlots(Effect):
    """Ask the MIS whether the pool has free times that begin between ``since`` and ``until``."""

    activity: ClassVar[str] = "appointment.find"
    title: ClassVar[Text] = Text(ru="поиск свободного времени", en="look for free times")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = SlotsFound
    reads: ClassVar[bool] = True
    patience: ClassVar[int] = 60
    pool: Code
    since: Moment
    until: Moment


class Booked(Value):
    """The answer to a booking; ``booking`` is the MIS's reference, None where somebody was faster."""

    booking: str | None
    doctor: str | None = None
    starts: Moment | None = None
    ends: Moment | None = None


class Book(Effect):
    """Take a free time for the patient. Taken meanwhile is an answer (no ``booking``), not an error."""

    activity: ClassVar[str] = "appointment.book"
    title: ClassVar[Text] = Text(ru="запись на время", en="book the time")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Booked
    patient: str
    pool: Code
    slot: str


class CancelBooking(Effect):
    """Give the time back; giving back one given back is fine."""

    activity: ClassVar[str] = "appointment.cancel"
    title: ClassVar[Text] = Text(ru="отмена записи", en="give the time back")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Done
    booking: str
