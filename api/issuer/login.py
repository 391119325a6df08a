"""Checking who logs in. Every failure looks and takes the same: no answer tells who is a patient here."""

import asyncio
import hmac
import secrets
from datetime import UTC, datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.problems import Problem
from api.services import Services
from domain.pathway import digest_of
from ports import PortError
from records import codes, logins, requests

CODE_LIVES = timedelta(minutes=5)
CODE_WINDOW = timedelta(minutes=15)
CODES = 5
"""How many codes a phone may be sent in a window."""
ONCE = digest_of("refresh")
LOST = timedelta(seconds=30)
WAYS: dict[str, logins.Way] = {"patient": "phone", "staff": "password"}
"""The login behind each kind of token."""
STEP = 30
"""Seconds of a TOTP step (RFC 6238)."""

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
_NO_SECRET = pyotp.random_base32()
"""Checked where there is no such login, so that its absence takes as long as a wrong password."""

CODE_TEXT = "Код входа: {code}. Никому его не сообщайте. / Your code: {code}"


async def send_code(shared: Services, phone: str) -> None:
    """Send a one-time code to a phone, known here or not.

    Raises:
        Problem: ``rate_limited`` with the seconds to the window's end; ``unavailable``.
    """
    code = f"{secrets.randbelow(1_000_000):06d}"
    now = datetime.now(UTC)
    async with shared.wiring.database.bare() as session:
        issued = await codes.issue(session, phone, code, now, now + CODE_LIVES, now - CODE_WINDOW, CODES)
        since = None if issued else await codes.window_since(session, phone)
    if not issued:
        left = CODE_WINDOW if since is None else since + CODE_WINDOW - now
        raise Problem("rate_limited", retry_after=max(0, int(left.total_seconds())) + 1)
    key = f"code:{secrets.token_hex(16)}"
    try:
        await shared.wiring.notifier.send(key, phone, CODE_TEXT.format(code=code), "sms")
    except PortError:
        raise Problem("unavailable") from None


async def by_code(shared: Services, phone: str, code: str) -> str:
    """The person whose phone and code these are.

    Raises:
        Problem: ``login_failed``.
    """
    now = datetime.now(UTC)
    # The try is committed whatever comes of it: a rolled back one would not count.
    async with shared.wiring.database.bare() as session:
        right = await codes.take(session, phone, code, now)
    async with shared.wiring.database.bare() as session:
        login = await logins.login_by_phone(session, phone)
        if not right or login is None:
            raise Problem("login_failed")
        await logins.seen(session, login, now)
    return login.person


async def by_password(shared: Services, name: str, password: str, totp: str) -> str:
    """The employee whose name, password and one-time code these are.

    Raises:
        Problem: ``login_failed``.
    """
    async with shared.wiring.database.bare() as session:
        login = await logins.staff_login(session, name)
    hash_, secret = (login.password_hash, login.totp_secret) if login else (_NOBODY, _NO_SECRET)
    right = await asyncio.to_thread(_matches, hash_, password)
    step = totp_step(secret, totp, datetime.now(UTC))
    if login is None or not right or step is None:
        raise Problem("login_failed")
    async with shared.wiring.database.bare() as session:
        if not await logins.use_totp_step(session, login, step):
            raise Problem("login_failed")
    return login.person


async def spend(shared: Services, jti: str, person: str, kind: str) -> None:
    """Use up a refresh token. Whose answer was lost may use it again within seconds.

    Raises:
        Problem: ``login_failed``: it was used before, or the login it came from was closed since.
    """
    key, now = shared.hashed.hex("refresh", jti), datetime.now(UTC)
    async with shared.wiring.database.bare() as session:
        if not await logins.may_sign_in(session, person, WAYS[kind]):
            raise Problem("login_failed")
        used = await requests.recall(session, key, ONCE)
        if used is not None and now - datetime.fromisoformat(used.body) > LOST:
            raise Problem("login_failed")
        if used is None:
            answer = requests.Recorded(status=200, body=now.isoformat())
            await requests.remember(session, key, ONCE, answer, now)


def totp_step(secret: str, given: str, now: datetime) -> int | None:
    """The step a TOTP is of: the present one or its neighbour, None for a wrong code."""
    totp = pyotp.TOTP(secret, interval=STEP)
    present = int(now.timestamp()) // STEP
    found = None
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(totp.generate_otp(step), given):
            found = step
    return found


def _matches(hash_: str, password: str) -> bool:
    try:
        return _HASHER.verify(hash_, password)
    except (VerificationError, InvalidHashError):
        return False
