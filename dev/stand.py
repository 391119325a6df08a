"""The control of a stand at the terminal's end: what a person or the outside does there, and its ledger."""

from typing import Any

import httpx

Json = Any


class StandClient:
    """A stand seen from its side: nothing here goes through Carepath."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=10.0, trust_env=False)

    async def get(self, path: str, **query: str) -> Json:
        """Look."""
        return (await self.http.get(path, params=query)).raise_for_status().json()

    async def post(self, path: str, body: Json = None) -> Json:
        """Do."""
        return (await self.http.post(path, json=body or {})).raise_for_status().json()

    async def ledger(self, call: str | None = None) -> list[dict[str, Json]]:
        """Every effect, oldest first."""
        items: list[dict[str, Json]] = (await self.get("/_ledger", **({"call": call} if call else {})))["items"]
        return items

    async def fail(self, call: str, mode: str, times: int = 1, **more: Json) -> None:
        """Let the next calls fail in a mode."""
        await self.post("/_fail", {"call": call, "mode": mode, "times": times, **more})

    async def close(self) -> None:
        """Close."""
        await self.http.aclose()
