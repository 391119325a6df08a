"""What a story is played in: people who log in, stands, the clock, and somebody who tells what happens.

A story waits on what it can see (a view, a stream, a ledger) and never on time; days pass by the stepped clock.
Named *moments* of a story are where a test or another story breaks something.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from dev.client import Client, NotInTime, PatientClient, StaffClient
from dev.people import PATIENTS, STAFF
from dev.stack import Stack
from dev.stand import StandClient
from dev.stories.hours import Hours
from domain.base import Text
from domain.calendar import Span

Json = Any
C = TypeVar("C", bound=Client)
CLOCK = "clock"
HOUSE = "house"
"""Who speaks in a timeline beside people and stands."""


class StoryFailed(Exception):
    """What the story says is not what happened."""


@dataclass(frozen=True)
class Line:
    """One line of a timeline: seconds since the story began, who, and what."""

    at: float
    who: str
    what: Text


Tell = Callable[[Line], None]
Hook = Callable[["Scene"], Awaitable[None]]


@dataclass(frozen=True)
class Told:
    """How a story ended: the consultation, its end, and what to look at."""

    consultation: str
    end: str
    papers: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Story:
    """One story and how it must end."""

    letter: str
    title: Text
    ends: str
    play: Callable[["Scene"], Coroutine[Any, Any, Told]]
    alone: bool = False
    """Nothing else is played beside it: it breaks what the others stand on, or they would stand in its way."""


class Cast:
    """The people of one house, logged in once: an employee's one-time code serves once in half a minute."""

    def __init__(self, stack: Stack, *, language: str = "ru") -> None:
        self.stack = stack
        self.language = language
        self._patients: dict[tuple[str, str | None], PatientClient] = {}
        self._staff: dict[str, StaffClient] = {}
        self._stands: dict[str, StandClient] = {}
        self._doors: dict[str, asyncio.Lock] = {}

    async def patient(self, word: str, acts_for: str | None = None) -> PatientClient:
        """A patient, or who acts for another one, logged in."""
        who = (word, acts_for)
        async with self._doors.setdefault(word, asyncio.Lock()):
            if who not in self._patients:
                self._patients[who] = await self._speaking(self.stack.patient(word, acts_for)).log_in()
        return self._patients[who]

    async def employee(self, word: str) -> StaffClient:
        """An employee, logged in."""
        async with self._doors.setdefault(word, asyncio.Lock()):
            if word not in self._staff:
                self._staff[word] = await self._speaking(self.stack.employee(word)).log_in()
        return self._staff[word]

    def stand(self, name: str) -> StandClient:
        """The control of a stand."""
        if name not in self._stands:
            self._stands[name] = self.stack.stand(name)
        return self._stands[name]

    def _speaking(self, client: C) -> C:
        client.http.headers["Accept-Language"] = self.language
        return client

    async def close(self) -> None:
        """Close every connection."""
        for client in (*self._patients.values(), *self._staff.values()):
            await client.http.aclose()
        for stand in self._stands.values():
            await stand.close()


