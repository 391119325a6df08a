"""What a stand remembers: one SQLite file, every effect in one transaction with its answer and its notices."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = Any

TABLES = {
    "ledger": "n INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, call TEXT, key TEXT, effect TEXT",
    "answers": "key TEXT PRIMARY KEY, digest TEXT, answer TEXT",
    "things": "kind TEXT, id TEXT, value TEXT, n INTEGER, PRIMARY KEY (kind, id)",
    "jobs": (
        "n INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, topic TEXT, body TEXT, due REAL, "
        "tries INTEGER DEFAULT 0, done INTEGER DEFAULT 0"
    ),
    "switches": (
        "n INTEGER PRIMARY KEY AUTOINCREMENT, call TEXT, mode TEXT, left INTEGER, seconds REAL, code TEXT, only TEXT"
    ),
}


FOUND_BY = ("key", "reference", "local_uid", "patient_number", "to")
"""Fields that things are found by: a bench's ten thousandth call costs what the first did."""


@dataclass(frozen=True)
class Job:
    """Something to do later: a notice to deliver, or a stand's own work. One topic is done in order."""

    n: int
    name: str
    topic: str
    body: dict[str, Json]
    tries: int


@dataclass(frozen=True)
class Switch:
    """How a call is to fail."""

    mode: str
    seconds: float
    code: str


