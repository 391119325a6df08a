"""The sweeper's round: what nobody needs any more goes after a day of domain time, and not before."""

from datetime import datetime, timedelta

from records import content, people
from records.database import Database
from records.ids import new_id
from runtime.clock import real_now
from workers.sweeper import KEPT, Sweeper


async def test_a_draft_of_no_open_task_goes_when_its_day_is_over(database: Database, clinic: str) -> None:
    begun, author = real_now(), new_id("p")
    async with database.bare() as session:
        await people.create_person(session, begun, author)
    async with database.clinic(clinic) as session:
        draft = await content.write(
            session, "protocol", "c-1", "c-1", "note.1.write", author, {"n": 1}, begun, draft=True
        )
    now = begun + KEPT - timedelta(minutes=5)

    async def tell() -> datetime:
        return now

    async def forget(clinic: str, name: str) -> None:
        """Photos of other tests' clinics, which a round over all of them meets too."""

    sweeper = Sweeper(database, tell, forget)
    assert not await sweeper.sweep()
    async with database.clinic(clinic) as session:
        assert await content.read(session, draft.id) is not None
    now = begun + KEPT + timedelta(minutes=5)
    assert not await sweeper.sweep()
    async with database.clinic(clinic) as session:
        assert await content.read(session, draft.id) is None
