"""Minting and reading the issuer's own tokens. Each kind has its ``typ``: none passes for another."""

import secrets
import time
from dataclasses import dataclass
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jwt import JWTClaimsRegistry
from pydantic import BaseModel, Field

from api.issuer import keys
from api.problems import Problem

AUDIENCE = "carepath"
ACCESS = 15 * 60
LONGEST = {"patient": 30 * 86400, "staff": 12 * 3600}
"""How long a refresh token lives, by who logged in."""

Typ = Literal["at+jwt", "refresh+jwt", "challenge+jwt"]


class Tokens(BaseModel):
    """What a login gives. The access token lives at most 15 minutes; a refresh token serves once."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="Seconds the access token is valid.")
    refresh_token: str


@dataclass(frozen=True)
class Mint:
    """Signs with the issuer's key."""

    key: ECKey
    issuer: str

    def sign(self, typ: Typ, lifetime: int, **claims: Any) -> str:
        """A signed token."""
        now = int(time.time())
        body = {"iss": self.issuer, "iat": now, "exp": now + lifetime, "jti": secrets.token_urlsafe(16), **claims}
        return jwt.encode({"alg": keys.ALGORITHM, "kid": self.key.kid, "typ": typ}, body, self.key)

    def read(self, typ: Typ, token: str) -> dict[str, Any]:
        """The claims of a token of ours.

        Raises:
            Problem: ``login_failed``: forged, of another kind, or too old.
        """
        try:
            decoded = jwt.decode(token, self.key, algorithms=[keys.ALGORITHM])
            if decoded.header.get("typ") != typ:
                raise Problem("login_failed")
            registry = JWTClaimsRegistry(
                iss={"essential": True, "value": self.issuer}, exp={"essential": True}, jti={"essential": True}
            )
            registry.validate(decoded.claims)
        except (JoseError, ValueError, TypeError):
            raise Problem("login_failed") from None
        return decoded.claims

    def pair(self, person: str, clinic: str, kind: Literal["patient", "staff"]) -> Tokens:
        """An access and a refresh token of a person at a clinic; both say how he logged in."""
        whose = {"sub": person, "clinic": clinic, "kind": kind}
        return Tokens(
            access_token=self.sign("at+jwt", ACCESS, aud=AUDIENCE, **whose),
            expires_in=ACCESS,
            refresh_token=self.sign("refresh+jwt", LONGEST[kind], **whose),
        )
