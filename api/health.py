"""Whether this process lives, whether it can serve, and a few numbers. Nothing here is about anybody."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from sqlalchemy import text

from api.caller import ServicesOf
from api.problems import Problem
from domain.names import FLOW
from runtime.telemetry import get_logger

router = APIRouter(tags=["health"])

_log = get_logger(__name__)
_ALIVE = text("SELECT 1")
PATIENCE = 3.0


@router.get("/livez", operation_id="livez", response_class=PlainTextResponse)
async def livez() -> str:
    """The process lives."""
    return "ok\n"


@router.get("/readyz", operation_id="readyz", response_class=PlainTextResponse)
async def readyz(shared: ServicesOf) -> str:
    """Acts can be taken: the database answers and a worker polls. Redis is not needed to serve."""
    try:
        async with asyncio.timeout(PATIENCE):
            async with shared.wiring.database.bare() as session:
                await session.scalar(_ALIVE)
            polled = await shared.wiring.consultations.polled(FLOW)
    except Exception as error:
        # Whatever is wrong, the answer is 'not ready'; the log says what kind of thing it was.
        _log.warning("readyz.failed", error=type(error).__name__)
        raise Problem("not_ready") from None
    if not polled:
        raise Problem("not_ready")
    return "ok\n"
