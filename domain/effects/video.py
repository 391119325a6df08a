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


class Recording(Value):
    """The provider's recording. Its bytes are fetched and encrypted by who receives them, never by a workflow."""

    recording: str


class StartRecording(Effect):
    """Record the room: asked only when everybody in it has agreed."""

    activity: ClassVar[str] = "video.record"
    title: ClassVar[Text] = Text(ru="начало записи разговора", en="start recording")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Recording
    patience: ClassVar[int] = 60
    room: str


class StopRecording(Effect):
    """Stop recording at once; stopping a stopped one is fine. Without ``recording``: whatever records the room."""

    activity: ClassVar[str] = "video.stop_recording"
    title: ClassVar[Text] = Text(ru="остановка записи разговора", en="stop recording")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = Done
    room: str
    recording: str | None = None
