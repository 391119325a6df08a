"""Rooms of video meetings."""

from datetime import datetime

from activities.errors import does
from activities.overtaken import still_wanted
from domain.clock import Clock
from domain.effects import Done
from domain.effects.video import CloseRoom, OpenRoom, RoomOpened
from ports.video import VideoRooms
from records import clock
from records.database import Database


class Video:
    """Effects of video."""

    def __init__(self, database: Database, video: VideoRooms) -> None:
        self._database = database
        self._video = video

    @does(OpenRoom)
    async def open(self, effect: OpenRoom) -> RoomOpened:
        """Open the room named by our reference; what a lost answer opened is found."""
        room = await self._video.find(effect.reference)
        if room is None:
            async with self._database.bare() as session:
                now = await clock.get(session)
            room = await self._video.open(effect.reference, in_real_time(effect.until, now))
        return RoomOpened(room=room)

    @does(CloseRoom)
    async def close(self, effect: CloseRoom) -> Done:
        """Close the room; closing a closed one is fine."""
        async with self._database.clinic(effect.clinic) as session:
            await still_wanted(session, effect)
        await self._video.close(effect.room)
        return Done()


def in_real_time(moment: datetime, now: Clock) -> datetime:
    """When a moment of domain time comes in the world outside, which knows no stepped clock.

    Computed from the clock's line alone, so that a retry sends the same bytes under the same key.
    """
    return now.real_anchor + (moment - now.anchor) / now.rate
