"""POSTs without a workflow: the work and its answer in one transaction, once a key."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from api.acts import Call
from api.keys import body_digest
from api.problems import Problem
from records import requests
from records.database import Session


async def once(
    call: Call, wire: BaseModel | None, work: Callable[[Session], Awaitable[Any]], status: int = 200
) -> Response:
    """Do the work of this key once; the same key gets its recorded answer.

    Raises:
        Problem: ``key_reused``.
    """
    digest = body_digest({} if wire is None else wire.model_dump(mode="json"))
    async with call.shared.wiring.database.clinic(call.caller.actor.clinic) as session:
        try:
            known = await requests.recall(session, call.hash, digest)
        except requests.KeyReused:
            raise Problem("key_reused") from None
        if known is None:
            answer = requests.Recorded(status=status, body=await work(session))
            known = await requests.remember(session, call.hash, digest, answer, datetime.now(UTC))
    return JSONResponse(known.body, known.status, {"Cache-Control": "no-store"})
