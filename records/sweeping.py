"""What nobody named in time is removed, clinic by clinic: superseded autosaves, and photos that were never sent."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from domain.base import Value
from records import chat, clinics, content
from records.database import Database

Forget = Callable[[str, str], Awaitable[None]]
"""Removes a clinic's object by its name; a missing one is fine (``Storage.delete``)."""


class Swept(Value):
    """How much was removed."""

    drafts: int = 0
    photos: int = 0


async def sweep(database: Database, before: datetime, forget: Forget) -> Swept:
    """One round over every clinic; ``before`` is domain time, as content's is.

    A photo's bytes go before its row is committed away: whoever is killed in between finds the row again, and no byte
    is left without one.
    """
    async with database.system() as session:
        known = await clinics.list_ids(session)
    drafts = photos = 0
    for clinic in known:
        async with database.clinic(clinic) as session:
            drafts += await content.sweep(session, before)
            stored = await chat.sweep_photos(session, before)
            for name in stored:
                await forget(clinic, name)
            photos += len(stored)
    return Swept(drafts=drafts, photos=photos)
