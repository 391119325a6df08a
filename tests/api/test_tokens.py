"""Only a token signed by a known issuer's key, for us, in its time, is believed."""

import asyncio
import base64
import hmac
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from api.auth.keys import KEPT, PAUSE, Keys
from api.auth.tokens import Verifier
from api.problems import Problem
from runtime.settings import Issuer

ISSUER = Issuer(issuer="https://issuer.test", jwks_url="https://issuer.test/jwks")


class Fetch:
    """An issuer's JWKS address."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.away = False

    async def __call__(self, url: str) -> dict[str, Any]:
        self.asked += 1
        if self.away:
            raise ValueError
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


def new_key(kid: str = "k1") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


def token(key: Any, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    everything = {"iss": ISSUER.issuer, "sub": "p-1", "aud": "carepath", "exp": int(time.time()) + 60} | claims
    body = {name: value for name, value in everything.items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": "JWT"} | (header or {}), body, key)


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


async def refused(verifier: Verifier, text: str) -> None:
    with pytest.raises(Problem) as problem:
        await verifier.verify(text)
    assert problem.value.code == "unauthenticated"
    assert problem.value.extra == {}


async def test_a_good_token_names_person_and_clinic() -> None:
    key = new_key()
    bearer = await Verifier([ISSUER], fetch=Fetch(key)).verify(token(key, clinic="cl-1"))
    assert (bearer.issuer, bearer.subject, bearer.clinic) == (ISSUER.issuer, "p-1", "cl-1")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": None},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"nbf": int(time.time()) + 600},
        {"iss": "https://other.test"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"clinic": ["cl-1"]},
        {"exp": "soon"},
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(claims: dict[str, Any]) -> None:
    key = new_key()
    await refused(Verifier([ISSUER], fetch=Fetch(key)), token(key, **claims))


async def test_a_token_for_several_audiences_serves_where_we_are_among_them() -> None:
    key = new_key()
    assert await Verifier([ISSUER], fetch=Fetch(key)).verify(token(key, aud=["other", "carepath"]))


async def test_a_token_without_a_signature_is_refused() -> None:
    key = new_key()
    head, body, _ = token(key).split(".")
    forged = encoded(json.dumps({"alg": "none", "kid": "k1"}).encode())
    await refused(Verifier([ISSUER], fetch=Fetch(key)), f"{forged}.{body}.")
    await refused(Verifier([ISSUER], fetch=Fetch(key)), f"{head}.{body}.")


async def test_a_public_key_is_never_taken_for_a_secret() -> None:
    key = RSAKey.generate_key(2048, {"kid": "k1"})
    _, body, _ = token(new_key()).split(".")
    signed = f"{encoded(json.dumps({'alg': 'HS256', 'kid': 'k1', 'typ': 'JWT'}).encode())}.{body}"
    mac = hmac.new(key.as_pem(private=False), signed.encode(), "sha256").digest()
    await refused(Verifier([ISSUER], fetch=Fetch(key)), f"{signed}.{encoded(mac)}")


async def test_another_ones_key_is_refused() -> None:
    await refused(Verifier([ISSUER], fetch=Fetch(new_key())), token(new_key()))


async def test_an_unknown_key_id_is_refused_and_asks_the_issuer_once_in_a_while() -> None:
    key, fetch = new_key(), Fetch(new_key())
    verifier = Verifier([ISSUER], fetch=fetch)
    await verifier.verify(token(fetch.keys[0]))
    for _ in range(5):
        await refused(verifier, token(new_key("k2")))
    assert fetch.asked == 1
    await refused(verifier, token(key))


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "x" * 9000, "..", "ä.ö.ü", "W10.W10.W10"])
async def test_what_is_no_token_is_refused(text: str) -> None:
    await refused(Verifier([ISSUER], fetch=Fetch(new_key())), text)


async def test_a_refresh_token_is_no_access_token() -> None:
    key = new_key()
    await refused(Verifier([ISSUER], fetch=Fetch(key)), token(key, header={"typ": "refresh+jwt"}))


async def test_a_rotated_key_is_found_and_an_issuer_that_is_away_logs_nobody_out() -> None:
    now = 1000.0
    old, new = new_key("old"), new_key("new")
    fetch = Fetch(old)
    keys = Keys("url", fetch, lambda: now)
    await keys.holding("old")
    fetch.keys = [new]
    now += PAUSE
    await keys.holding("new")
    fetch.away = True
    now += KEPT + PAUSE
    await keys.holding("new")
    assert fetch.asked == 3


async def test_an_issuer_that_never_answered_is_unavailable() -> None:
    fetch = Fetch()
    fetch.away = True
    with pytest.raises(Problem) as problem:
        await Keys("url", fetch).holding("k1")
    assert problem.value.code == "unavailable"


async def test_requests_that_come_together_at_a_start_or_a_rotation_wait_for_one_fetch() -> None:
    key, asked = new_key(), 0

    async def slow(url: str) -> dict[str, Any]:
        nonlocal asked
        asked += 1
        for _ in range(3):
            await asyncio.sleep(0)
        return {"keys": [key.as_dict(private=False)]}

    keys = Keys("url", slow)
    found = await asyncio.gather(*(keys.holding("k1") for _ in range(5)))
    assert len(found) == 5
    assert asked == 1


async def test_a_key_set_that_is_nonsense_leaves_the_old_keys_in_service() -> None:
    now, fetch = 1000.0, Fetch(new_key("old"))
    keys = Keys("url", fetch, lambda: now)
    await keys.holding("old")

    class Nonsense:
        def as_dict(self, private: bool) -> dict[str, Any]:
            return {"kty": "EC", "crv": "none", "kid": "x"}

    fetch.keys = [Nonsense()]
    now += KEPT + PAUSE
    assert await keys.holding("old")


async def test_a_token_nested_without_end_is_refused_like_any_other() -> None:
    header = encoded(json.dumps({"alg": "ES256", "kid": "k1"}).encode())
    await refused(Verifier([ISSUER], fetch=Fetch(new_key())), f"{header}.{encoded(b'[' * 4000)}.AAAA")


async def test_who_logged_in_by_a_code_on_his_phone_is_no_staff() -> None:
    key = new_key()
    verifier = Verifier([ISSUER], fetch=Fetch(key))
    assert not (await verifier.verify(token(key, kind="patient"))).staff
    assert (await verifier.verify(token(key, kind="staff"))).staff
    assert (await verifier.verify(token(key))).staff
    of_patients = ISSUER.model_copy(update={"staff": False})
    assert not (await Verifier([of_patients], fetch=Fetch(key)).verify(token(key, kind="staff"))).staff
