"""The plaintext door of Temporal UI: payloads decrypted for those who may see them, each time audited.

The UI's browser calls it from another origin. It sends a bearer token where it has one; the embedded UI has no login,
so an administrator opens a short session here (a cookie for this path alone, accepted only from the UI's own origin).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Header, Request, Response
from google.protobuf import json_format
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.api.common.v1 import Payload, Payloads

from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.services import Services
from domain.people import Actor
from records import audit
from runtime.crypto import KeyMissing, Unreadable, codec

PATH = "/codec"
COOKIE = "carepath-codec"
SESSION = 15 * 60
AT_MOST = 2000
"""Payloads of one request: a page of the UI asks for a few hundred."""

router = APIRouter(prefix=PATH, tags=["administrators"])


class Bundle(BaseModel):
    """Payloads in Temporal's JSON form: base64 metadata and data."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "MQ=="}]}}
    )

    payloads: list[dict[str, Any]] = Field(max_length=AT_MOST)


Namespace = Annotated[str, Header(alias="X-Namespace", pattern=r"^[A-Za-z0-9_.-]{1,128}$")]


@router.post("/decode", operation_id="decode_payloads")
async def decode(bundle: Bundle, who: CallerOf, shared: ServicesOf, namespace: Namespace = "default") -> Bundle:
    """Decrypt payloads. The audit's row is written before anything is shown."""
    payloads = _parse(bundle)
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        await audit.write(session, who.actor.person, "codec.decode", [f"namespace:{namespace}"], datetime.now(UTC))
    try:
        return _bundle(await codec(shared.wiring.settings).decode(payloads.payloads))
    except (KeyMissing, Unreadable, ValueError):
        raise Problem("bad_body") from None


@router.post("/encode", operation_id="encode_payloads")
async def encode(bundle: Bundle, who: CallerOf, shared: ServicesOf, namespace: Namespace = "default") -> Bundle:
    """Encrypt payloads, as the command-line tool asks when it sends some."""
    payloads = _parse(bundle)
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        await audit.write(session, who.actor.person, "codec.encode", [f"namespace:{namespace}"], datetime.now(UTC))
    return _bundle(await codec(shared.wiring.settings).encode(payloads.payloads))


@router.post("/session", operation_id="open_codec_session", status_code=204)
async def open_session(request: Request, who: CallerOf, shared: ServicesOf) -> Response:
    """Let this browser's Temporal UI decrypt for a quarter of an hour, with the caller's token."""
    token = request.headers["authorization"].split(" ", 1)[1]
    return await opened(shared, who.actor, token, Response(status_code=204))


async def opened(shared: Services, actor: Actor, token: str, answer: Response) -> Response:
    """Write the audit's row and have the browser hold the token, for this path alone."""
    async with shared.wiring.database.clinic(actor.clinic) as session:
        await audit.write(session, actor.person, "codec.session", [actor.person], datetime.now(UTC))
    answer.set_cookie(
        COOKIE,
        f"{actor.clinic}~{token}",
        max_age=SESSION,
        path=PATH,
        httponly=True,
        samesite="strict",
        secure=shared.wiring.settings.public_url.startswith("https:"),
    )
    return answer


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class CodecDoor:
    """CORS for one origin on one path, and the session's cookie read as the bearer token it holds."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self._app = app
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PATH + "/"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("origin") != self._origin:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=self._allowed() | _PREFLIGHT)(scope, receive, send)
            return

        async def send_allowed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._allowed())
            await send(message)

        await self._app(_with_bearer(scope, headers), receive, send_allowed)

    def _allowed(self) -> dict[str, str]:
        return {
            "Access-Control-Allow-Origin": self._origin,
            "Access-Control-Allow-Credentials": "true",
            "Vary": "Origin",
        }


_PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type, x-namespace, carepath-clinic",
    "Access-Control-Max-Age": "600",
}


def _with_bearer(scope: Scope, headers: Headers) -> Scope:
    if "authorization" in headers:
        return scope
    try:
        held = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        held = None
    if held is None or "~" not in held.value:
        return scope
    clinic, token = held.value.split("~", 1)
    added = [(b"authorization", f"Bearer {token}".encode()), (b"carepath-clinic", clinic.encode())]
    return {**scope, "headers": [*scope["headers"], *added]}


def _parse(bundle: Bundle) -> Payloads:
    try:
        return json_format.ParseDict({"payloads": bundle.payloads}, Payloads())
    except json_format.ParseError:
        raise Problem("not_well_formed") from None


def _bundle(payloads: Iterable[Payload]) -> Bundle:
    return Bundle(payloads=[json_format.MessageToDict(payload) for payload in payloads])
