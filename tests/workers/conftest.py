"""A clinic of its own for each test of the room."""

import uuid
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from domain.base import Text
from integrations.line.redis import RedisLine
from records import clinics
from records.database import Database
from runtime.clock import real_now
from runtime.settings import Settings


@pytest.fixture
async def clinic(database: Database) -> str:
    """A clinic that stands in the record."""
    id_ = f"cl-{uuid.uuid4().hex}"
    async with database.clinic(id_) as session:
        made = clinics.Clinic(id=id_, name=Text(ru="Клиника", en="Clinic"), oid="1.2.643.5.1", region="77", zone="UTC")
        await clinics.save(session, made, real_now())
    return id_


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    """The real Redis."""
    client = Redis.from_url(settings.redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def line(redis: Redis) -> RedisLine:
    """The real line."""
    return RedisLine(redis)
