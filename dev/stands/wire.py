"""What goes over the wire: requests as handlers see them, answers whole and broken."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from dev.stands.book import Json, Switch


class Refuse(Exception):
    """The stand will not do it."""

    def __init__(self, code: str, status: int = 422) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Call:
    """One request as a handler sees it."""

    body: dict[str, Json]
    query: dict[str, str]
    path: dict[str, str]
    key: str | None = None
    form: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text of the body, or a refusal."""
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise Refuse(f"no_{name}")
        return value


class LostAnswer(Response):
    """An answer whose end never comes: the server closes the connection where the body stops."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a beginning."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def read(request: Request) -> Call | Response:
    """The request, or the answer to one that makes no sense."""
    raw = await request.body()
    try:
        body: Any = json.loads(raw) if raw else {}
    except ValueError:
        return problem("malformed", 400)
    if not isinstance(body, dict):
        return problem("malformed", 400)
    key = request.headers.get("idempotency-key")
    return Call(body, dict(request.query_params), dict(request.path_params), key)


def problem(code: str, status: int) -> Response:
    """A refusal or failure, as every stand says it."""
    return JSONResponse({"code": code}, status_code=status)


def broken(switch: Switch | None, answer: Response) -> Response:
    """The answer as the switch lets it through."""
    if switch is None or answer.status_code >= 400:
        return answer
    if switch.mode == "fail_after_commit":
        return problem("failed", 500)
    return LostAnswer() if switch.mode == "lost_answer" else answer
