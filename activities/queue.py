"""The waiting line: PostgreSQL remembers who waits and what was predicted, Redis rings the doctors."""

from activities.errors import does
from activities.overtaken import still_wanted
from domain.effects import Done
from domain.effects.queue import FreeSeat, InLine, JoinLine, LeaveLine
from ports.line import Estimate, Line
from records import duty, seats, waits
from records.database import Database, Session


class Queue:
    """Effects of queue."""

    def __init__(self, database: Database, line: Line, estimate: Estimate) -> None:
        self._database = database
        self._line = line
        self._estimate = estimate

    @does(JoinLine)
    async def join(self, effect: JoinLine) -> InLine:
        """Stand in line. The row comes first: a line that is wiped is rebuilt from it, and the place is kept."""
        where = (effect.workflow, effect.step or "_", effect.occurrence)
        async with self._database.clinic(effect.clinic) as session:
            low, high = await self._predicted(session, effect)
            wait = await waits.join(session, *where, effect.pool, effect.first, low, high, effect.at)
        await self._line.join(effect.clinic, effect.pool, effect.reference, wait.joined_at, wait.first)
        return InLine(low=wait.low, high=wait.high)

    @does(LeaveLine)
    async def leave(self, effect: LeaveLine) -> Done:
        """Leave the line; leaving twice is fine."""
        where = (effect.workflow, effect.step or "_", effect.occurrence)
        async with self._database.clinic(effect.clinic) as session:
            await still_wanted(session, effect)
            seat = await seats.of_occurrence(session, *where)
            await waits.leave(session, *where, "left" if seat is None else "accepted", effect.at)
        await self._line.leave(effect.clinic, effect.pool, effect.reference)
        return Done()

    @does(FreeSeat)
    async def free_seat(self, effect: FreeSeat) -> Done:
        """Free the doctor's seat."""
        async with self._database.clinic(effect.clinic) as session:
            await still_wanted(session, effect)
            await seats.free(session, effect.seat, effect.at)
        return Done()

    async def _predicted(self, session: Session, effect: JoinLine) -> tuple[int, int]:
        standing = await waits.standing(session, effect.pool)
        others = [wait for wait in standing if wait.workflow != effect.workflow]
        before = [wait for wait in others if wait.first or not effect.first]
        doctors = await duty.doctors_on(session, effect.pool)
        places = sum(doctor.capacity for doctor in doctors)
        taken = [len(await seats.of_doctor(session, doctor.doctor)) for doctor in doctors]
        free = sum(max(0, doctor.capacity - busy) for doctor, busy in zip(doctors, taken, strict=True))
        # Until the record measures meetings, the estimate rests on the planned length.
        place = self._estimate(len(before) + 1, places, (), free)
        return place.low, place.high
