"""Verify a bearer token: signature by a known issuer's key, issuer, audience, time. Nothing else is believed."""

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from api.auth.keys import Fetch, Keys, fetch
from api.problems import Problem
from domain.base import Moment, Value
from runtime.settings import Issuer

ALGORITHMS = ["ES256", "ES384", "EdDSA", "Ed25519", "RS256", "PS256"]
"""Asymmetric only: ``none`` and HMAC (a public key taken for a secret) are never accepted."""
LEEWAY = 30
LONGEST = 8192
"""Characters of a token we are ready to parse."""


class Bearer(Value):
    """What a verified token says. ``subject`` is the person at that issuer.

    ``staff`` is False for who logged in as patients do, by a code sent to his phone: whoever holds that phone is let
    to what is the person's own as a patient, and to nothing of his work.
    """

    issuer: str
    subject: str
    clinic: str | None = None
    staff: bool = True
    expires_at: Moment


class Verifier:
    """Verifies tokens of the configured issuers; ``own`` are those whose keys are in this process."""

    def __init__(
        self,
        issuers: Iterable[Issuer],
        *,
        own: dict[str, tuple[str, KeySet]] | None = None,
        fetch: Fetch = fetch,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuers = {issuer.issuer: (issuer, Keys(issuer.jwks_url, fetch)) for issuer in issuers}
        self._own = own or {}
        self._clock = clock

    async def verify(self, token: str) -> Bearer:
        """The verified token.

        Raises:
            Problem: ``unauthenticated``, for whatever reason; the reason is not told.
        """
        try:
            return await self._verify(token)
        except (JoseError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
            raise Problem("unauthenticated") from None

    async def _verify(self, token: str) -> Bearer:
        if len(token) > LONGEST:
            raise ValueError
        unverified = jws.extract_compact(token.encode())
        header = unverified.headers()
        issuer = _unverified_issuer(unverified.payload)
        audience, keys = await self._keys(issuer, str(header["kid"]))
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        if header.get("typ", "JWT").lower() not in ("jwt", "at+jwt"):
            raise ValueError
        registry = JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        registry.validate(decoded.claims)
        claims = decoded.claims
        clinic = claims.get("clinic")
        return Bearer(
            issuer=issuer,
            subject=_word(claims["sub"]),
            clinic=None if clinic is None else _word(clinic),
            staff=claims.get("kind") != "patient" and self._of_staff(issuer),
            expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        )

    async def _keys(self, issuer: str, kid: str) -> tuple[str, KeySet]:
        if issuer in self._own:
            return self._own[issuer]
        known, keys = self._issuers[issuer]
        return known.audience, await keys.holding(kid)

    def _of_staff(self, issuer: str) -> bool:
        return issuer in self._own or self._issuers[issuer][0].staff


def _unverified_issuer(payload: bytes) -> str:
    """Who claims to have issued a token: only chooses whose keys to check it with."""
    claims: Any = json.loads(payload)
    issuer = claims["iss"]
    if not isinstance(issuer, str):
        raise ValueError
    return issuer


def _word(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 255:
        raise ValueError
    return value
