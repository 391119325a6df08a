"""Telling people: a message without content, by the channels they have."""

from typing import ClassVar

from domain.base import Code, Text, Value
from domain.effects import Effect, Owner


class Told(Value):
    """To how many people the message went."""

    people: int


class Tell(Effect):
    """Tell an owner that something waits. ``text`` is a catalogue code; no patient data, no speciality.

    ``urgent`` rings (voice call or ringtone) instead of writing.
    """

    activity: ClassVar[str] = "notify.tell"
    title: ClassVar[Text] = Text(ru="сообщение", en="message")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Told
    to: Owner
    text: Code
    urgent: bool = False


class Deliver(Effect):
    """Send people the message a pathway has for them (kind ``notify``): whether it reached anybody decides the way.

    What goes out says only that a message waits; its words are the pathway's ``text``, read where the reader has
    proved who he is.
    """

    activity: ClassVar[str] = "notify.deliver"
    title: ClassVar[Text] = Text(ru="сообщение клиники", en="the clinic's message")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Told
    patience: ClassVar[int] = 300
    to: Owner
