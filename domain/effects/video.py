"""The room of a video meeting."""

from typing import ClassVar

from domain.base import Moment, Value
from domain.effects import Done, Effect


class RoomOpened(Value):
    """The provider's room. Tokens are made by the facade at each join and never stand in history."""

    room: str


class OpenRoom(Effect):
    """Open the room; its name is made from the key, so facts read back lead to this occurrence."""

    activity: ClassVar[str] = "video.open"
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = RoomOpened
    until: Moment


class CloseRoom(Effect):
    """Close the room and send everybody out."""

    activity: ClassVar[str] = "video.close"
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Done
    room: str
