"""Invitations into a meeting: for whom, until when, by whom. The secret is its guest's alone; here is its keyed hash.

Times are real: an invitation is a token, and no token lives by the stepped clock.
"""

from datetime import datetime

from sqlalchemy import text

from domain.base import Code, Moment, Value
from records.database import Session
from records.rows import maybe


class Invitation(Value):
    """An invitation as it stands. It also needs the meeting's tasks to name it: the process decides who is welcome."""

    id: str
    workflow: str
    step: Code
    occurrence: int
    guest: Code
    invited_by: str
    at: Moment
    expires_at: Moment
    revoked_at: Moment | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is neither too old nor taken back."""
        return self.revoked_at is None and now < self.expires_at


_MAKE = text("""
    INSERT INTO invitation (clinic_id, id, workflow, step, occurrence, guest, token_hash, invited_by, at, expires_at)
    VALUES (:clinic, :id, :workflow, :step, :occurrence, :guest, :token_hash, :invited_by, :at, :expires_at)
    ON CONFLICT (clinic_id, id) DO NOTHING
""")
_COLUMNS = "id, workflow, step, occurrence, guest, invited_by, at, expires_at, revoked_at"
_GET = text(f"SELECT {_COLUMNS} FROM invitation WHERE clinic_id = :clinic AND id = :id")
_BY_TOKEN = text(f"SELECT {_COLUMNS} FROM invitation WHERE clinic_id = :clinic AND token_hash = :token_hash")
_REVOKE = text("""
    UPDATE invitation SET revoked_at = :at, revoked_by = :person
    WHERE clinic_id = :clinic AND id = :id AND revoked_at IS NULL
""")


async def make(session: Session, invitation: Invitation, token_hash: str) -> None:
    """Keep an invitation; the same again changes nothing."""
    values = invitation.model_dump(exclude={"revoked_at"})
    await session.run(_MAKE, clinic=session.clinic, token_hash=token_hash, **values)


async def get(session: Session, id: str) -> Invitation | None:
    """An invitation by its id."""
    return maybe(Invitation, await session.row(_GET, clinic=session.clinic, id=id))


async def by_token(session: Session, token_hash: str) -> Invitation | None:
    """An invitation by its secret's keyed hash."""
    return maybe(Invitation, await session.row(_BY_TOKEN, clinic=session.clinic, token_hash=token_hash))


async def revoke(session: Session, id: str, person: str, at: datetime) -> bool:
    """Take an invitation back; False where it was taken back before or never was."""
    return await session.run(_REVOKE, clinic=session.clinic, id=id, person=person, at=at) == 1
