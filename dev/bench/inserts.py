"""The world as one insert: every effect, and every write of the record, is one row."""

import json
from collections.abc import Callable
from typing import Any

from psycopg_pool import AsyncConnectionPool
from temporalio import activity
from temporalio.client import Client

from dev.bench import ours
from dev.bench.answers import answer
from domain import effects
from domain.names import FLOW, PROJECT
from domain.snapshot import Snapshot

TABLES = """
    CREATE TABLE IF NOT EXISTS bench_effect (key text, body text);
    CREATE TABLE IF NOT EXISTS bench_record (workflow text, revision int, body text)
"""
EFFECT = "INSERT INTO bench_effect (key, body) VALUES (%s, %s)"
RECORD = "INSERT INTO bench_record (workflow, revision, body) VALUES (%s, %s, %s)"

Activities = dict[str, list[Callable[..., Any]]]


def of_ours(client: Client, pool: AsyncConnectionPool[Any]) -> Activities:
    """Typed like the real activities."""

    async def keep(effect: effects.Effect) -> None:
        async with pool.connection() as connection:
            await connection.execute(EFFECT, (effect.key, effect.model_dump_json()))

    async def write(snapshot: Snapshot) -> None:
        state = snapshot.state
        async with pool.connection() as connection:
            await connection.execute(RECORD, (state.workflow, state.revision, snapshot.model_dump_json()))

    return ours.canned(client, keep, write)


def of_bare(pool: AsyncConnectionPool[Any]) -> Activities:
    """Plain JSON in and out."""

    @activity.defn(name=PROJECT)
    async def project(row: dict[str, Any]) -> None:
        async with pool.connection() as connection:
            await connection.execute(RECORD, (row["workflow"], row["revision"], json.dumps(row)))

    found: Activities = {}
    for name, effect in effects.load().items():
        found.setdefault(effect.queue, []).append(_plain(name, pool))
    found[FLOW].append(project)
    return found


def _plain(name: str, pool: AsyncConnectionPool[Any]) -> Callable[..., Any]:
    @activity.defn(name=name)
    async def do(effect: dict[str, Any]) -> Any:
        key = f"{effect['consultation']}:{effect['step']}:{name}:{effect['part']}"
        async with pool.connection() as connection:
            await connection.execute(EFFECT, (key, json.dumps(effect)))
        return answer(name)

    return do
