"""The application: every router of this room, one gate before all of them."""

import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from redis.asyncio import Redis

import api
from api import docs, problems
from api.access import row_of
from api.auth.tokens import Verifier
from api.caller import enforce
from api.codec import CodecDoor, origin_of
from api.issuer import keys
from api.issuer.tokens import AUDIENCE, Mint
from api.limits import Guard, Limiter
from api.metrics import Tally
from api.openapi import describe
from api.services import Services
from api.streams import Hub
from runtime.hashing import KeyedHash
from wiring import Wiring

DESCRIPTION = """
Remote consultations, each one durable process. **Log in** under `login`; name the clinic in the token or in
`Carepath-Clinic`, and the patient you act for in `Carepath-Patient` (see `/me/patients`); staff name none.

Every POST carries an `Idempotency-Key`; whatever happened to its answer, it is safe to send again with the same key.
An act answers with the caller's new view of the consultation; everything else is `application/problem+json`.
"""


def routers() -> list[APIRouter]:
    """Every module of this room that has a ``router``; no list is kept anywhere."""
    found = []
    for module in pkgutil.walk_packages(api.__path__, "api."):
        router = getattr(importlib.import_module(module.name), "router", None)
        if isinstance(router, APIRouter):
            found.append(router)
    return found


def create_app(wiring: Wiring) -> FastAPI:
    """The facade over this process's wiring. Nothing is connected before the first request needs it.

    Raises:
        LookupError: A route has no row in the access table.
    """
    settings = wiring.settings
    redis = Redis.from_url(settings.redis_url)
    own = f"{settings.public_url}/auth"
    mint = Mint(keys.load(settings.own_issuer_key), own) if settings.own_issuer else None
    shared = Services(
        wiring=wiring,
        verifier=Verifier(
            [issuer for issuer in settings.issuers if mint is None or issuer.issuer != own],
            own={} if mint is None else {own: (AUDIENCE, keys.verifying(mint.key))},
        ),
        hub=Hub(lambda: wiring.line.listen()),
        limiter=Limiter(redis),
        hashed=KeyedHash.from_settings(settings),
        own_issuer=None if mint is None else own,
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await shared.hub.close()
        shared.darkroom.shutdown(wait=False, cancel_futures=True)
        await redis.aclose()

    app = FastAPI(
        title="Carepath",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = shared
    app.state.mint = mint
    app.state.tally = tally = Tally()
    for router in routers():
        for route in router.routes:
            if isinstance(route, APIRoute):
                row_of(route.operation_id or route.path)
        app.include_router(router, dependencies=[Depends(enforce)])
    problems.install(app)
    describe(app)
    docs.serve(app)
    app.add_middleware(CodecDoor, origin=origin_of(settings.temporal_ui_url))
    app.add_middleware(Guard, tally=tally)
    return app
