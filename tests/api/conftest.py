"""An app of its own for tests that need no services: own issuer, roles as the test says."""

import base64
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from fastapi import FastAPI

from api import caller
from api.app import create_app
from api.auth.tokens import Bearer
from api.services import Services
from domain.clock import Clock
from domain.people import Actor, Owner, Role
from domain.state import ConsultationState
from domain.tasks import Task
from records.database import Database
from runtime.settings import Settings
from tests.api.bench import Bench
from wiring import Wiring

CLINIC = "cl-test"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def bare_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings that lead nowhere: nothing may be connected."""
    folder: Path = tmp_path_factory.mktemp("api")
    return Settings(
        hash_key=base64.b64encode(b"k" * 32).decode(),
        own_issuer=True,
        own_issuer_key=folder / "issuer.pem",
        redis_url="redis://127.0.0.1:1/0",
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing",
        public_url="http://carepath.test",
    )


@pytest.fixture(scope="session")
def bare_app(bare_settings: Settings) -> FastAPI:
    """The facade with nothing behind it."""
    return create_app(Wiring(bare_settings))


@pytest.fixture
async def bare_client(bare_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the bare app."""
    transport = httpx.ASGITransport(app=bare_app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://carepath.test") as client:
        yield client


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let every caller have these roles."""

    def have(*roles: Role) -> None:
        async def resolve(_: Services, token: Bearer, clinic: str, patient: str | None) -> Actor:
            return Actor(person=token.subject, clinic=clinic, roles=frozenset(roles), patient=patient)

        monkeypatch.setattr(caller, "resolve", resolve)

    return have


@pytest.fixture
def bearer(bare_app: FastAPI) -> str:
    """The header of a valid token."""
    token = bare_app.state.mint.pair("p-someone", CLINIC, "staff").access_token
    return f"Bearer {token}"


class StateMaker(Protocol):
    """Makes a consultation of patient pt-1 with one open task of a pool or a role."""

    def __call__(
        self, *, pool: str | None = None, role: Role | None = None, doctor: str | None = None
    ) -> ConsultationState: ...


@pytest.fixture
def make_state() -> StateMaker:
    """States for tests that run nothing."""

    def make(*, pool: str | None = None, role: Role | None = None, doctor: str | None = None) -> ConsultationState:
        task = Task(
            id="line.1.accept",
            name="accept",
            step="line",
            occurrence=1,
            owner=Owner(pool=pool, role=role),
            actions=("accept",),
            opened_at=NOW,
        )
        return ConsultationState(
            workflow="c-1",
            consultation="c-1",
            clinic=CLINIC,
            patient="pt-1",
            pathway="0" * 64,
            started_at=NOW,
            clock=Clock(anchor=NOW, real_anchor=NOW),
            doctor=doctor,
            tasks={task.id: task},
        )

    return make


@pytest.fixture
async def bench(settings: Settings, database: Database) -> AsyncIterator[Bench]:
    """The facade on a real database, with consultations played on the pure core."""
    bench = Bench(settings, database)
    yield await bench.open()
    await bench.close()
