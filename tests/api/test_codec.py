"""The plaintext door: only for those let in, each use audited, open to the UI's origin alone."""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI, Request
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload

from api.app import create_app
from api.auth.tokens import Bearer
from api.caller import Caller, enforce
from api.codec import origin_of
from domain.base import Language, Text
from domain.people import Actor, Role
from records import audit, clinics, logins
from records.database import Database
from runtime.clock import real_now
from runtime.crypto import codec
from runtime.settings import Settings
from tests.api.bench import Bench
from wiring import Wiring

CLINIC = "cl-codec"
ADMIN = Actor(person="p-admin", clinic=CLINIC, roles=frozenset({Role.CLINIC_ADMIN}))
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"c-1"')


@pytest.fixture
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with database.clinic(CLINIC) as session:
        made = clinics.Clinic(id=CLINIC, name=Text(ru="К", en="C"), oid="1.2.643.5.9", region="77", zone="UTC")
        await clinics.save(session, made, real_now())
    wiring = Wiring(settings)
    app = create_app(wiring)

    async def let_in(request: Request) -> None:
        bearer = Bearer(issuer="i", subject="s", expires_at=datetime.now(UTC) + timedelta(minutes=5))
        request.state.caller = Caller(ADMIN, bearer, Language.RU)

    app.dependency_overrides[enforce] = let_in
    yield app
    await wiring.close()


def client(app: FastAPI, **headers: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers)


