"""Columns that must not be readable in a stolen copy of the database: encrypted, and found by keyed hash."""

from functools import cached_property

from runtime.envelope import Envelopes
from runtime.hashing import KeyedHash
from runtime.settings import Settings


class Vault:
    """Seals columns. Keys are decoded at first use, so that a process that needs none runs without any."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _envelopes(self) -> Envelopes:
        return Envelopes.from_settings(self._settings)

    @cached_property
    def hash(self) -> KeyedHash:
        """Keyed hashes of phones, subjects and the like."""
        return KeyedHash.from_settings(self._settings)

    def seal(self, owner: str, name: str, data: bytes) -> bytes:
        """Encrypt for a clinic (or, for what belongs to none, a person's id), bound to the row's own name."""
        return self._envelopes.seal(owner, name, data)

    def open(self, owner: str, name: str, sealed: bytes) -> bytes:
        """Decrypt what ``seal`` made for the same owner and name."""
        return self._envelopes.open(owner, name, sealed)
