"""Rooms of video meetings, and their recording."""

from datetime import datetime

from activities.errors import does
from activities.overtaken import still_wanted
from domain.clock import Clock
from domain.effects import Done
from domain.effects.video import CloseRoom, OpenRoom, Recording, RoomOpened, StartRecording, StopRecording
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

    @does(StartRecording)
    async def record(self, effect: StartRecording) -> Recording:
        """Record the room: only while the record still shows it asked.

        Nothing is looked for first: the key is the recording's, and a room has one at a time.
        """
        async with self._database.clinic(effect.clinic) as session:
            await still_wanted(session, effect)
        return Recording(recording=await self._video.record(effect.key, effect.room))

    @does(StopRecording)
    async def stop_recording(self, effect: StopRecording) -> Done:
        """Stop at once, whatever the record says by now: one that goes on against somebody's will is unlawful."""
        await self._video.stop_recording(effect.room, effect.recording)
        return Done()


def in_real_time(moment: datetime, now: Clock) -> datetime:
    """When a moment of domain time comes in the world outside, which knows no stepped clock.

    Computed from the clock's line alone, so that a retry sends the same bytes under the same key. By a clock that
    stands it never comes; then it is taken to come as by one that runs with the world.
    """
    return now.real_anchor + (moment - now.anchor) / (now.rate or 1.0)
