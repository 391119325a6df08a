"""The waiting line in Redis: sorted sets a pool, leases of seconds, wakes by pub/sub.

Nothing here is the truth. A member that joins again with its old time gets its old place, so after a wipe the workers
simply join everybody again. The only times in it are those given as arguments and the leases.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from domain.effects import read_reference
from ports import Unavailable
from ports.line import Offer

CLAIM = 10
"""Seconds a claim is held without a seat."""
HERE = 30
"""Seconds a heartbeat lasts."""
RETRY = 1.0
PATIENCE = 3.0
"""Seconds a call may take: a person waits for it, and without the line there is another way."""
AHEAD = 10.0**10
"""Taken from the score of who goes first: below every real time, still exact to the microsecond in a double."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

P = ParamSpec("P")
R = TypeVar("R")


def _told(call: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    @wraps(call)
    async def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            async with asyncio.timeout(PATIENCE):
                return await call(*args, **kwargs)
        except (RedisError, TimeoutError):
            raise Unavailable("redis") from None

    return inner


def connect(url: str) -> Redis:
    """A client for this line. It tries a broken connection once anew and no longer: nobody waits for Redis."""
    return Redis.from_url(url, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1))


class RedisLine:
    """Port `Line`. All keys of a clinic share a hash tag, so that they live in one slot of a cluster."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @_told
    async def join(self, clinic: str, pool: str, member: str, at: datetime, first: bool) -> None:
        """Stand in line and wake the pool's doctors; who stands there already keeps his place."""
        read_reference(member)
        score = (at - EPOCH).total_seconds() - (AHEAD if first else 0.0)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(_line(clinic, pool), {member: score}, nx=True)
            pipe.hset(_pools(clinic), member, pool)
            pipe.publish(_wakes(clinic), topic(pool))
            await pipe.execute()

    @_told
    async def leave(self, clinic: str, pool: str, member: str) -> None:
        """Leave the line and tell those behind."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zrem(_line(clinic, pool), member)
            pipe.hdel(_pools(clinic), member)
            pipe.delete(_claim(clinic, member))
            pipe.publish(_wakes(clinic), topic(pool))
            await pipe.execute()

    @_told
    async def position(self, clinic: str, pool: str, member: str) -> int | None:
        """Place in line from 1."""
        rank = cast("int | None", await self._redis.zrank(_line(clinic, pool), member))
        return None if rank is None else rank + 1

    @_told
    async def offers(self, clinic: str, pool: str) -> list[Offer]:
        """Who waits, first in line first."""
        rows: list[tuple[bytes | str, float]] = cast(
            Any, await self._redis.zrange(_line(clinic, pool), 0, -1, withscores=True)
        )
        return [_offer(_text(member), float(score)) for member, score in rows]

    @_told
    async def claim(self, clinic: str, member: str, doctor: str) -> bool:
        """Take the lease on an offer; the holder may take it again (a lost answer, a second device)."""
        key = _claim(clinic, member)
        if await self._redis.set(key, doctor, nx=True, ex=CLAIM):
            return True
        holder = await self._redis.get(key)
        return holder is not None and _text(holder) == doctor

    @_told
    async def release(self, clinic: str, member: str, doctor: str) -> None:
        """Give the lease back and ring again; another's lease stays."""
        gone = await self._redis.eval(RELEASE, 1, _claim(clinic, member), doctor)
        pool = await self._redis.hget(_pools(clinic), member)
        if gone and pool is not None:
            await self._redis.publish(_wakes(clinic), topic(_text(pool)))

    @_told
    async def heartbeat(self, clinic: str, doctor: str) -> None:
        """A doctor on duty is there."""
        now = time.time()  # a lease: real time
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zadd(_here(clinic), {doctor: now + HERE})
            pipe.zremrangebyscore(_here(clinic), "-inf", now)
            pipe.expire(_here(clinic), HERE)
            await pipe.execute()

    @_told
    async def present(self, clinic: str) -> frozenset[str]:
        """Doctors whose heartbeat has not run out."""
        rows: list[bytes | str] = cast(Any, await self._redis.zrangebyscore(_here(clinic), time.time(), "+inf"))
        return frozenset(_text(row) for row in rows)

    @_told
    async def wake(self, clinic: str, topic: str) -> None:
        """Tell the streams that something changed."""
        await self._redis.publish(_wakes(clinic), topic)

    async def listen(self) -> AsyncGenerator[tuple[str, str]]:
        """Every wake of every clinic, as (clinic, topic), for the one reader of a process. Never ends.

        Wakes sent while Redis was away are lost: after each (re)connection comes one ``("", "")``, 'look at everything
        again'.
        """
        while True:
            try:
                async with aclosing(self._heard()) as wakes:
                    async for wake in wakes:
                        yield wake
            except RedisError:
                await asyncio.sleep(RETRY)

    async def _heard(self) -> AsyncGenerator[tuple[str, str]]:
        async with self._redis.pubsub() as pubsub:
            await pubsub.psubscribe(_wakes("*"))
            async for message in pubsub.listen():
                if message["type"] == "psubscribe":
                    yield "", ""
                elif message["type"] == "pmessage":
                    clinic = _text(message["channel"]).split("{", 1)[1].split("}", 1)[0]
                    yield clinic, _text(message["data"])


def topic(pool: str) -> str:
    """The topic that the line of a pool wakes."""
    return f"pool:{pool}"


def _offer(member: str, score: float) -> Offer:
    workflow, step, occurrence = read_reference(member)
    # Added to the epoch in whole microseconds: fromtimestamp rounds through the platform's double.
    since = EPOCH + timedelta(microseconds=round((score + AHEAD if score < 0 else score) * 1_000_000))
    return Offer(workflow=workflow, step=step or "_", occurrence=occurrence, since=since)


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _line(clinic: str, pool: str) -> str:
    return f"carepath:{{{clinic}}}:line:{pool}"


def _pools(clinic: str) -> str:
    return f"carepath:{{{clinic}}}:pools"


def _claim(clinic: str, member: str) -> str:
    return f"carepath:{{{clinic}}}:claim:{member}"


def _here(clinic: str) -> str:
    return f"carepath:{{{clinic}}}:here"


def _wakes(clinic: str) -> str:
    return f"carepath:{{{clinic}}}:wakes"