async def test_an_administrator_reads_payloads_and_the_audit_knows(
    app: FastAPI, settings: Settings, database: Database
) -> None:
    (sealed,) = await codec(settings).encode([PLAIN])
    body = {"payloads": [json_format.MessageToDict(sealed)]}
    async with client(app) as http:
        answer = await http.post("/codec/decode", json=body, headers={"X-Namespace": "default"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"payloads": [json_format.MessageToDict(PLAIN)]}
    async with database.clinic(CLINIC) as session:
        rows = (await audit.of_subject(session, "namespace:default")).items
    assert rows[0].action == "codec.decode"
    assert rows[0].person == "p-admin"


async def test_what_is_encoded_here_decodes_here(app: FastAPI) -> None:
    body = {"payloads": [json_format.MessageToDict(PLAIN)]}
    async with client(app) as http:
        sealed = (await http.post("/codec/encode", json=body)).json()
        assert json.dumps(sealed) != json.dumps(body)
        assert (await http.post("/codec/decode", json=sealed)).json() == body


async def test_a_tampered_or_malformed_payload_is_a_problem_not_a_failure(app: FastAPI, settings: Settings) -> None:
    (sealed,) = await codec(settings).encode([PLAIN])
    sealed.data = sealed.data[:-1]
    async with client(app) as http:
        for payload in (json_format.MessageToDict(sealed), {"metadata": 7}, {"unknown": "x"}):
            answer = await http.post("/codec/decode", json={"payloads": [payload]})
            assert answer.status_code == 422, answer.text


async def test_without_a_token_nothing_is_shown(app: FastAPI) -> None:
    app.dependency_overrides.clear()
    async with client(app) as http:
        answer = await http.post("/codec/decode", json={"payloads": []})
    assert answer.status_code == 401


async def test_only_the_origin_of_the_ui_may_call_it_from_a_browser(app: FastAPI, settings: Settings) -> None:
    ours = origin_of(settings.temporal_ui_url)
    async with client(app, Origin=ours) as http:
        preflight = await http.options("/codec/decode", headers={"Access-Control-Request-Method": "POST"})
        answer = await http.post("/codec/decode", json={"payloads": []})
    assert preflight.status_code == 204
    assert "x-namespace" in preflight.headers["access-control-allow-headers"]
    assert answer.headers["access-control-allow-origin"] == ours
    async with client(app, Origin="https://elsewhere.example") as http:
        answer = await http.post("/codec/decode", json={"payloads": []})
    assert "access-control-allow-origin" not in answer.headers


async def test_the_session_cookie_stands_for_the_token_only_from_the_ui(app: FastAPI, settings: Settings) -> None:
    async with client(app, Authorization="Bearer tok-1") as http:
        opened = await http.post("/codec/session")
    assert opened.status_code == 204
    assert "HttpOnly" in opened.headers["set-cookie"]
    assert "Path=/codec" in opened.headers["set-cookie"]
    seen: list[str | None] = []

    async def look(request: Request) -> None:
        seen.append(request.headers.get("authorization"))
        bearer = Bearer(issuer="i", subject="s", expires_at=datetime.now(UTC) + timedelta(minutes=5))
        request.state.caller = Caller(ADMIN, bearer, Language.RU)

    app.dependency_overrides[enforce] = look
    held = opened.headers["set-cookie"].split(";")[0]
    for origin in (origin_of(settings.temporal_ui_url), "https://elsewhere.example"):
        async with client(app, Origin=origin, Cookie=held) as http:
            await http.post("/codec/decode", json={"payloads": []})
    assert seen == ["Bearer tok-1", None]


PASSWORD, TOTP = "correct horse battery staple", pyotp.random_base32()


async def with_a_password(bench: Bench, *roles: Role) -> dict[str, str]:
    """A new employee's login, as he types it into the page."""
    person, name = await bench.employee(*roles), f"n-{secrets.token_hex(6)}"
    async with bench.db.bare() as session:
        await logins.create_staff(session, person, name, PasswordHasher().hash(PASSWORD), TOTP, real_now())
    return {"clinic": bench.clinic, "login": name, "password": PASSWORD, "totp": pyotp.TOTP(TOTP).now()}


async def typed(bench: Bench, fields: dict[str, str], origin: str = "http://here") -> httpx.Response:
    return await bench.http.post("/codec/login", data=fields, headers={"Origin": origin, "Accept-Language": "en"})


async def test_the_page_of_the_session_is_a_plain_form_in_the_readers_language(bench: Bench) -> None:
    for language, word in (("ru", "Одноразовый код"), ("en", "One-time code")):
        answer = await bench.http.get("/codec/session", headers={"Accept-Language": language})
        assert (answer.status_code, answer.headers["content-language"]) == (200, language)
        assert word in answer.text
        assert not re.search(r"<script|://|src=", answer.text)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    style = re.search("<style>(.*)</style>", answer.text)
    assert style is not None
    assert base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode() in policy


async def test_an_administrator_opens_the_session_by_password_or_token_and_the_audit_knows(bench: Bench) -> None:
    by_password = await typed(bench, await with_a_password(bench, Role.CLINIC_ADMIN))
    admin = await bench.employee(Role.CLINIC_ADMIN)
    token = bench.headers(admin)["Authorization"].removeprefix("Bearer ")
    for answer in (by_password, await typed(bench, {"clinic": bench.clinic, "token": f" {token}"})):
        assert answer.status_code == 200, answer.text
        held = SimpleCookie(answer.headers["set-cookie"])["carepath-codec"]
        assert held.value.startswith(f"{bench.clinic}~")
        assert (held["httponly"], held["samesite"], held["path"]) == (True, "strict", "/codec")
        assert token not in answer.text
    ui = {"Origin": origin_of(bench.wiring.settings.temporal_ui_url), "Cookie": f"carepath-codec={held.value}"}
    assert (await bench.http.post("/codec/decode", json={"payloads": []}, headers=ui)).status_code == 200
    async with bench.db.clinic(bench.clinic) as session:
        rows = (await audit.of_subject(session, admin)).items
    assert [row.action for row in rows] == ["codec.session"]


async def test_who_may_not_decode_gets_the_page_again_and_no_cookie(bench: Bench) -> None:
    right, doctor = await with_a_password(bench, Role.CLINIC_ADMIN), await with_a_password(bench, Role.DOCTOR)
    patient = bench.app.state.mint.pair(bench.person, bench.clinic, "patient").access_token
    for fields, status in (
        (doctor, 403),
        ({"clinic": bench.clinic, "token": patient}, 403),
        ({"clinic": bench.clinic, "token": "<b>none"}, 401),
        (right | {"password": "wrong"}, 401),
        (right | {"totp": "x"}, 422),
        ({}, 422),
    ):
        answer = await typed(bench, fields)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8"), fields
        assert "set-cookie" not in answer.headers
        assert "<form" in answer.text
        assert "<b>" not in answer.text


async def test_another_site_cannot_log_its_own_account_in(bench: Bench) -> None:
    right = await with_a_password(bench, Role.CLINIC_ADMIN)
    for origin in ("https://elsewhere.example", "null", ""):
        answer = await typed(bench, right, origin)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False), origin
    assert (await typed(bench, right)).status_code == 200, "the one-time code was not spent"
