"""Proof of who a person is."""

from typing import Protocol

from domain.base import Value
from domain.people import IdentityLevel


class IdentitySession(Value):
    """A session at the provider: the person's browser goes to ``url`` and comes back."""

    session: str
    url: str


class Proved(Value):
    """What a finished session proves; attributes are compared by the caller and never logged."""

    level: IdentityLevel | None = None
    refused: str | None = None
    attributes: dict[str, str] = {}


class IdentityProvider(Protocol):
    """ЕСИА or its like."""

    async def begin(self, key: str, return_url: str) -> IdentitySession:
        """Open a session; the same key is the same session."""

    async def proved(self, session: str) -> Proved:
        """What the session proved; ``level`` and ``refused`` both None while it is not finished."""
