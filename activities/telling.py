"""Sending one message to all who stand behind an owner: once a person and key, whatever is killed."""

from domain.effects import Effect
from domain.people import Owner
from domain.texts import TEXTS
from ports import PortError, Refused
from ports.notify import Notifier
from records import notices, staff
from records.database import Database
from records.staff import Contact
from runtime.telemetry import get_logger

log = get_logger(__name__)


class Teller:
    """Resolves owners to people and their addresses, and tells them."""

    def __init__(self, database: Database, notifier: Notifier) -> None:
        self._database = database
        self._notifier = notifier

    async def tell(self, effect: Effect, key: str, to: Owner, text: str, *, urgent: bool) -> int:
        """Tell everybody; how many were told by now under this key.

        One who cannot be reached holds up nobody else: the others are told first, then the failure is raised, and the
        next try tells only who is left.

        Raises:
            Refused: No such text.
            PortError: Somebody could not be told for now.
        """
        if text not in TEXTS:
            raise Refused("no_such_text")
        async with self._database.clinic(effect.clinic) as session:
            people = await staff.contacts(session, to, effect.at.date())
            told = await notices.sent(session, key)
        failed: PortError | None = None
        for contact in people:
            if contact.person in told:
                continue
            try:
                await self._send(effect, key, contact, text, urgent=urgent)
            except Refused as refusal:
                log.warning("notice.refused", clinic=effect.clinic, code=refusal.code)
            except PortError as error:
                failed = error
            else:
                told |= {contact.person}
        if failed is not None:
            raise failed
        return len(told)

    async def reached(self, effect: Effect, key: str) -> int:
        """How many were told by now under this key."""
        async with self._database.clinic(effect.clinic) as session:
            return len(await notices.sent(session, key))

    async def _send(self, effect: Effect, key: str, contact: Contact, text: str, *, urgent: bool) -> None:
        own = f"{key}:{contact.person}"
        channel = "voice" if urgent else "sms"
        if not await self._notifier.find(own):
            words = TEXTS[text].in_(contact.language)
            await self._notifier.send(own, contact.phone, words, "voice" if urgent else "sms")
        async with self._database.clinic(effect.clinic) as session:
            await notices.remember(session, key, contact.person, text, channel, effect.at)
