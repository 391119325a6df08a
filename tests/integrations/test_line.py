"""The waiting line on a real Redis of its own (it is wiped and killed here)."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from redis.asyncio import Redis

from dev.ports import LOOPBACK
from dev.process import Supervisor
from dev.redis import program
from integrations.line.estimate import predict
from integrations.line.redis import RedisLine, connect, topic
from ports import Unavailable
from tests.stands.standing import free_port

NOON = datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)
CLINIC, POOL = "cl-1", "therapists"


def member(n: int) -> str:
    return f"c-{n}:line:1"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture(scope="session")
async def own_redis(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Supervisor, Redis]]:
    folder = tmp_path_factory.mktemp("redis")
    supervisor, port = Supervisor(folder, print), free_port()
    await supervisor.start(program(folder, port))
    client = connect(f"redis://{LOOPBACK}:{port}/0")
    yield supervisor, client
    await client.aclose()
    await supervisor.stop_all()


@pytest.fixture
async def line(own_redis: tuple[Supervisor, Redis]) -> RedisLine:
    await own_redis[1].flushall()
    return RedisLine(own_redis[1])


async def order(line: RedisLine) -> list[str]:
    return [offer.workflow for offer in await line.offers(CLINIC, POOL)]


async def test_who_came_first_stands_first_however_late_the_news_came(line: RedisLine) -> None:
    await line.join(CLINIC, POOL, member(2), at(5), first=False)
    await line.join(CLINIC, POOL, member(1), at(1), first=False)
    assert await order(line) == ["c-1", "c-2"]
    assert await line.position(CLINIC, POOL, member(2)) == 2
    assert await line.position(CLINIC, POOL, member(9)) is None


async def test_a_second_turn_stands_at_the_head_behind_earlier_second_turns(line: RedisLine) -> None:
    await line.join(CLINIC, POOL, member(1), at(0), first=False)
    await line.join(CLINIC, POOL, member(2), at(8), first=True)
    await line.join(CLINIC, POOL, member(3), at(9), first=True)
    assert await order(line) == ["c-2", "c-3", "c-1"]
    offers = await line.offers(CLINIC, POOL)
    assert [offer.since for offer in offers] == [at(8), at(9), at(0)]
    assert (offers[0].step, offers[0].occurrence) == ("line", 1)


async def test_joining_again_keeps_the_place_and_leaving_twice_is_fine(line: RedisLine) -> None:
    await line.join(CLINIC, POOL, member(1), at(0), first=False)
    await line.join(CLINIC, POOL, member(2), at(1), first=False)
    await line.join(CLINIC, POOL, member(1), at(7), first=False)
    assert await order(line) == ["c-1", "c-2"]
    await line.leave(CLINIC, POOL, member(1))
    await line.leave(CLINIC, POOL, member(1))
    assert await order(line) == ["c-2"]


async def test_clinics_do_not_see_each_others_lines(line: RedisLine) -> None:
    await line.join("cl-2", POOL, member(1), at(0), first=False)
    assert await line.offers(CLINIC, POOL) == []
    assert await line.claim("cl-2", member(1), "p-1")
    assert await line.claim(CLINIC, member(1), "p-2")


async def test_of_many_doctors_who_claim_one_patient_one_wins(line: RedisLine) -> None:
    for n in range(20):
        claims = await asyncio.gather(*(line.claim(CLINIC, member(n), f"p-{doctor}") for doctor in range(8)))
        assert claims.count(True) == 1


async def test_the_winner_may_claim_again_and_only_he_gives_the_claim_back(
    line: RedisLine, own_redis: tuple[Supervisor, Redis]
) -> None:
    assert await line.claim(CLINIC, member(1), "p-1")
    assert await line.claim(CLINIC, member(1), "p-1")
    await line.release(CLINIC, member(1), "p-2")
    assert not await line.claim(CLINIC, member(1), "p-2")
    assert 0 < await own_redis[1].pttl(f"carepath:{{{CLINIC}}}:claim:{member(1)}") <= 10_000
    await line.release(CLINIC, member(1), "p-1")
    assert await line.claim(CLINIC, member(1), "p-2")


async def test_a_heartbeat_says_who_is_there(line: RedisLine) -> None:
    await line.heartbeat(CLINIC, "p-1")
    await line.heartbeat("cl-2", "p-2")
    assert await line.present(CLINIC) == {"p-1"}


async def test_joining_leaving_and_a_given_back_claim_wake_the_pool(line: RedisLine) -> None:
    heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def hear() -> None:
        async for wake in line.listen():
            heard.put_nowait(wake)

    hearing = asyncio.create_task(hear())
    async with asyncio.timeout(5):
        assert await heard.get() == ("", "")
        await line.join(CLINIC, POOL, member(1), at(0), first=False)
        assert await heard.get() == (CLINIC, topic(POOL))
        await line.claim(CLINIC, member(1), "p-1")
        await line.release(CLINIC, member(1), "p-1")
        assert await heard.get() == (CLINIC, topic(POOL))
        await line.wake("cl-2", "consultation:c-1")
        assert await heard.get() == ("cl-2", "consultation:c-1")
    hearing.cancel()
    with suppress(asyncio.CancelledError):
        await hearing


async def test_a_wiped_line_is_the_same_after_everybody_joined_again(
    line: RedisLine, own_redis: tuple[Supervisor, Redis]
) -> None:
    waiting = [(member(n), at(n * 1.7), n % 7 == 0) for n in range(30)]
    for who, when, first in waiting:
        await line.join(CLINIC, POOL, who, when, first)
    before = await line.offers(CLINIC, POOL)
    await own_redis[1].flushall()
    assert await line.position(CLINIC, POOL, member(1)) is None
    random.Random(4).shuffle(waiting)
    for who, when, first in [*waiting, *waiting[:5]]:
        await line.join(CLINIC, POOL, who, when, first)
    assert await line.offers(CLINIC, POOL) == before


async def test_without_redis_the_line_is_unavailable_and_listeners_come_back(
    line: RedisLine, own_redis: tuple[Supervisor, Redis]
) -> None:
    supervisor, _ = own_redis
    async with asyncio.timeout(30), aclosing(line.listen()) as wakes:
        assert await anext(wakes) == ("", "")
        await supervisor.kill("redis")
        again = asyncio.create_task(anext(wakes))
        with pytest.raises(Unavailable):
            await line.claim(CLINIC, member(1), "p-1")
        await supervisor.restart("redis")
        assert await again == ("", "")


def test_a_range_grows_with_the_place_and_shrinks_with_doctors() -> None:
    recent = [600.0, 900.0, 1200.0, 700.0, 800.0]
    places = [predict(n, 2, recent) for n in range(1, 12)]
    assert all(a.low <= b.low and a.high <= b.high for a, b in pairwise(places))
    assert predict(6, 4, recent).high < predict(6, 2, recent).high
    assert (predict(1, 2, recent, free=1).low, predict(1, 2, recent, free=1).high) == (0, 60)
    assert predict(1, 0, recent).high > predict(1, 1, recent).high


@pytest.mark.parametrize(("doctors", "position"), [(1, 1), (1, 4), (3, 2), (3, 10), (8, 20)])
def test_about_eight_of_ten_simulated_waits_fall_inside_the_range(doctors: int, position: int) -> None:
    chance = random.Random(doctors * 100 + position)
    recent = [chance.gammavariate(4, 225) for _ in range(200)]
    inside = 0
    for _ in range(400):
        ends = sorted(chance.random() * long for long in chance.choices(recent, recent, k=doctors))
        for _ in range(position - 1):
            ends.append(ends.pop(0) + chance.choice(recent))
            ends.sort()
        place = predict(position, doctors, recent)
        inside += place.low <= ends[0] <= place.high
    assert 0.7 <= inside / 400 <= 0.99
