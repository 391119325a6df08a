"""Limits: bodies, time, and tries of a login. A refusal by a limit says nothing about what was tried."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Tally
from api.problems import Problem, failed, render

BODY = 1_000_000
"""Bytes of an ordinary request body."""
BODIES = {"/pathways/drafts": 8_000_000, "/codec/decode": 8_000_000, "/codec/encode": 8_000_000}
"""Larger ones, by path."""
PHOTO = 10_000_000
"""A photo's, whichever task it is sent up for."""
SECONDS = 30.0
"""Until the answer of a request must have begun; streams go on for longer."""


class Guard:
    """Outermost: bounds each body and each wait, counts answers, and tells nothing of what nobody caught."""

    def __init__(self, app: ASGIApp, tally: Tally, seconds: float = SECONDS) -> None:
        self._app = app
        self._tally = tally
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = 0
        limit = limit_of(scope["path"])
        seen = 0
        over = False

        async def bounded_receive() -> Message:
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                over = True
                raise Problem("too_large")
            return message

        try:
            async with asyncio.timeout(self._seconds) as timeout:

                async def noted_send(message: Message) -> None:
                    nonlocal status
                    if over and not status:
                        # The framework answers a body it could not read with an answer of its own.
                        raise Problem("too_large")
                    if message["type"] == "http.response.start":
                        status = message["status"]
                        headers = MutableHeaders(scope=message)
                        headers.setdefault("Cache-Control", "no-store")
                        headers.setdefault("X-Content-Type-Options", "nosniff")
                        timeout.reschedule(None)
                        self._count(scope, status, time.perf_counter() - begun)
                    await send(message)

                declared = dict(scope["headers"]).get(b"content-length", b"0")
                if not declared.isdigit() or int(declared) > limit:
                    raise Problem("too_large")
                await self._app(scope, bounded_receive, noted_send)
        except Exception as error:
            problem = Problem("too_large") if over else self._problem_of(error, timed_out=timeout.expired())
            if status:
                # Half of an answer is out already; the connection ends here.
                return
            answer = render(Request(scope), problem)
            self._count(scope, answer.status_code, time.perf_counter() - begun)
            await answer(scope, receive, send)

    def _problem_of(self, error: Exception, *, timed_out: bool) -> Problem:
        if isinstance(error, Problem):
            return error
        if timed_out and isinstance(error, TimeoutError):
            return Problem("timed_out")
        return failed(error)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        self._tally.add(getattr(route, "operation_id", None) or "none", status, seconds)


def limit_of(path: str) -> int:
    """How many bytes a request to this path may have."""
    return PHOTO if path.endswith("/chat/photos") else BODIES.get(path, BODY)


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
            Problem: ``rate_limited`` after ``most`` tries within the window, with the seconds to its end.
        """
        window, passed = divmod(int(self._clock()), seconds)
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
            raise Problem("rate_limited", retry_after=seconds - passed)
