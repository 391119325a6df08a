"""Telling people that something waits for them."""

from activities.errors import does
from activities.telling import Teller
from domain.effects.notify import Tell, Told
from ports.notify import Notifier
from records.database import Database


class Notices:
    """Effects of notify."""

    def __init__(self, database: Database, notifier: Notifier) -> None:
        self._teller = Teller(database, notifier)

    @does(Tell)
    async def tell(self, effect: Tell) -> Told:
        """Tell the people behind an owner, each once."""
        people = await self._teller.tell(effect, effect.key, effect.to, effect.text, urgent=effect.urgent)
        return Told(people=people)
