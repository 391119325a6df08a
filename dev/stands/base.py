"""What every stand is made of: calls with idempotency and failure switches, controls, durable notices with retry.

A *call* is what a clinic's system asks (bearer token, idempotency key, may be told to fail). A *control* is what
stands for people and for the test. Failure switches, ``POST /_fail {"call", "mode", "times"?, "seconds"?, "code"?,
"only"?}`` (``only``: calls whose body holds this text):

| mode | what the caller meets |
|---|---|
| fail_before | 503, nothing done |
| refuse | 422 with ``code``, nothing done |
| slow | ``seconds`` pass before it is done and answered |
| twice | the request is taken twice, as by a proxy that resends |
| fail_after_commit | done, then 500 |
| lost_answer | done, then the connection breaks in the middle of the answer |

``POST /_heal`` takes them all back and names the calls in ``left`` that had not met theirs.

The call ``notice`` is the delivery of notices: ``fail_before`` is an attempt that never leaves, ``lost_answer`` and
``fail_after_commit`` one that arrives and is sent again, ``twice`` and ``slow`` as they say.
"""

import argparse
import asyncio
import contextlib
import hmac
import json
import os
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl
from weakref import WeakValueDictionary

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dev.stands.book import Book, Json
from dev.stands.later import Later, Work
from dev.stands.wire import Call, Refuse, broken, problem, read

MODES = frozenset({"fail_before", "refuse", "slow", "twice", "fail_after_commit", "lost_answer"})
SECRET, TOKEN = "STAND_SECRET", "STAND_TOKEN"
"""Variables of the environment: what signs notices (HMAC-SHA256), and the bearer token of its calls.

Everybody on the machine sees a command line."""


@dataclass(frozen=True)
class Options:
    """How a stand is run."""

    data: Path
    port: int = 0
    callback: str = ""
    secret: str = ""
    token: str = ""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


Handler = Callable[[Book, Call], dict[str, Json]]
Page = Callable[[Book, Call], Response]


def new_id(prefix: str) -> str:
    """An opaque id."""
    return f"{prefix}-{secrets.token_hex(8)}"


