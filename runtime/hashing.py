"""Keyed hashes of what must be found again but not be readable: phones, document numbers, request keys."""

import base64
import hashlib
import hmac
from typing import Self

from runtime.settings import Settings


class KeyedHash:
    """HMAC-SHA256 under one key; ``purpose`` keeps equal values of different meanings apart."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("the hash key is shorter than 32 bytes")
        self._key = key

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The hash as configured (``hash_key``)."""
        return cls(base64.b64decode(settings.hash_key.get_secret_value(), validate=True))

    def digest(self, purpose: str, *parts: str) -> bytes:
        """The hash of some parts, each kept apart from its neighbour."""
        state = hmac.new(self._key, purpose.encode() + b"\0", hashlib.sha256)
        for part in parts:
            raw = part.encode()
            state.update(len(raw).to_bytes(4, "big") + raw)
        return state.digest()

    def hex(self, purpose: str, *parts: str) -> str:
        """The same as 64 hex characters."""
        return self.digest(purpose, *parts).hex()

    def code(self, purpose: str, *parts: str) -> str:
        """The same as 26 characters of base32, lower case: the tail of an opaque id (130 bits)."""
        return base64.b32encode(self.digest(purpose, *parts)).decode().lower()[:26]

    def phone(self, phone: str) -> str:
        """The hash a login is found by. ``phone`` is in E.164 already."""
        return self.hex("phone", phone)
