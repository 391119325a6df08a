"""One data key a file, wrapped by the clinic's key, bound to the file's own name."""

import os

import pytest

from runtime.crypto import KeyMissing, Unreadable
from runtime.envelope import Envelopes

DATA = "Диагноз".encode() * 1000


@pytest.fixture
def envelopes() -> Envelopes:
    return Envelopes({"m1": os.urandom(32)}, "m1")


def test_what_is_sealed_opens_to_the_same(envelopes: Envelopes) -> None:
    sealed = envelopes.seal("cl-one", "d-1", DATA)
    assert "Диагноз".encode() not in sealed
    assert envelopes.open("cl-one", "d-1", sealed) == DATA


def test_the_same_bytes_are_sealed_differently_each_time(envelopes: Envelopes) -> None:
    assert envelopes.seal("cl-one", "d-1", DATA) != envelopes.seal("cl-one", "d-1", DATA)


def test_another_clinic_or_another_name_opens_nothing(envelopes: Envelopes) -> None:
    sealed = envelopes.seal("cl-one", "d-1", DATA)
    for clinic, name in (("cl-two", "d-1"), ("cl-one", "d-2"), ("cl-on", "ed-1")):
        with pytest.raises(Unreadable):
            envelopes.open(clinic, name, sealed)


def test_a_flipped_bit_or_a_cut_anywhere_is_unreadable(envelopes: Envelopes) -> None:
    sealed = envelopes.seal("cl-one", "d-1", b"short")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises((Unreadable, KeyMissing)):
            envelopes.open("cl-one", "d-1", changed)
        with pytest.raises((Unreadable, KeyMissing)):
            envelopes.open("cl-one", "d-1", sealed[:place])


def test_old_envelopes_open_after_rotation() -> None:
    old, new = os.urandom(32), os.urandom(32)
    sealed = Envelopes({"old": old}, "old").seal("cl-one", "d-1", DATA)
    assert Envelopes({"old": old, "new": new}, "new").open("cl-one", "d-1", sealed) == DATA
    with pytest.raises(KeyMissing):
        Envelopes({"new": new}, "new").open("cl-one", "d-1", sealed)