class Stand:
    """One stand: its book, its routes, its jobs."""

    def __init__(self, name: str, options: Options) -> None:
        self.name = name
        self.options = options
        self.book = Book(options.data / f"{name}.sqlite")
        self._routes: list[Route] = []
        self._calls: set[str] = {"notice"}
        self._later = Later(self.book, options.callback, options.secret)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._own_routes()

    # --- what a stand's file says

    def call(self, name: str, method: str, path: str) -> Callable[[Handler], Handler]:
        """Declare a call of the partner's system."""
        self._calls.add(name)

        def declare(handler: Handler) -> Handler:
            async def endpoint(request: Request) -> Response:
                return await self._serve(name, handler, request)

            self._routes.append(Route(path, endpoint, methods=[method]))
            return handler

        return declare

    def control(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """Declare what a person or a test does here: no token, no switches."""

        def declare(handler: Handler) -> Handler:
            async def endpoint(request: Request) -> Response:
                call = await read(request)
                return call if isinstance(call, Response) else self._do(lambda: JSONResponse(handler(self.book, call)))

            self._routes.append(Route(path, endpoint, methods=[method]))
            return handler

        return declare

    def page(self, method: str, path: str) -> Callable[[Page], Page]:
        """Declare a page for a browser; its form comes in ``call.form``."""

        def declare(handler: Page) -> Page:
            async def endpoint(request: Request) -> Response:
                form = dict(parse_qsl((await request.body()).decode()))
                call = Call({}, dict(request.query_params), dict(request.path_params), form=form)
                return self._do(lambda: handler(self.book, call))

            self._routes.append(Route(path, endpoint, methods=[method]))
            return handler

        return declare

    def job(self, name: str, work: Work) -> None:
        """Declare what ``book.later(name, ...)`` does."""
        self._later.works[name] = work

    def notify(self, event: str, topic: str, **body: Json) -> None:
        """Tell the clinic, in the transaction of the handler."""
        self.book.later("notice", topic, {"id": new_id("evt"), "event": event, **body})

    # --- serving

    async def _serve(self, name: str, handler: Handler, request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.options.token}".encode()):
            return problem("unauthorised", 401)
        call = await read(request)
        said = "" if isinstance(call, Response) else json.dumps(call.body, ensure_ascii=False)
        switch = self.book.take_switch(name, said)
        if switch is not None and switch.mode == "fail_before":
            return problem("unavailable", 503)
        if switch is not None and switch.mode == "refuse":
            return problem(switch.code, 422)
        if isinstance(call, Response):
            return call
        lock = self._locks.setdefault(call.key or secrets.token_hex(8), asyncio.Lock())
        async with lock:
            if switch is not None and switch.mode == "slow":
                await asyncio.sleep(switch.seconds)
            answer = self._do(lambda: JSONResponse(self._once(name, handler, call)))
            if switch is not None and switch.mode == "twice" and answer.status_code < 400:
                answer = self._do(lambda: JSONResponse(self._once(name, handler, call)))
        return broken(switch, answer)

    def _once(self, name: str, handler: Handler, call: Call) -> dict[str, Json]:
        if call.key is None:
            return handler(self.book, call)
        digest = sha256(json.dumps([name, call.path, call.body], sort_keys=True).encode()).hexdigest()
        known = self.book.recall(call.key)
        if known is None:
            answer = handler(self.book, call)
            self.book.remember(call.key, digest, answer)
            return answer
        if known[0] != digest:
            raise Refuse("key_reused")
        return known[1]

    def _do(self, work: Callable[[], Response]) -> Response:
        try:
            with self.book.transaction():
                answer = work()
        except Refuse as refusal:
            return problem(refusal.code, refusal.status)
        self._later.changed.set()
        return answer

    # --- routes of every stand

    def _own_routes(self) -> None:
        @self.control("GET", "/healthz")
        def health(book: Book, call: Call) -> dict[str, Json]:
            return {"stand": self.name}

        @self.control("GET", "/_ledger")
        def ledger(book: Book, call: Call) -> dict[str, Json]:
            return {"items": book.ledger(call.query.get("call"), call.query.get("key"))}

        @self.control("GET", "/_notices")
        def notices(book: Book, call: Call) -> dict[str, Json]:
            return {"items": book.notices()}

        @self.control("POST", "/_fail")
        def fail(book: Book, call: Call) -> dict[str, Json]:
            name, mode = call.text("call"), call.text("mode")
            if name not in self._calls or mode not in MODES:
                raise Refuse("no_such_switch")
            times, seconds = int(call.body.get("times", 1)), float(call.body.get("seconds", 7.0))
            code, only = str(call.body.get("code", "refused")), str(call.body.get("only", ""))
            book.set_switch(name, mode, times, seconds, code, only)
            return {}

        @self.control("POST", "/_heal")
        def heal(book: Book, call: Call) -> dict[str, Json]:
            return {"left": book.heal()}

        async def reset(request: Request) -> Response:
            self.book.reset()
            return JSONResponse({})

        self._routes.append(Route("/_reset", reset, methods=["POST"]))

    def app(self) -> Starlette:
        """The application; its lifespan runs the later work."""

        @contextlib.asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[None]:
            async with self._later.running():
                yield
            self.book.close()

        return Starlette(routes=self._routes, lifespan=lifespan)


def main(build: Callable[[Options], Stand]) -> None:
    """Run a stand until it is told to stop."""
    parser = argparse.ArgumentParser(description="A stand-in of an outside system; listens on loopback only.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of its durable memory")
    parser.add_argument("--callback", default="", help="where notices are sent; none are without it")
    options = Options(**vars(parser.parse_args()), secret=os.environ.get(SECRET, ""), token=os.environ.get(TOKEN, ""))
    app = build(options).app()
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


__all__ = [
    "Book",
    "Call",
    "HTMLResponse",
    "Json",
    "Options",
    "RedirectResponse",
    "Refuse",
    "Response",
    "Stand",
    "main",
    "new_id",
]
