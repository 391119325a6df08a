"""The waiting line of a pool. Redis holds nothing that PostgreSQL and the workflows cannot rebuild."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Protocol

from domain.base import Value


class Place(Value):
    """A patient's place: ``position`` from 1, the predicted wait as a range of seconds."""

    position: int
    low: int
    high: int


class Offer(Value):
    """A waiting patient as the pool's doctors see him: ids only."""

    workflow: str
    step: str
    occurrence: int
    since: datetime


class Estimate(Protocol):
    """How a wait is predicted, from the place and how long recent meetings took (seconds). Pure."""

    def __call__(self, position: int, doctors: int, durations: Sequence[float], free: int = 0) -> Place:
        """The place with its predicted range."""


class Line(Protocol):
    """A line of one clinic's pool. ``member`` is ``workflow:step:occurrence``."""

    async def join(self, clinic: str, pool: str, member: str, at: datetime, first: bool) -> None:
        """Stand in line (the same member keeps its place) and wake the pool's doctors."""

    async def leave(self, clinic: str, pool: str, member: str) -> None:
        """Leave the line; leaving twice is fine."""

    async def position(self, clinic: str, pool: str, member: str) -> int | None:
        """Place in line from 1; None when not in it."""

    async def offers(self, clinic: str, pool: str) -> list[Offer]:
        """Who waits, first in line first."""

    async def claim(self, clinic: str, member: str, doctor: str) -> bool:
        """Take the lease (10 s) on an offer; False when a colleague holds it. Only spares losers the trip."""

    async def release(self, clinic: str, member: str, doctor: str) -> None:
        """Give the lease back, so that the offer rings again."""

    async def heartbeat(self, clinic: str, doctor: str) -> None:
        """A doctor on duty is there (a lease of seconds)."""

    async def wake(self, clinic: str, topic: str) -> None:
        """Tell the streams that something changed (pub/sub; carries no data)."""

    async def present(self, clinic: str) -> frozenset[str]:
        """Doctors whose heartbeat has not run out."""

    def listen(self) -> AsyncGenerator[tuple[str, str]]:
        """Every wake of every clinic as (clinic, topic), for the one reader of a process. Never ends.

        The line of a pool wakes ``pool:<pool>``. Wakes may be lost: ``("", "")``, at the start and after an outage,
        says 'look at everything again'.
        """
