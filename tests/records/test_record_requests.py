"""Same key, same answer; another body under it is refused."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text

from records import notices, requests
from records.requests import KeyReused, Recorded

if TYPE_CHECKING:
    from tests.records.conftest import Ward

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def test_a_key_answers_its_own_body_and_refuses_another(ward: "Ward") -> None:
    key, answer = "k1" + ward.clinic, Recorded(status=201, body={"id": "x"}, headers={"Location": "/x"})
    async with ward.db.bare() as session:
        assert await requests.recall(session, key, "d") is None
        assert await requests.remember(session, key, "d", answer, NOW) == answer
    async with ward.db.bare() as session:
        assert await requests.recall(session, key, "d") == answer
        assert await requests.recall(session, key + "other", "d") is None
        with pytest.raises(KeyReused):
            await requests.recall(session, key, "another")
    async with ward.db.bare() as session:
        other = Recorded(status=500, body=None)
        assert await requests.remember(session, key, "d", other, NOW) == answer, "the first one stands"
        with pytest.raises(KeyReused):
            await requests.remember(session, key, "another", other, NOW)


async def test_the_answer_lies_encrypted(ward: "Ward", superuser: psycopg.AsyncConnection) -> None:
    key = "k2" + ward.clinic
    async with ward.db.bare() as session:
        await requests.remember(session, key, "d", Recorded(status=200, body={"word": "канарейка"}), NOW)
    cursor = await superuser.execute("SELECT sealed FROM request WHERE key_hash = %s", [key])
    (sealed,) = await cursor.fetchone() or (b"",)
    assert sealed
    assert "канарейка".encode() not in sealed


async def test_two_at_once_do_the_work_once(ward: "Ward") -> None:
    key, done = "k3" + ward.clinic, 0

    async def serve() -> Recorded:
        nonlocal done
        async with ward.db.clinic(ward.clinic) as session:
            known = await requests.recall(session, key, "d")
            if known is not None:
                return known
            done += 1
            await notices.remember(session, f"work-{done}", ward.mother, "come", "sms", NOW)
            return await requests.remember(session, key, "d", Recorded(status=201, body={"n": done}), NOW)

    answers = await asyncio.gather(*(serve() for _ in range(5)))
    assert done == 1
    assert answers == [Recorded(status=201, body={"n": 1})] * 5


async def test_old_answers_are_forgotten_by_the_system(ward: "Ward") -> None:
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    async with ward.db.bare() as session:
        await requests.remember(session, "k4" + ward.clinic, "d", Recorded(status=200, body={}), long_ago)
    async with ward.db.system() as session:
        assert await requests.sweep(session, long_ago + timedelta(days=1)) == 1
    async with ward.db.bare() as session:
        assert await requests.recall(session, "k4" + ward.clinic, "another") is None
        assert await session.scalar(text("SELECT count(*) FROM request")) == 0
