"""Messages sent: once a key and person. Only the catalogue code is kept, never a text or a phone."""

from datetime import datetime

from sqlalchemy import text

from records.database import Session

_SENT = text("SELECT person_id FROM notice WHERE clinic_id = :clinic AND key = :key")
_REMEMBER = text("""
    INSERT INTO notice (clinic_id, key, person_id, text, channel, at)
    VALUES (:clinic, :key, :person, :text, :channel, :at) ON CONFLICT DO NOTHING
""")


async def sent(session: Session, key: str) -> frozenset[str]:
    """The persons to whom the message of this key went already."""
    return frozenset(row[0] for row in await session.rows(_SENT, clinic=session.clinic, key=key))


async def remember(session: Session, key: str, person: str, text: str, channel: str, at: datetime) -> None:
    """Keep that a message went to a person; ``text`` is its catalogue code."""
    await session.run(_REMEMBER, clinic=session.clinic, key=key, person=person, text=text, channel=channel, at=at)
