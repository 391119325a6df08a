"""Payload encryption: compressed, then AES-GCM, with a key id; several keys decrypt, one encrypts.

Never import this from a workflow module: ``cryptography`` is native and stops the sandboxed worker.
"""

import base64
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

from runtime.settings import Settings

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
NONCE = 12
KEY = 32
# The fast level: a snapshot shrinks to a third, a slower one gains little and costs on every payload.
LEVEL = 1


class KeyMissing(Exception):
    """No key of this id is configured. Names the id, which is no secret."""


class Unreadable(Exception):
    """Sealed bytes were changed, cut, or sealed for something else."""


def keys(configured: Mapping[str, SecretStr]) -> dict[str, bytes]:
    """Decode configured keys.

    Raises:
        ValueError: A key is not base64 of 32 bytes; the message names only its id.
    """
    found = {}
    for id_, secret in configured.items():
        try:
            found[id_] = base64.b64decode(secret.get_secret_value(), validate=True)
        except ValueError:
            raise ValueError(f"key {id_!r} is not base64") from None
        if len(found[id_]) != KEY:
            raise ValueError(f"key {id_!r} is not {KEY} bytes long")
    return found


class EncryptingCodec(PayloadCodec):
    """Compresses and encrypts every payload. Rotation: add a key, make it the active one, later drop the old."""

    def __init__(self, keys: Mapping[str, bytes], active: str) -> None:
        if active not in keys:
            raise KeyMissing(active)
        self._active = active
        self._ciphers = {id_: AESGCM(key) for id_, key in keys.items()}

    async def encode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Encrypt with the active key."""
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Decrypt with the key each payload names; what is not ours passes unchanged.

        Raises:
            KeyMissing: A payload names a key that is not configured.
            Unreadable: A payload was tampered with.
        """
        return [self._decrypt(payload) for payload in payloads]

    def _encrypt(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE)
        plain = zlib.compress(payload.SerializeToString(), LEVEL)
        sealed = self._ciphers[self._active].encrypt(nonce, plain, self._active.encode())
        metadata = {"encoding": ENCODING, KEY_ID: self._active.encode()}
        return Payload(metadata=metadata, data=nonce + sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        id_ = payload.metadata.get(KEY_ID, b"").decode()
        cipher = self._ciphers.get(id_)
        if cipher is None:
            raise KeyMissing(id_)
        try:
            plain = cipher.decrypt(payload.data[:NONCE], payload.data[NONCE:], id_.encode())
        except (InvalidTag, ValueError):
            raise Unreadable("payload") from None
        return Payload.FromString(zlib.decompress(plain))


def codec(settings: Settings) -> EncryptingCodec:
    """The codec as configured.

    Raises:
        KeyMissing: ``codec_key`` names no key of ``codec_keys``: nothing ever goes out in plain.
    """
    return EncryptingCodec(keys(settings.codec_keys), settings.codec_key)


def data_converter(settings: Settings) -> DataConverter:
    """pydantic values, encrypted; messages and stack traces of failures are encrypted too, their types are not."""
    return replace(
        pydantic_data_converter,
        payload_codec=codec(settings),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
