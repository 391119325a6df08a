"""Envelopes for files and columns: one data key each, wrapped by the clinic's key, bound to clinic and name."""

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from runtime.crypto import KEY, NONCE, KeyMissing, Unreadable, keys
from runtime.settings import Settings

MAGIC = b"CPE1"
TAG = 16
WRAPPED = NONCE + KEY + TAG


class Envelopes:
    """Seals and opens bytes. Layout: magic, length of key id, key id, wrapped data key, nonce, ciphertext.

    The clinic's key is derived from the named master key, so that no clinic's wrapped keys open with another's.
    """

    def __init__(self, keys: Mapping[str, bytes], active: str) -> None:
        if active not in keys:
            raise KeyMissing(active)
        self._keys = dict(keys)
        self._active = active
        self._of_clinic = lru_cache(maxsize=1024)(self._derive)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The envelopes as configured (``storage_keys``, ``storage_key``)."""
        return cls(keys(settings.storage_keys), settings.storage_key)

    def seal(self, clinic: str, name: str, data: bytes) -> bytes:
        """Encrypt with a fresh data key. ``name`` is the object's own: bytes moved to another do not open there."""
        bound = _bound(clinic, name)
        data_key, key_nonce, nonce = os.urandom(KEY), os.urandom(NONCE), os.urandom(NONCE)
        wrapped = self._of_clinic(self._active, clinic).encrypt(key_nonce, data_key, bound)
        id_ = self._active.encode()
        head = MAGIC + bytes([len(id_)]) + id_ + key_nonce + wrapped
        return head + nonce + AESGCM(data_key).encrypt(nonce, data, bound)

    def open(self, clinic: str, name: str, sealed: bytes) -> bytes:
        """Decrypt.

        Raises:
            KeyMissing: Sealed with a key that is not configured.
            Unreadable: Changed, cut, or sealed for another clinic or name.
        """
        if sealed[:4] != MAGIC or len(sealed) < 5:
            raise Unreadable("envelope")
        start = 5 + sealed[4]
        id_ = sealed[5:start].decode(errors="replace")
        wrapped, rest = sealed[start : start + WRAPPED], sealed[start + WRAPPED :]
        bound = _bound(clinic, name)
        try:
            data_key = self._of_clinic(id_, clinic).decrypt(wrapped[:NONCE], wrapped[NONCE:], bound)
            return AESGCM(data_key).decrypt(rest[:NONCE], rest[NONCE:], bound)
        except (InvalidTag, ValueError):
            raise Unreadable("envelope") from None

    def _derive(self, id_: str, clinic: str) -> AESGCM:
        master = self._keys.get(id_)
        if master is None:
            raise KeyMissing(id_)
        info = b"carepath/clinic/" + clinic.encode()
        return AESGCM(HKDF(algorithm=SHA256(), length=KEY, salt=None, info=info).derive(master))


def _bound(clinic: str, name: str) -> bytes:
    # The length keeps ("a", "bc") and ("ab", "c") apart.
    return len(clinic.encode()).to_bytes(2, "big") + clinic.encode() + name.encode()
