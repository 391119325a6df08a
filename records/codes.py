"""One-time codes sent to phones: one valid at a time, single use, few tries. Of no clinic, reached by keyed hash."""

from datetime import datetime

from sqlalchemy import text

from records.database import Session

TRIES = 5

_ISSUE = text("""
    INSERT INTO login_code (phone_hash, code_hash, made_at, expires_at, tries, issued, window_since)
    VALUES (:phone, :code, :at, :expires_at, 0, 1, :at)
    ON CONFLICT (phone_hash) DO UPDATE SET
        code_hash = excluded.code_hash, made_at = excluded.made_at, expires_at = excluded.expires_at, tries = 0,
        used_at = NULL,
        issued = CASE WHEN login_code.window_since < :window_start THEN 1 ELSE login_code.issued + 1 END,
        window_since = CASE WHEN login_code.window_since < :window_start THEN :at ELSE login_code.window_since END
    WHERE login_code.window_since < :window_start OR login_code.issued < :limit
""")
# The try is counted before the code is compared, and in the same statement: racing guesses cannot exceed the limit.
_TRY = text("""
    UPDATE login_code SET
        tries = tries + 1,
        used_at = CASE WHEN code_hash = :code THEN CAST(:at AS timestamptz) END
    WHERE phone_hash = :phone AND used_at IS NULL AND expires_at > :at AND tries < :tries
    RETURNING used_at IS NOT NULL
""")

_SINCE = text("SELECT window_since FROM login_code WHERE phone_hash = :phone")


async def issue(
    session: Session, phone: str, code: str, at: datetime, expires_at: datetime, window_start: datetime, limit: int
) -> bool:
    """Keep a new code for a phone; the former one is void. False: ``limit`` codes were issued since ``window_start``.

    Times are real: codes do not follow the stepped clock.
    """
    key = session.vault.hash.phone(phone)
    await session.reach(key)
    touched = await session.run(
        _ISSUE,
        phone=key,
        code=_code(session, phone, code),
        at=at,
        expires_at=expires_at,
        window_start=window_start,
        limit=limit,
    )
    return touched == 1


async def window_since(session: Session, phone: str) -> datetime | None:
    """When the window began in which this phone's codes are counted."""
    key = session.vault.hash.phone(phone)
    await session.reach(key)
    since: datetime | None = await session.scalar(_SINCE, phone=key)
    return since


async def take(session: Session, phone: str, code: str, at: datetime) -> bool:
    """Spend a code: True once, for the right one, in its time, within its tries."""
    key = session.vault.hash.phone(phone)
    await session.reach(key)
    return bool(await session.scalar(_TRY, phone=key, code=_code(session, phone, code), at=at, tries=TRIES))


def _code(session: Session, phone: str, code: str) -> str:
    return session.vault.hash.hex("code", phone, code)
