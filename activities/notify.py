"""Telling people that something waits for them."""

from temporalio import activity

from activities.errors import does
from activities.telling import Teller
from domain.effects.notify import Deliver, Tell, Told
from ports import PortError
from ports.notify import Notifier
from records.database import Database

MESSAGE = "message_waits"
"""All that a delivered message says outside: its words are read in the house."""
TRIES = 5
"""So often those who could not be told are tried again while somebody was told: then it has reached whom it could."""


class Notices:
    """Effects of notify."""

    def __init__(self, database: Database, notifier: Notifier) -> None:
        self._teller = Teller(database, notifier)

    @does(Tell)
    async def tell(self, effect: Tell) -> Told:
        """Tell the people behind an owner, each once."""
        people = await self._teller.tell(effect, effect.key, effect.to, effect.text, urgent=effect.urgent)
        return Told(people=people)

    @does(Deliver)
    async def deliver(self, effect: Deliver) -> Told:
        """Tell the people behind an owner that a message waits, each once; nobody reached is an answer, ``0``.

        One who cannot be told for now must not turn a message that reached the others into an undelivered one.
        """
        try:
            people = await self._teller.tell(effect, effect.key, effect.to, MESSAGE, urgent=False)
        except PortError:
            people = await self._teller.reached(effect, effect.key)
            if not people or activity.info().attempt < TRIES:
                raise
        return Told(people=people)
