"""Bodies, waits and tries are bounded."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis
from starlette.types import Receive, Scope, Send

from api import problems
from api.issuer.login import CODE_WINDOW, CODES
from api.limits import BODY, Guard, Limiter
from api.metrics import Tally
from api.problems import Problem
from cli import _door
from domain.people import Role
from runtime.settings import Settings
from tests.api.bench import Bench


async def test_a_body_that_says_it_is_too_large_is_not_read(bare_client: httpx.AsyncClient) -> None:
    answer = await bare_client.post("/auth/code", content=b"x" * (BODY + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_body_that_grows_too_large_is_cut_off(
    bare_client: httpx.AsyncClient, bearer: str, roles: Callable[..., None]
) -> None:
    roles(Role.PATIENT)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * (BODY // 10)

    answer = await bare_client.post(
        "/consultations",
        content=endless(),
        headers={"Authorization": bearer, "Idempotency-Key": "12345678", "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_an_answer_that_does_not_come_in_time_is_told() -> None:
    app = FastAPI()
    problems.install(app)
    never = asyncio.Event()

    @app.get("/slow", operation_id="slow")
    async def slow() -> None:
        await never.wait()

    tally = Tally()
    app.add_middleware(Guard, tally=tally, seconds=0.05)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        answer = await client.get("/slow")
    assert (answer.status_code, answer.json()["code"]) == (504, "timed_out")
    assert 'carepath_answers_total{operation="slow",status="504"} 1' in tally.text()


async def test_tries_are_counted_without_redis_too() -> None:
    limiter = Limiter(Redis.from_url("redis://127.0.0.1:1/0"), clock=lambda: 1000.0)
    for _ in range(3):
        await limiter.check("login", "hash", 3, 60)
    with pytest.raises(Problem) as problem:
        await limiter.check("login", "hash", 3, 60)
    assert (problem.value.code, problem.value.retry_after) == ("rate_limited", 20), "its window ends at 1020"
    await limiter.check("login", "another", 3, 60)


async def test_who_had_all_his_codes_is_told_how_long_the_quarter_of_an_hour_still_lasts(bench: Bench) -> None:
    body = {"phone": f"+7999{secrets.randbelow(10**7):07}"}
    for _ in range(CODES):
        # Whether the message itself can be sent here is another matter: the code was counted.
        assert (await bench.http.post("/auth/code", json=body)).status_code != 429
    answer = await bench.http.post("/auth/code", json=body)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 840 < int(answer.headers["retry-after"]) <= CODE_WINDOW.total_seconds()


async def test_metrics_name_routes_and_nobody(bare_client: httpx.AsyncClient) -> None:
    await bare_client.get("/livez")
    await bare_client.get("/consultations/c-abcdef")
    text = (await bare_client.get("/metrics")).text
    assert 'operation="livez",status="200"' in text
    assert 'operation="get_consultation",status="401"' in text
    assert "c-abcdef" not in text


@pytest.mark.parametrize(("proxies", "seen"), [([], "203.0.113.9"), (["203.0.113.9"], "198.51.100.7")])
async def test_nobody_says_where_he_comes_from_but_a_proxy_of_ours(
    proxies: list[str], seen: str, bare_settings: Settings
) -> None:
    heard: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append(scope["client"][0])

    config = _door(bare_settings.model_copy(update={"trusted_proxies": proxies}), app)
    config.load()
    headers = [(b"x-forwarded-for", b"198.51.100.7")]
    scope = {"type": "http", "client": ("203.0.113.9", 5), "headers": headers, "scheme": "http"}
    await config.loaded_app(scope, None, None)
    assert heard == [seen]
    assert not config.access_log
