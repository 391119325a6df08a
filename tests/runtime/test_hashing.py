"""Keyed hashes: stable under one key, useless without it, and no two meanings collide."""

import pytest

from runtime.hashing import KeyedHash

ONE = KeyedHash(b"1" * 32)


def test_a_hash_is_the_same_each_time_and_another_under_another_key() -> None:
    assert ONE.phone("+79161234567") == ONE.phone("+79161234567")
    assert ONE.phone("+79161234567") != KeyedHash(b"2" * 32).phone("+79161234567")


def test_parts_and_purposes_are_kept_apart() -> None:
    assert ONE.hex("request", "ab", "c") != ONE.hex("request", "a", "bc")
    assert ONE.hex("request", "ab") != ONE.hex("phone", "ab")
    assert ONE.hex("request") != ONE.hex("request", "")


def test_a_code_is_the_tail_of_an_opaque_id() -> None:
    code = ONE.code("start", "k")
    assert len(code) == 26
    assert code.isalnum()
    assert code == code.lower()


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        KeyedHash(b"short")
