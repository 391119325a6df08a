"""What a stand does later: delivers notices until they are accepted, and decides what it was asked to decide."""

import asyncio
import contextlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from hashlib import sha256

import httpx

from dev.stands.book import Book, Job, Json

BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds between attempts at a notice; the last one for ever."""
IDLE = 60.0

Work = Callable[[Book, dict[str, Json]], None]


class Later:
    """The jobs of a book, each topic in order, topics beside each other: one deaf receiver stops one topic."""

    def __init__(self, book: Book, callback: str, secret: str) -> None:
        self.works: dict[str, Work] = {}
        self.changed = asyncio.Event()
        self._book = book
        self._callback = callback
        self._secret = secret.encode()
        self._busy: dict[str, asyncio.Task[None]] = {}

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work while the block runs."""
        async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
            tasks = [asyncio.create_task(self._loop(client))]
            try:
                yield
            finally:
                tasks.extend(self._busy.values())
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _loop(self, client: httpx.AsyncClient) -> None:
        while True:
            self.changed.clear()
            now, wait = time.time(), IDLE
            for job, due in self._book.heads():
                if job.topic in self._busy:
                    continue
                if due > now:
                    wait = min(wait, due - now)
                else:
                    self._busy[job.topic] = asyncio.create_task(self._one(job, client))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), wait)

    async def _one(self, job: Job, client: httpx.AsyncClient) -> None:
        done = False
        try:
            done = await self._deliver(job, client) if job.name == "notice" else self._work(job)
        finally:
            if not done:
                self._book.failed(job, BACKOFF[min(job.tries, len(BACKOFF) - 1)])
            elif job.name == "notice":
                self._book.done(job)
            del self._busy[job.topic]
            self.changed.set()

    def _work(self, job: Job) -> bool:
        with self._book.transaction():
            self.works[job.name](self._book, job.body)
            self._book.done(job)
        return True

    async def _deliver(self, job: Job, client: httpx.AsyncClient) -> bool:
        if not self._callback:
            return True
        switch = self._book.take_switch("notice")
        mode = switch.mode if switch is not None else ""
        if mode == "fail_before":
            return False
        if switch is not None and mode == "slow":
            await asyncio.sleep(switch.seconds)
        body = json.dumps(job.body, ensure_ascii=False).encode()
        signed = "sha256=" + hmac.new(self._secret, body, sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": signed}
        accepted = False
        for _ in range(2 if mode == "twice" else 1):
            try:
                answer = await client.post(self._callback, content=body, headers=headers)
            except httpx.HTTPError:
                return False
            accepted = answer.is_success
        return accepted and mode not in ("lost_answer", "fail_after_commit")
