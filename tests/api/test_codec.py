"""The plaintext door: only for those let in, each use audited, open to the UI's origin alone."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI, Request
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload

from api.app import create_app
from api.auth.tokens import Bearer
from api.caller import Caller, enforce
from api.codec import origin_of
from domain.base import Language, Text
from domain.people import Actor, Role
from records import audit, clinics
from records.database import Database
from runtime.clock import real_now
from runtime.crypto import codec
from runtime.settings import Settings
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
