"""Opaque ids: a prefix that says what it is, and 130 random bits."""

import base64
import secrets


def new_id(prefix: str) -> str:
    """A new id: ``<prefix>-`` and 26 characters of lower-case base32."""
    return f"{prefix}-{base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]}"
