"""Payloads are encrypted, keys rotate, and nothing that was changed opens."""

import base64
import os

import pytest
from pydantic import SecretStr
from temporalio.api.common.v1 import Payload

from runtime.crypto import ENCODING, EncryptingCodec, KeyMissing, Unreadable, codec, keys
from runtime.settings import Settings

PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"patient":"pt-1"}' * 100)


def key() -> bytes:
    return os.urandom(32)


async def test_what_is_encrypted_decrypts_to_the_same_and_is_smaller() -> None:
    codec = EncryptingCodec({"k1": key()}, "k1")
    (sealed,) = await codec.encode([PLAIN])
    assert sealed.metadata["encoding"] == ENCODING
    assert b"pt-1" not in sealed.SerializeToString()
    assert len(sealed.data) < len(PLAIN.data) / 3
    assert await codec.decode([sealed]) == [PLAIN]


async def test_after_rotation_old_payloads_still_open_and_new_ones_use_the_new_key() -> None:
    old, new = key(), key()
    (sealed,) = await EncryptingCodec({"old": old}, "old").encode([PLAIN])
    rotated = EncryptingCodec({"old": old, "new": new}, "new")
    assert await rotated.decode([sealed]) == [PLAIN]
    (fresh,) = await rotated.encode([PLAIN])
    assert fresh.metadata["encryption-key-id"] == b"new"


async def test_a_dropped_key_is_named_and_a_changed_payload_is_unreadable() -> None:
    codec = EncryptingCodec({"k1": key()}, "k1")
    (sealed,) = await codec.encode([PLAIN])
    with pytest.raises(KeyMissing):
        await EncryptingCodec({"k2": key()}, "k2").decode([sealed])
    sealed.data = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])
    with pytest.raises(Unreadable):
        await codec.decode([sealed])


async def test_a_payload_of_another_key_id_does_not_open_with_this_one() -> None:
    same = key()
    codec = EncryptingCodec({"a": same, "b": same}, "a")
    (sealed,) = await codec.encode([PLAIN])
    sealed.metadata["encryption-key-id"] = b"b"
    with pytest.raises(Unreadable):
        await codec.decode([sealed])


async def test_what_is_not_ours_passes_unchanged() -> None:
    assert await EncryptingCodec({"k1": key()}, "k1").decode([PLAIN]) == [PLAIN]


def test_nothing_goes_out_in_plain_for_want_of_a_key() -> None:
    with pytest.raises(KeyMissing):
        codec(Settings(codec_keys={}, codec_key=""))


def test_a_bad_key_is_named_by_its_id_and_never_shown() -> None:
    secret = base64.b64encode(b"short-and-secret").decode()
    with pytest.raises(ValueError, match="'k9'") as raised:
        keys({"k9": SecretStr(secret)})
    assert secret not in str(raised.value)
