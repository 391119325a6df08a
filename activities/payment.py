"""Money: held, taken, freed. Each is looked for at the provider before it is sent, and noted in the journal."""

from activities.errors import does, word
from activities.overtaken import still_wanted
from domain.effects import Done, Effect
from domain.effects.payment import Authorise, Authorised, CancelHold, Capture, Captured
from ports import Refused
from ports.payments import Payments as PaymentsPort
from records import payments as journal
from records.database import Database
from records.payments import Entry


class Payments:
    """Effects of payment."""

    def __init__(self, database: Database, payments: PaymentsPort) -> None:
        self._database = database
        self._payments = payments

    @does(Authorise)
    async def authorise(self, effect: Authorise) -> Authorised:
        """Hold the amount once; a decline is an answer, not an error."""
        held = await self._payments.find_hold(effect.key)
        if held is None:
            held = await self._payments.authorise(effect.key, effect.payer, effect.amount, effect.means)
        await self._note(effect, "declined" if held.hold is None else "authorised", effect.amount, hold=held.hold)
        return Authorised(hold=held.hold, declined=word(held.declined) if held.declined else None)

    @does(Capture)
    async def capture(self, effect: Capture) -> Captured:
        """Take the amount once."""
        receipt = await self._payments.find_capture(effect.key)
        if receipt is None:
            receipt = await self._payments.capture(effect.key, effect.hold, effect.amount)
        await self._note(effect, "captured", effect.amount, hold=effect.hold, receipt=receipt)
        return Captured(receipt=receipt)

    @does(CancelHold)
    async def cancel(self, effect: CancelHold) -> Done:
        """Free the hold; freeing a freed one is fine."""
        async with self._database.clinic(effect.clinic) as session:
            await still_wanted(session, effect)
        await self._payments.cancel(effect.key, effect.hold)
        await self._note(effect, "cancelled", 0, hold=effect.hold)
        return Done()

    async def _note(
        self, effect: Effect, entry: Entry, amount: int, *, hold: str | None = None, receipt: str | None = None
    ) -> None:
        async with self._database.clinic(effect.clinic) as session:
            if not await journal.note(
                session, effect.key, effect.consultation, entry, amount, effect.at, hold=hold, receipt=receipt
            ):
                raise Refused("hold_ended")
