"""Video rooms over plain HTTP."""

from datetime import datetime
from typing import Literal

import httpx
from pydantic import Field

from domain.acts import Fact
from domain.base import Json
from integrations.http import Answer, Nothing, PartnerHttp, segment
from integrations.webhook import Notice, fact, read
from ports import Refused
from ports.video import JoinTicket
from runtime.settings import Partner


class _Room(Answer):
    room: str
    closed: bool = False


class _Rooms(Answer):
    items: tuple[_Room, ...]


class _Ticket(Answer):
    url: str
    token: str
    expires_at: datetime


class _Recording(Answer):
    recording: str = Field(min_length=1)


class _Presence(Notice):
    side: Literal["doctor", "patient", "invited"] | None = None
    participant: str | None = Field(default=None, max_length=200)


EVENTS = frozenset({"joined", "left", "closed"})


class HttpVideoRooms:
    """Port `VideoRooms`; a room's name is our reference, so opening is idempotent by it."""

    def __init__(self, partner: Partner, client: httpx.AsyncClient) -> None:
        self._partner = partner
        self._http = PartnerHttp(partner, client)

    async def open(self, reference: str, until: datetime) -> str:
        """Open the room of our reference and return its id."""
        body = {"reference": reference, "until": until.isoformat()}
        return (await self._http.send("/rooms", body, _Room)).room

    async def find(self, reference: str) -> str | None:
        """The room open for a reference; one the provider closed lets nobody in."""
        rooms = await self._http.ask("/rooms", _Rooms, {"reference": reference})
        return next((known.room for known in rooms.items if not known.closed), None)

    async def close(self, room: str) -> None:
        """Close the room."""
        await self._http.send(f"/rooms/{segment(room)}/close", {}, Nothing, key=f"{room}:close")

    async def ticket(self, room: str, person: str, side: Literal["doctor", "patient", "invited"]) -> JoinTicket:
        """A ticket for one person; a lost one hurts nobody, so it is simply asked for again."""
        body = {"person": person, "side": side}
        ticket = await self._http.send(f"/rooms/{segment(room)}/tickets", body, _Ticket, harmless=True)
        return JoinTicket(url=ticket.url, token=ticket.token, expires_at=ticket.expires_at)

    async def record(self, key: str, room: str) -> str:
        """Start recording and return the recording's id."""
        path = f"/rooms/{segment(room)}/recordings"
        return (await self._http.send(path, {}, _Recording, key=key)).recording

    async def stop_recording(self, room: str, recording: str | None) -> None:
        """Stop recording. Without a key: a remembered answer would stop nothing when the room is recorded again."""
        body = {} if recording is None else {"recording": recording}
        try:
            await self._http.send(f"/rooms/{segment(room)}/recordings/stop", body, Nothing, harmless=True)
        except Refused as refusal:
            # A room that is gone is not recorded, and nobody has to be asked what to do about it.
            if refusal.code != "no_such_room":
                raise

    def facts(self, headers: dict[str, str], body: bytes) -> list[tuple[str, Fact]]:
        """Verify a webhook and read who came, who left, that the room closed."""
        notice = read(self._partner, headers, body, _Presence)
        if notice.event not in EVENTS:
            return []
        said: dict[str, Json] = {"event": notice.event, "side": notice.side, "participant": notice.participant}
        return fact("video", notice, {name: value for name, value in said.items() if value is not None})
