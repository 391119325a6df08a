"""Times agreed with a doctor, kept in the clinic's MIS: looked for before they are taken, given back once."""

from datetime import date

from activities.errors import does, ours
from activities.overtaken import still_wanted
from domain.effects import Done
from domain.effects.appointment import Book, Booked, CancelBooking, FindSlots, SlotsFound
from ports import Refused
from ports.mis import NOT_TO_BE_HAD, Booking, Mis
from records import people, staff
from records.database import Database, Session


class Appointments:
    """Effects of appointment."""

    def __init__(self, database: Database, mis: Mis) -> None:
        self._database = database
        self._mis = mis

    @does(FindSlots)
    async def find(self, effect: FindSlots) -> SlotsFound:
        """How many times can be had: of the pool's own doctors, for another's would not be booked."""
        slots = await self._mis.slots(effect.pool, effect.since, effect.until)
        async with self._database.clinic(effect.clinic) as session:
            doctors = await _doctors(session, effect.pool, effect.at.date())
        return SlotsFound(free=sum(slot.doctor in doctors for slot in slots))

    @does(Book)
    async def book(self, effect: Book) -> Booked:
        """Take the time once; one that is not to be had is an answer, and the patient chooses another.

        What stands at the MIS under this key counts, whoever asked first: a booking that was given back meanwhile is
        not the patient's any more, though a key sent again would be answered as if it were.
        """
        booking = await self._mis.find_booking(effect.key) or await self._taken(effect)
        if booking is None or booking.given_back or not await self._with_ours(effect, booking):
            return Booked(booking=None)
        slot = booking.slot
        return Booked(booking=booking.reference, doctor=slot.doctor, starts=slot.starts, ends=slot.ends)

    @does(CancelBooking)
    async def cancel(self, effect: CancelBooking) -> Done:
        """Give the time back; giving back one given back is fine."""
        async with self._database.clinic(effect.clinic) as session:
            await still_wanted(session, effect)
        await self._mis.cancel_booking(effect.booking)
        return Done()

    async def _taken(self, effect: Book) -> Booking | None:
        """The time taken now, None where it is not to be had.

        A refusal is not believed at once: who has the time may be we, by a try whose answer is not here yet, and a
        booking nobody knows of keeps it from everybody.
        """
        async with self._database.clinic(effect.clinic) as session:
            patient = ours(await people.patient(session, effect.patient), "no_such_patient")
        try:
            return await self._mis.book(effect.key, effect.slot, patient.number)
        except Refused as refusal:
            booking = await self._mis.find_booking(effect.key)
            if booking is None and refusal.code not in NOT_TO_BE_HAD:
                raise
            return booking

    async def _with_ours(self, effect: Book, booking: Booking) -> bool:
        """Whether it is a time of the pool's doctor: he becomes the patient's. Another's is given back at once."""
        async with self._database.clinic(effect.clinic) as session:
            doctors = await _doctors(session, effect.pool, effect.at.date())
        if booking.slot.doctor in doctors:
            return True
        await self._mis.cancel_booking(booking.reference)
        return False


async def _doctors(session: Session, pool: str, on: date) -> frozenset[str]:
    return frozenset(who.person for who in await staff.at_work(session, on) if pool in who.pools)