class Book:
    """The durable memory of one stand. Used from one thread; a handler's writes are one transaction."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        # An answered effect survives a power cut: that is what the ledger is believed for.
        self._db.execute("PRAGMA synchronous = FULL")
        for name, columns in TABLES.items():
            self._db.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
        self._db.execute("CREATE INDEX IF NOT EXISTS waiting ON jobs (topic, n) WHERE done = 0")
        self._db.execute("CREATE INDEX IF NOT EXISTS counted ON ledger (call)")
        for name in FOUND_BY:
            self._db.execute(
                f"CREATE INDEX IF NOT EXISTS things_by_{name} ON things (kind, json_extract(value, '$.{name}'))"
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def reset(self) -> None:
        """Forget everything."""
        with self.transaction():
            for name in TABLES:
                self._db.execute(f"DELETE FROM {name}")

    # --- effects and answers

    def effect(self, call: str, key: str | None, **effect: Json) -> None:
        """Write down that the world changed."""
        self._db.execute(
            "INSERT INTO ledger (at, call, key, effect) VALUES (?, ?, ?, ?)",
            (time.time(), call, key, json.dumps(effect)),
        )

    def ledger(self, call: str | None = None, key: str | None = None) -> list[dict[str, Json]]:
        """Every effect, oldest first."""
        rows = self._db.execute(
            "SELECT n, at, call, key, effect FROM ledger "
            "WHERE (?1 IS NULL OR call = ?1) AND (?2 IS NULL OR key = ?2) ORDER BY n",
            (call, key),
        )
        return [
            {"n": n, "at": at, "call": call_, "key": key_, "effect": json.loads(effect)}
            for n, at, call_, key_, effect in rows
        ]

    def count(self, call: str) -> int:
        """How many effects of a name there were."""
        return int(self._db.execute("SELECT count(*) FROM ledger WHERE call = ?", (call,)).fetchone()[0])

    def remember(self, key: str, digest: str, answer: dict[str, Json]) -> None:
        """Keep the answer of a key."""
        self._db.execute("INSERT INTO answers VALUES (?, ?, ?)", (key, digest, json.dumps(answer)))

    def recall(self, key: str) -> tuple[str, dict[str, Json]] | None:
        """The digest and answer of a key."""
        row = self._db.execute("SELECT digest, answer FROM answers WHERE key = ?", (key,)).fetchone()
        return None if row is None else (row[0], json.loads(row[1]))

    # --- things

    def put(self, kind: str, id_: str, value: dict[str, Json]) -> None:
        """Keep a thing, newest state."""
        self._db.execute(
            "INSERT INTO things VALUES (?1, ?2, ?3, (SELECT coalesce(max(rowid), 0) + 1 FROM things)) "
            "ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value",
            (kind, id_, json.dumps(value)),
        )

    def get(self, kind: str, id_: str) -> dict[str, Json] | None:
        """A thing."""
        row = self._db.execute("SELECT value FROM things WHERE kind = ? AND id = ?", (kind, id_)).fetchone()
        return None if row is None else json.loads(row[0])

    def all(self, kind: str, **like: str) -> list[dict[str, Json]]:
        """The things of a kind whose fields are these, oldest first; fields of ``FOUND_BY`` are indexed."""
        where = "".join(f" AND json_extract(value, '$.{name}') = ?" for name in like)
        rows = self._db.execute(f"SELECT value FROM things WHERE kind = ?{where} ORDER BY n", (kind, *like.values()))
        return [json.loads(row[0]) for row in rows]

    # --- later

    def later(self, name: str, topic: str, body: dict[str, Json], after: float = 0.0) -> None:
        """Do something later; what one topic has to do is done in this order."""
        self._db.execute(
            "INSERT INTO jobs (name, topic, body, due) VALUES (?, ?, ?, ?)",
            (name, topic, json.dumps(body), time.time() + after),
        )

    def heads(self) -> list[tuple[Job, float]]:
        """The first undone job of each topic, with the moment it is due."""
        rows = self._db.execute(
            "SELECT n, name, topic, body, tries, due FROM jobs WHERE n IN "
            "(SELECT min(n) FROM jobs WHERE done = 0 GROUP BY topic)"
        )
        return [(Job(n, name, topic, json.loads(body), tries), due) for n, name, topic, body, tries, due in rows]

    def done(self, job: Job) -> None:
        """A job is done."""
        self._db.execute("UPDATE jobs SET done = 1, tries = tries + 1 WHERE n = ?", (job.n,))

    def failed(self, job: Job, again_in: float) -> None:
        """A job is to be tried again."""
        self._db.execute("UPDATE jobs SET tries = tries + 1, due = ? WHERE n = ?", (time.time() + again_in, job.n))

    def hurry(self, name: str, topic: str) -> None:
        """Make what a topic waits for due now."""
        self._db.execute(
            "UPDATE jobs SET due = ? WHERE done = 0 AND name = ? AND topic = ?", (time.time(), name, topic)
        )

    def notices(self) -> list[dict[str, Json]]:
        """Every notice, with how often it was tried and whether it was accepted."""
        rows = self._db.execute("SELECT body, tries, done FROM jobs WHERE name = 'notice' ORDER BY n")
        return [{"body": json.loads(body), "tries": tries, "accepted": bool(done)} for body, tries, done in rows]

    # --- switches

    def set_switch(self, call: str, mode: str, times: int, seconds: float, code: str, only: str) -> None:
        """Let the next calls of a name fail; ``only`` those that speak of this."""
        self._db.execute(
            "INSERT INTO switches (call, mode, left, seconds, code, only) VALUES (?, ?, ?, ?, ?, ?)",
            (call, mode, times, seconds, code, only),
        )

    def heal(self) -> list[str]:
        """Take every switch back; the calls that had not met theirs."""
        left = self._db.execute("SELECT call FROM switches WHERE left > 0 ORDER BY n").fetchall()
        self._db.execute("DELETE FROM switches")
        return [call for (call,) in left]

    def take_switch(self, call: str, said: str = "") -> Switch | None:
        """The failure this call is to meet, by what it says; one use of it is spent."""
        row = self._db.execute(
            "SELECT n, mode, seconds, code FROM switches WHERE call = ? AND left > 0 AND instr(?, only) > 0"
            " ORDER BY n LIMIT 1",
            (call, said),
        ).fetchone()
        if row is None:
            return None
        self._db.execute("UPDATE switches SET left = left - 1 WHERE n = ?", (row[0],))
        return Switch(*row[1:])
