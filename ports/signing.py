"""Checking signatures people made with keys we never see."""

from datetime import datetime
from typing import Literal, Protocol

from domain.base import Value


class SignatureChecked(Value):
    """A valid detached signature over exact bytes. ``person`` is read from the certificate's subject."""

    level: Literal["simple", "unqualified", "qualified"]
    person: str
    certificate: str
    """sha256 of the certificate, hex."""
    valid_until: datetime
    signed_at: datetime | None = None


class Signing(Protocol):
    """A checker of detached CMS signatures."""

    def check(self, document: bytes, signature: bytes, at: datetime) -> SignatureChecked:
        """Check a detached CMS (CAdES-BES) signature over the document's bytes.

        Raises:
            Refused: ``malformed``, ``wrong_bytes``, ``untrusted``, ``expired`` or ``revoked``.
        """
