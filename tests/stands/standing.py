"""A running stand, and a receiver of notices, as tests see them."""

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from dev.process import Supervisor
from runtime.settings import Partner

NAMES = ("video", "payments", "identity", "registry", "labs", "mis", "sms")
TOKEN, SECRET = "token-of-a-trial", "secret-of-a-trial"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Receiver:
    """What a clinic would be: takes notices, answers as it is told."""

    port: int
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: Request) -> Response:
        async with self.changed:
            self.got.append((dict(request.headers), await request.body()))
            self.changed.notify_all()
        return Response(status_code=self.status)

    async def until(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        async with asyncio.timeout(15), self.changed:
            await self.changed.wait_for(lambda: enough(self.bodies))
        return self.bodies

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@dataclass
class Standing:
    """A running stand as a test sees it."""

    name: str
    port: int
    supervisor: Supervisor
    client: httpx.AsyncClient

    @property
    def partner(self) -> Partner:
        return Partner(url=self.url, token=SecretStr(TOKEN), webhook_secret=SecretStr(SECRET))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def post(self, path: str, **body: object) -> httpx.Response:
        return await self.client.post(self.url + path, json=body)

    async def get(self, path: str) -> Any:
        return (await self.client.get(self.url + path)).raise_for_status().json()

    async def fail(self, call: str, mode: str, **more: object) -> None:
        (await self.post("/_fail", call=call, mode=mode, **more)).raise_for_status()

    async def ledger(self, call: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(f"/_ledger?call={call}"))["items"]
        return found

    async def kill(self) -> None:
        await self.supervisor.kill(f"stand-{self.name}")

    async def restart(self) -> None:
        await self.supervisor.restart(f"stand-{self.name}")
