"""Facts that machines told us, kept before anything is answered; a relay hands each to its workflow until taken.

Times here are real: retries do not follow the stepped clock.
"""

from datetime import datetime, timedelta

from sqlalchemy import text

from domain.acts import Fact
from domain.base import Moment, Value
from domain.people import Role
from records.database import Session

LEASE = timedelta(seconds=20)
"""How long a relay has for a row before another takes it: handing a fact over twice is harmless."""
LONGEST_PAUSE = timedelta(minutes=5)
STUCK_AFTER = 20


class Letter(Value):
    """A fact on its way."""

    id: int
    clinic: str | None
    workflow: str
    fact: Fact
    received_at: Moment
    tries: int


class Flag(Value):
    """A red flag whose signal nobody has taken yet: whom to ring."""

    id: int
    clinic: str
    workflow: str
    ring: Role


_PUT = text("""
    INSERT INTO inbox (clinic_id, sender, event_id, workflow, fact, raw, ring, received_at, next_try_at, tries)
    VALUES (:clinic, :sender, :event, :workflow, CAST(:fact AS json), :raw, :ring, :at, :at, 0)
    ON CONFLICT DO NOTHING
""")
# Taken and pushed forward in one statement, so that several relays share the work and a killed one blocks nothing.
_UNDELIVERED = text("""
    UPDATE inbox SET tries = tries + 1, next_try_at = :at + least(:lease * power(2, least(tries, 8)), :longest)
    WHERE id IN (SELECT id FROM inbox WHERE delivered_at IS NULL AND next_try_at <= :at
                 ORDER BY next_try_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id, clinic_id AS clinic, workflow, fact, received_at, tries
""")
_MARK = text("UPDATE inbox SET delivered_at = :at WHERE id = :id AND delivered_at IS NULL")
# A machine's notice names no clinic; its workflow does, and workflow ids are unique.
_STUCK = text("""
    SELECT i.id, coalesce(i.clinic_id, c.clinic_id) AS clinic, i.workflow, i.fact, i.received_at, i.tries
    FROM inbox AS i LEFT JOIN consultation AS c ON c.workflow = i.workflow
    WHERE i.delivered_at IS NULL AND i.tries >= :tries AND i.id > :after ORDER BY i.id LIMIT :limit
""")
_TO_RING = text("""
    SELECT id, clinic_id AS clinic, workflow, ring FROM inbox
    WHERE ring IS NOT NULL AND rung_at IS NULL AND delivered_at IS NULL AND received_at <= :before ORDER BY id
""")
_RUNG = text("UPDATE inbox SET rung_at = :at WHERE id = :id AND rung_at IS NULL")


async def put(
    session: Session,
    workflow: str,
    fact: Fact,
    raw: bytes,
    at: datetime,
    *,
    clinic: str | None = None,
    ring: Role | None = None,
) -> bool:
    """Keep a fact, unique by its source and id; False when it is known. ``raw`` is what came, kept encrypted.

    ``ring``: a red flag; whom ``workers`` rings if no workflow took it in time. Works in every door, so that a flag
    and the answers that raised it stand in one transaction.
    """
    sealed = session.vault.seal("", f"inbox:{fact.source}:{fact.id}", raw) if raw else None
    touched = await session.run(
        _PUT,
        clinic=clinic,
        sender=fact.source,
        event=fact.id,
        workflow=workflow,
        fact=fact.model_dump_json(),
        raw=sealed,
        ring=None if ring is None else ring.value,
        at=at,
    )
    return touched == 1


async def undelivered(session: Session, at: datetime, limit: int = 50) -> list[Letter]:
    """Take facts that are due, oldest first (system role). Untaken ones come again, ever later.

    Leave the transaction before handing them over; ``mark`` each after the server's answer.
    """
    rows = await session.rows(_UNDELIVERED, at=at, lease=LEASE, longest=LONGEST_PAUSE, limit=limit)
    return sorted((Letter.model_validate(dict(row._mapping)) for row in rows), key=lambda letter: letter.id)


async def mark(session: Session, letter: int, at: datetime) -> None:
    """The workflow's server took it (system role)."""
    await session.run(_MARK, id=letter, at=at)


async def stuck(session: Session, after: int = 0, *, tries: int = STUCK_AFTER, limit: int = 100) -> list[Letter]:
    """What stays undeliverable: a person must look (system role). The first letters after that one, by id."""
    rows = await session.rows(_STUCK, after=after, tries=tries, limit=limit)
    return [Letter.model_validate(dict(row._mapping)) for row in rows]


async def to_ring(session: Session, before: datetime) -> list[Flag]:
    """Red flags received by then that no workflow took and for which nobody was rung (system role)."""
    return [Flag.model_validate(dict(row._mapping)) for row in await session.rows(_TO_RING, before=before)]


async def rung(session: Session, flag: int, at: datetime) -> bool:
    """Claim the ringing for a flag; False when somebody did already: once a flag (system role)."""
    return await session.run(_RUNG, id=flag, at=at) == 1
