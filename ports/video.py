"""Rooms of video meetings."""

from datetime import datetime
from typing import Literal, Protocol

from domain.acts import Fact
from domain.base import Value


class JoinTicket(Value):
    """What a client needs to enter a room. Short-lived; never stored, never in history."""

    url: str
    token: str
    expires_at: datetime


class VideoRooms(Protocol):
    """A video provider."""

    async def open(self, reference: str, until: datetime) -> str:
        """Open the room named by our reference and return its id.

        The same again is the same room while it is open; after the provider closed it, a new one.
        """

    async def find(self, reference: str) -> str | None:
        """The room open for a reference, None when there is none."""

    async def close(self, room: str) -> None:
        """Close the room and send everybody out; closing a closed one is fine."""

    async def ticket(self, room: str, person: str, side: Literal["doctor", "patient", "invited"]) -> JoinTicket:
        """A ticket for one person, valid for minutes."""

    async def record(self, key: str, room: str) -> str:
        """Start recording a room and return the recording's id.

        The same key again is the same recording, stopped or not: a try that comes late starts nothing. A room has one
        recording at a time: asked while one runs, it is that one.
        """

    async def stop_recording(self, room: str, recording: str | None) -> None:
        """Stop a recording (None: whatever records the room); stopping a stopped one is fine. Never ``Uncertain``."""

    def facts(self, headers: dict[str, str], body: bytes) -> list[tuple[str, Fact]]:
        """Verify a webhook and read it as (workflow, fact) pairs.

        Fact bodies: ``{"event": "joined" | "left" | "closed", "side": "doctor" | "patient" | "invited"}``, with
        ``participant``, one id a connection, where the provider has it: a person may be in from two devices.

        Raises:
            Refused: The signature is wrong.
        """
