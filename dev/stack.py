"""The whole of Carepath on one machine: real servers from wheels, stand-ins of the outside, workers and the API.

``async with Stack(folder) as stack`` starts it, or the ``parts`` of it that a test needs; ``stack.settings`` and
``stack.env`` tell this and other processes where everything is.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from dev import house, postgres, redis, temporal
from dev.client import PatientClient, StaffClient
from dev.environment import as_environment, write
from dev.folder import Folder
from dev.keys import Secrets
from dev.layout import Layout
from dev.people import PATIENTS, password_of, totp_of
from dev.ports import Ports
from dev.process import Program, StackError, Supervisor
from dev.stand import StandClient
from runtime.settings import Settings
from runtime.temporal import connect, prepare

SERVERS = frozenset({"postgres", "redis", "temporal"})
EVERYTHING = SERVERS | {"database", "stands", "clinic", "workers", "relay", "api"}


class Stack:
    """A running stack in one data folder.

    Args:
        folder: Where data, logs, ports and secrets are kept.
        parts: Which parts to start: names of ``EVERYTHING``.
        tell: Where notices for the person at the terminal go.
        ports: Ports asked for by service name (``api``, ``temporal``, ``temporal-ui``, ``postgres``, ``redis``).
        familiar: Prefer well-known ports (8000, 7233, 8233) to random ones.
        durable: False spares the disk (tests).
        changes: Settings to change, by field name (a test setting such as ``continue_always``).
    """

    def __init__(
        self,
        folder: Path,
        parts: Iterable[str] = EVERYTHING,
        *,
        tell: Callable[[str], None] = print,
        ports: dict[str, int] | None = None,
        familiar: bool = False,
        durable: bool = True,
        changes: dict[str, object] | None = None,
    ) -> None:
        self.parts = frozenset(parts)
        if not self.parts <= EVERYTHING:
            raise ValueError(f"unknown parts: {sorted(self.parts - EVERYTHING)}")
        self.folder = Folder(folder)
        self._tell = tell
        self._asked = ports
        self._familiar = familiar
        self._durable = durable
        self._changes = changes or {}
        self.supervisor: Supervisor
        self._layout: Layout
        self.secrets: Secrets
        self.clinic = ""

    @property
    def settings(self) -> Settings:
        """Where everything is, for this process."""
        return self._layout.settings

    @cached_property
    def env(self) -> dict[str, str]:
        """The same as variables, for other processes."""
        return as_environment(self.settings)

    @property
    def superuser_url(self) -> str:
        """PostgreSQL as its superuser (a ``libpq`` URL): makes roles and databases."""
        return self._layout.superuser_url

    @property
    def stand_urls(self) -> dict[str, str]:
        """Base URL of every stand, by name."""
        return {name: stand.url for name, stand in self._layout.stands.items()}

    async def start(self) -> None:
        """Start the parts.

        Raises:
            StackError: Something could not; everything started is stopped again.
        """
        await self.folder.lock()
        try:
            self.secrets = Secrets(self.folder.path / "secrets.env")
            self._layout = Layout(
                self.folder.path,
                Ports(self.folder.path, self._tell, self._asked, familiar=self._familiar),
                self.secrets,
                self._changes,
            )
            self.supervisor = Supervisor(self.folder.logs, self._tell, keep_open=(self.folder.handle,))
        except BaseException:
            self.folder.unlock()
            raise
        try:
            await self._start_outside()
            if "database" in self.parts:
                await self.migrate()
            if "clinic" in self.parts:
                # Servers alone, as most tests want them, need none of these rooms.
                from dev import clinic

                self.clinic = await clinic.load(self.settings, self.folder.path, self.secrets)
            await self._start_ours()
            write(self.folder.path / "run.env", self.env)
        except BaseException:
            await self.stop()
            raise

    async def _start_outside(self) -> None:
        """What we work with: servers, and the stands that need none of them."""
        layout, programs = self._layout, list[Program]()
        if "postgres" in self.parts:
            data = self.folder.path / "postgres"
            await postgres.make_cluster(data, layout.superuser_password)
            programs.append(postgres.program(data, layout.postgres_port, layout.superuser_url, durable=self._durable))
        if "redis" in self.parts:
            programs.append(redis.program(self.folder.path, layout.redis_port))
        if "temporal" in self.parts:
            programs.append(
                temporal.program(self.folder.path, layout.temporal_port, layout.temporal_ui_port, layout.codec_url)
            )
        if "stands" in self.parts:
            programs += house.stands(layout, self.folder.path)
        await self.supervisor.start(*programs)
        if "temporal" in self.parts:
            await prepare(await connect(layout.settings))

    async def _start_ours(self) -> None:
        """Our own processes, side by side: the API is ready once a worker polls."""
        layout, programs = self._layout, list[Program]()
        if "workers" in self.parts:
            programs += await house.workers(layout, self.env)
        if "relay" in self.parts:
            programs.append(house.relay(layout, self.env))
        if "api" in self.parts:
            programs.append(house.api(layout, self.env))
        await self.supervisor.start(*programs)

    async def migrate(self) -> None:
        """Make roles and database where they are missing, and bring the schema to this version."""
        from records import migrate

        await asyncio.to_thread(migrate.bootstrap, self.settings, self.superuser_url)
        await asyncio.to_thread(migrate.upgrade, self.settings)

    async def stop(self) -> None:
        """Stop everything, the last started first."""
        with contextlib.suppress(FileNotFoundError):
            (self.folder.path / "run.env").unlink()
        await self.supervisor.stop_all()
        self.folder.unlock()

    async def kill(self, name: str) -> None:
        """End one process by SIGKILL; it stays down until ``restart``."""
        await self.supervisor.kill(name)

    async def restart(self, name: str) -> None:
        """Start one process again and wait until it is ready."""
        await self.supervisor.restart(name)

    def pid(self, name: str) -> int:
        """The process id of a running part."""
        return self.supervisor.children[name].pid

    async def failure(self) -> StackError:
        """Wait until something dies for good; the message says what."""
        return await self.supervisor.failure()

    def patient(self, word: str, acts_for: str | None = None) -> PatientClient:
        """A demo patient at the API, not logged in yet; ``acts_for`` is another one he represents."""
        phone = PATIENTS[word].phone
        if phone is None:
            raise ValueError(f"{word} has no phone")
        patient = PATIENTS[acts_for or word].patient
        return PatientClient(self.settings.public_url, self.clinic, phone, patient, self.stand_urls["sms"])

    def employee(self, word: str) -> StaffClient:
        """An employee of the demo clinic at the API, not logged in yet."""
        password, totp = password_of(self.secrets, word), totp_of(self.secrets, word)
        return StaffClient(self.settings.public_url, self.clinic, word, password, totp)

    def stand(self, name: str) -> StandClient:
        """The control of a stand."""
        return StandClient(self.stand_urls[name])

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()
