"""Ways to sign in. They belong to no clinic, are reached by own id or keyed hash, and never listed.

Row-level security holds that: of these tables only rows named by ``Session.reach`` just before are visible.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import text

from domain.base import Moment, Value
from records.database import Session
from records.ids import new_id

Way = Literal["phone", "oidc", "password"]


class Login(Value):
    """A way to sign in: it leads to a person, never to a patient."""

    id: str
    person: str
    way: Way
    created_at: Moment
    seen_at: Moment | None


class StaffLogin(Value):
    """A password login with what is needed to check it."""

    id: str
    person: str
    password_hash: str
    totp_secret: str
    totp_step: int


_INSERT = text("""
    INSERT INTO login (id, person_id, way, key_hash, sealed, password_hash, totp_step, created_at)
    VALUES (:id, :person, :way, :key, :sealed, :password_hash, 0, :at)
""")
_FIND = text("""
    SELECT id, person_id AS person, way, created_at, seen_at FROM login
    WHERE way = :way AND key_hash = :key AND closed_at IS NULL
""")
_STAFF = text("""
    SELECT id, person_id AS person, password_hash, sealed, totp_step FROM login
    WHERE way = 'password' AND key_hash = :key AND closed_at IS NULL
""")
_SEEN = text("UPDATE login SET seen_at = :at WHERE id = :id")
_OPEN = text("SELECT EXISTS (SELECT FROM login WHERE person_id = :person AND way = :way AND closed_at IS NULL)")
_CLOSE = text("UPDATE login SET closed_at = :at WHERE id = :id AND closed_at IS NULL")
# A one-time code is good once: the step only moves forward.
_STEP = text("UPDATE login SET totp_step = :step WHERE id = :id AND totp_step < :step")
_PHONES = text("""
    SELECT DISTINCT ON (person_id) id, person_id, sealed FROM login
    WHERE way = 'phone' AND person_id = ANY(CAST(:people AS text[])) AND closed_at IS NULL
    ORDER BY person_id, created_at DESC
""")


async def create_phone(session: Session, person: str, phone: str, at: datetime) -> Login:
    """Let a person sign in by phone (E.164) and one-time code.

    Raises:
        IntegrityError: Another open login has this phone.
    """
    return await _create(session, person, "phone", session.vault.hash.phone(phone), phone, None, at)


async def create_oidc(session: Session, person: str, issuer: str, subject: str, at: datetime) -> Login:
    """Let a person sign in at an OpenID issuer."""
    return await _create(session, person, "oidc", _subject(session, issuer, subject), None, None, at)


async def create_staff(
    session: Session, person: str, name: str, password_hash: str, totp_secret: str, at: datetime
) -> Login:
    """Let an employee sign in by name, password (its argon2 hash) and TOTP."""
    return await _create(session, person, "password", _name(session, name), totp_secret, password_hash, at)


async def login_by_phone(session: Session, phone: str) -> Login | None:
    """The open login of a phone."""
    return await _find(session, "phone", session.vault.hash.phone(phone))


async def login_by_subject(session: Session, issuer: str, subject: str) -> Login | None:
    """The open login of an issuer's subject."""
    return await _find(session, "oidc", _subject(session, issuer, subject))


async def staff_login(session: Session, name: str) -> StaffLogin | None:
    """A password login by name; the caller compares the hash."""
    key = _name(session, name)
    await session.reach(key)
    row = await session.row(_STAFF, key=key)
    if row is None:
        return None
    values = dict(row._mapping)
    secret = session.vault.open("", row.id, values.pop("sealed")).decode()
    return StaffLogin.model_validate(values | {"totp_secret": secret})


async def use_totp_step(session: Session, login: StaffLogin, step: int) -> bool:
    """Spend a TOTP step; False when it, or a later one, was spent before."""
    await session.reach(login.person)
    return await session.run(_STEP, id=login.id, step=step) == 1


async def seen(session: Session, login: Login, at: datetime) -> None:
    """Keep when a login was last used."""
    await session.reach(login.person)
    await session.run(_SEEN, id=login.id, at=at)


async def may_sign_in(session: Session, person: str, way: Way) -> bool:
    """Whether a person still has an open login of a way."""
    await session.reach(person)
    return bool(await session.scalar(_OPEN, person=person, way=way))


async def close(session: Session, login: Login, at: datetime) -> bool:
    """End a login: its phone may belong to somebody else from now on."""
    await session.reach(login.person)
    return await session.run(_CLOSE, id=login.id, at=at) == 1


async def phones(session: Session, people: Sequence[str]) -> dict[str, str]:
    """The phone of each of these persons who has a phone login."""
    await session.reach(*people)
    rows = await session.rows(_PHONES, people=list(people))
    return {row.person_id: session.vault.open("", row.id, row.sealed).decode() for row in rows}


async def _create(
    session: Session, person: str, way: Way, key: str, secret: str | None, password: str | None, at: datetime
) -> Login:
    id_ = new_id("l")
    await session.reach(person)
    await session.run(
        _INSERT,
        id=id_,
        person=person,
        way=way,
        key=key,
        sealed=None if secret is None else session.vault.seal("", id_, secret.encode()),
        password_hash=password,
        at=at,
    )
    return Login(id=id_, person=person, way=way, created_at=at, seen_at=None)


async def _find(session: Session, way: Way, key: str) -> Login | None:
    await session.reach(key)
    row = await session.row(_FIND, way=way, key=key)
    return None if row is None else Login.model_validate(dict(row._mapping))


def _subject(session: Session, issuer: str, subject: str) -> str:
    return session.vault.hash.hex("login", issuer, subject)


def _name(session: Session, name: str) -> str:
    return session.vault.hash.hex("login", "staff", name.strip().casefold())
