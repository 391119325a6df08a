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
    async with call.shared.wiring.database.clinic(call.caller.actor.clinic) as session:
        known = await recorded(session, call, wire)
        if known is None:
            answer = requests.Recorded(status=status, body=await work(session))
            known = await requests.remember(session, call.hash, digest_of(wire), answer, datetime.now(UTC))
    return JSONResponse(known.body, known.status, {"Cache-Control": "no-store"})


async def recorded(session: Session, call: Call, wire: BaseModel | None) -> requests.Recorded | None:
    """The answer this key has already, None for a new key.

    Raises:
        Problem: ``key_reused``.
    """
    try:
        return await requests.recall(session, call.hash, digest_of(wire))
    except requests.KeyReused:
        raise Problem("key_reused") from None


def digest_of(wire: BaseModel | None) -> str:
    """The digest of a request's body."""
    return body_digest({} if wire is None else wire.model_dump(mode="json"))
