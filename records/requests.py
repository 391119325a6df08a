"""Idempotency of requests: same key, same answer. Of no clinic, reached by the keyed hash, never listed."""

import json
from datetime import datetime

from sqlalchemy import text

from domain.base import Json, Value
from records.database import Session


class KeyReused(Exception):
    """The key was used before with another body."""


class Recorded(Value):
    """A recorded answer."""

    status: int
    body: Json
    headers: dict[str, str] = {}


# Requests with the same key wait here for each other, until the transaction that holds the lock ends.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('request:' || :key, 0))")
_RECALL = text("SELECT digest, sealed FROM request WHERE key_hash = :key")
_REMEMBER = text("""
    INSERT INTO request (key_hash, digest, sealed, at) VALUES (:key, :digest, :sealed, :at)
    ON CONFLICT (key_hash) DO NOTHING
""")
_SWEEP = text("DELETE FROM request WHERE at < :before")


async def recall(session: Session, key_hash: str, digest: str) -> Recorded | None:
    """The answer recorded under a key, None for a new key.

    A second request with the key waits until the transaction of the first ends; so, where work and ``remember`` stand
    in one transaction, it is done once.

    Raises:
        KeyReused: The key was used with another body.
    """
    await session.run(_LOCK, key=key_hash)
    await session.reach(key_hash)
    row = await session.row(_RECALL, key=key_hash)
    if row is None:
        return None
    if row.digest != digest:
        raise KeyReused
    return Recorded.model_validate_json(session.vault.open("", "request:" + key_hash, row.sealed))


async def remember(session: Session, key_hash: str, digest: str, answer: Recorded, at: datetime) -> Recorded:
    """Record an answer (encrypted: it may hold what only its caller may see); the one that stands is returned.

    Raises:
        KeyReused: The key was used with another body.
    """
    await session.reach(key_hash)
    sealed = session.vault.seal("", "request:" + key_hash, json.dumps(answer.model_dump(mode="json")).encode())
    if await session.run(_REMEMBER, key=key_hash, digest=digest, sealed=sealed, at=at) == 1:
        return answer
    known = await recall(session, key_hash, digest)
    assert known is not None
    return known


async def sweep(session: Session, before: datetime) -> int:
    """Forget answers older than any client resends (system role)."""
    return await session.run(_SWEEP, before=before)
