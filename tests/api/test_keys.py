"""The hash that names a request tells apart everything that must not share an answer."""

from datetime import UTC, datetime

import pytest

from api.auth.tokens import Bearer
from api.caller import Caller
from api.keys import derived, id_from, request_hash
from domain.base import Language
from domain.people import Actor, Role
from runtime.hashing import KeyedHash

HASHED = KeyedHash(b"k" * 32)


def caller(
    issuer: str = "https://i", subject: str = "p-1", clinic: str = "cl-1", patient: str | None = "pt-1"
) -> Caller:
    actor = Actor(person="p-1", clinic=clinic, roles=frozenset({Role.PATIENT}), patient=patient)
    return Caller(actor, Bearer(issuer=issuer, subject=subject, expires_at=datetime.now(UTC)), Language.RU)


def test_the_same_request_has_the_same_name() -> None:
    first = request_hash(HASHED, caller(), "pay", ("c-1", "pay.1.pay"), "key-12345")
    assert first == request_hash(HASHED, caller(), "pay", ("c-1", "pay.1.pay"), "key-12345")
    assert len(first) == 64
    assert "key-12345" not in first


@pytest.mark.parametrize(
    ("who", "route", "ids", "key"),
    [
        (caller(issuer="https://j"), "pay", ("c-1", "t"), "key-12345"),
        (caller(subject="p-2"), "pay", ("c-1", "t"), "key-12345"),
        (caller(clinic="cl-2"), "pay", ("c-1", "t"), "key-12345"),
        (caller(patient="pt-2"), "pay", ("c-1", "t"), "key-12345"),
        (caller(patient=None), "pay", ("c-1", "t"), "key-12345"),
        (caller(), "refuse", ("c-1", "t"), "key-12345"),
        (caller(), "pay", ("c-2", "t"), "key-12345"),
        (caller(), "pay", ("c-1", "u"), "key-12345"),
        (caller(), "pay", ("c-1t",), "key-12345"),
        (caller(), "pay", ("c-1", "t"), "key-12346"),
    ],
)
def test_another_person_route_thing_or_key_has_another_name(
    who: Caller, route: str, ids: tuple[str, ...], key: str
) -> None:
    assert request_hash(HASHED, who, route, ids, key) != request_hash(
        HASHED, caller(), "pay", ("c-1", "t"), "key-12345"
    )


def test_the_hash_is_keyed() -> None:
    other = KeyedHash(b"x" * 32)
    assert request_hash(HASHED, caller(), "pay", (), "key") != request_hash(other, caller(), "pay", (), "key")


def test_ids_made_from_a_request_are_opaque_and_the_same_again() -> None:
    made = id_from(HASHED, "c", "h")
    assert made == id_from(HASHED, "c", "h")
    assert made.startswith("c-")
    assert len(made) == 28
    assert made[2:] != id_from(HASHED, "ct", "h")[3:]


def test_a_resend_after_an_expired_act_has_an_id_of_its_own() -> None:
    assert derived("h", 0) == "h"
    assert len({derived("h", n) for n in range(10)}) == 10
