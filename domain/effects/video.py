"""The room of a video meeting."""

from typing import ClassVar

from domain.base import Moment, Text, Value
from domain.effects import Done, Effect


class RoomOpened(Value):
    """The provider's room. Tokens are made by the facade at each join and never stand in history."""

    room: str


class OpenRoom(Effect):
    """Open the room; its name is made from the key, so facts read back lead to this occurrence."""

    activity: ClassVar[str] = "video.open"
    title: ClassVar[Text] = Text(ru="открытие видеокомнаты", en="open the video room")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = RoomOpened
    until: Moment


class CloseRoom(Effect):
    """Close the room and send everybody out."""

    activity: ClassVar[str] = "video.close"
    title: ClassVar[Text] = Text(ru="закрытие видеокомнаты", en="close the video room")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Done
    room: str