@dataclass
class Scene:
    """One playing of a story.

    Attributes:
        stack: The house it is played in.
        cast: Its people.
        folder: Where papers are kept that people download.
        tell: Called with each line as it happens.
        moments: What happens besides, by moment.
        shared: The clock, where other stories are played at the same time.
    """

    stack: Stack
    cast: Cast
    folder: Path
    tell: Tell
    moments: Mapping[str, Hook] = field(default_factory=dict)
    consultation: str = ""
    began: float = field(default_factory=time.monotonic)
    shared: Hours | None = None

    @property
    def hours(self) -> Hours:
        """The house's clock; one's own where the story is played alone."""
        if self.shared is None:
            self.shared = Hours(self.stack.settings)
        return self.shared

    def say(self, who: str, ru: str, en: str) -> None:
        """Tell one line."""
        self.tell(Line(time.monotonic() - self.began, who, Text(ru=ru, en=en)))

    async def moment(self, name: str) -> bool:
        """A named moment: whoever asked for it acts now; whether anybody did."""
        hook = self.moments.get(name)
        if hook is not None:
            await hook(self)
        return hook is not None

    async def days_pass(self, span: str) -> None:
        """Move the clock as `carepath clock advance` does, and wait until the API has the new time."""
        moved, runs = await self.hours.until(await self.now() + timedelta(seconds=Span.parse(span).seconds))
        when = f"{moved.anchor:%d.%m.%Y %H:%M} UTC"
        self.say(
            CLOCK,
            f"проходит {span}: {when}, открытых процессов: {runs}",
            f"{span} pass: {when}, {runs} runs told",
        )

    async def now(self) -> datetime:
        """The present domain time."""
        return await self.hours.now()

    async def time_comes(self, moment: datetime) -> None:
        """Let time pass until a little after a moment that lies ahead."""
        minutes = int((moment - await self.now()).total_seconds() // 60) + 1
        await self.days_pass(str(Span(seconds=max(1, minutes) * 60)))

    def keep(self, name: str, data: bytes) -> Path:
        """Keep a paper on disk.

        Raises:
            StoryFailed: It is no PDF.
        """
        self.must(data.startswith(b"%PDF-"), f"{name} is no PDF")
        path = self.folder / f"{self.consultation}-{name}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def must(self, true: object, what: str) -> None:
        """Hold the story to its word.

        Raises:
            StoryFailed: It is not so.
        """
        if not true:
            raise StoryFailed(what)

    async def ledger(self, stand: str, call: str | None = None) -> list[dict[str, Json]]:
        """The effects of this consultation that a stand wrote down."""
        items = await self.cast.stand(stand).ledger()
        # A room is opened under our reference and closed under its own name.
        rooms = {room_of(item) for item in items if ours(item, self.consultation)} - {None}
        return [
            item
            for item in items
            if (ours(item, self.consultation) or room_of(item) in rooms) and call in (None, item["call"])
        ]

    async def once(self, stand: str, *calls: str) -> None:
        """Every one of these effects was done, and each exactly once.

        Raises:
            StoryFailed: One was not, or more often.
        """
        found = [item["call"] for item in await self.ledger(stand)]
        for call in calls:
            self.must(found.count(call) == 1, f"{stand}: {call} was done {found.count(call)} times, not once")

    async def nothing_twice(self) -> None:
        """No effect of this consultation was done twice under one key, anywhere outside.

        Raises:
            StoryFailed: One was.
        """
        for stand in self.stack.stand_urls:
            seen = [(item["call"], item["key"] or room_of(item)) for item in await self.ledger(stand)]
            twice = {one for one in seen if seen.count(one) > 1}
            self.must(not twice, f"{stand}: done twice: {sorted(twice)}")


def ours(item: Mapping[str, Json], consultation: str) -> bool:
    """Whether an effect in a ledger is of a consultation: by its key, a room by our reference."""
    return str(item["key"] or item["effect"].get("reference", "")).startswith(consultation)


def room_of(item: Mapping[str, Json]) -> str | None:
    """The video room of an effect."""
    found: str | None = item["effect"].get("room")
    return found


def name_of(who: str, language: str) -> str:
    """Who speaks, as a timeline names him."""
    if who in PATIENTS:
        return f"{PATIENTS[who].family_name} {PATIENTS[who].given_name[0]}."
    if who in STAFF:
        return STAFF[who].name.split()[0]
    words = {CLOCK: Text(ru="часы", en="clock"), HOUSE: Text(ru="Carepath", en="Carepath"), **STANDS}
    return words[who].in_(language) if who in words else who


STANDS = {
    "video": Text(ru="видеосвязь", en="video"),
    "payments": Text(ru="банк", en="bank"),
    "registry": Text(ru="РЭМД", en="registry"),
    "mis": Text(ru="МИС", en="MIS"),
    "sms": Text(ru="СМС", en="SMS"),
    "north": Text(ru="лаборатория", en="laboratory"),
}

__all__ = ["Cast", "Line", "NotInTime", "Scene", "Story", "StoryFailed", "Told", "name_of"]
