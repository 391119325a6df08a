"""Limits: bodies, time, and tries of a login. A refusal by a limit says nothing about what was tried."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, render
from runtime.telemetry import frames

_log = structlog.get_logger()

BODY = 1_000_000
"""Bytes of an ordinary request body."""
BODIES = {"/pathways": 8_000_000}
"""Larger ones, by path."""
SECONDS = 30.0
"""Until the answer of a request must have begun; streams go on for longer."""


class Guard:
    """Outermost: bounds each body and each wait, and answers what nobody caught, telling nothing of it."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = asyncio.Event()
        limit = BODIES.get(scope["path"], BODY)
        seen = 0

        async def bounded_receive() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise Problem("too_large")
            return message

        async def noted_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.set()
            await send(message)

        try:
            declared = dict(scope["headers"]).get(b"content-length", b"0")
            if not declared.isdigit() or int(declared) > limit:
                raise Problem("too_large")
            await self._within(scope, bounded_receive, noted_send, begun)
        except Problem as problem:
            await self._answer(problem, begun, scope, receive, send)
        except Exception as error:
            # The message may quote a statement's values: only the type and the places are logged.
            _log.error("request_failed", error=type(error).__name__, frames=frames(error))
            await self._answer(Problem("failed"), begun, scope, receive, send)

    async def _within(self, scope: Scope, receive: Receive, send: Send, begun: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._seconds) as timeout:

                async def sending(message: Message) -> None:
                    if message["type"] == "http.response.start":
                        timeout.reschedule(None)
                    await send(message)

                await self._app(scope, receive, sending)
        except TimeoutError:
            if begun.is_set() or loop.is_closed():
                raise
            raise Problem("timed_out") from None

    async def _answer(
        self, problem: Problem, begun: asyncio.Event, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if not begun.is_set():
            await render(Request(scope), problem)(scope, receive, send)


class Limiter:
    """Counts tries in windows: in Redis for all processes, in this process's memory while Redis is away.

    Keys are keyed hashes or ids made by the caller: no phone or login stands in Redis.
    """

    def __init__(self, redis: Redis, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._clock = clock
        self._local: OrderedDict[str, int] = OrderedDict()

    async def check(self, what: str, key: str, most: int, seconds: int) -> None:
        """Count one try.

        Raises:
            Problem: ``rate_limited`` after ``most`` tries within the window.
        """
        window = int(self._clock()) // seconds
        name = f"limit:{what}:{key}:{window}"
        try:
            async with asyncio.timeout(0.5):
                pipe = self._redis.pipeline()
                pipe.incr(name)
                pipe.expire(name, seconds)
                count = int((await pipe.execute())[0])
        except (RedisError, OSError, TimeoutError):
            count = self._local[name] = self._local.get(name, 0) + 1
            while len(self._local) > 10_000:
                self._local.popitem(last=False)
        if count > most:
            raise Problem("rate_limited")
