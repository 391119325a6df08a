"""The one place that builds adapters from settings. Everything is made at first use and shared by one process."""

import os
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import cast

import httpx
from temporalio.client import Client

from documents.press import Press
from integrations.consultations.temporal import TemporalConsultations
from integrations.identity.http import HttpIdentity
from integrations.labs.http import HttpLabs
from integrations.line.estimate import predict
from integrations.line.redis import RedisLine, connect
from integrations.mis.http import HttpMis
from integrations.notify.http import HttpNotifier
from integrations.payments.http import HttpPayments
from integrations.registry.http import HttpRegistry
from integrations.signing.cms import CmsSigning
from integrations.storage.disk import DiskStorage
from integrations.video.http import HttpVideoRooms
from ports.identity import IdentityProvider
from ports.labs import Labs
from ports.line import Estimate, Line
from ports.mis import Mis
from ports.notify import Notifier
from ports.payments import Payments
from ports.registry import Registry
from ports.signing import Signing
from ports.storage import Storage
from ports.video import VideoRooms
from records.database import Database
from runtime.settings import Settings

AT_ONCE = httpx.Limits(max_connections=200, max_keepalive_connections=50)


class Wiring:
    """What one process has of the world.

    An activity class gets, for each parameter of its ``__init__``, the attribute of that name here.

    Args:
        settings: Where everything is.
        client: The process's Temporal client; only who reaches running consultations needs one.
    """

    def __init__(self, settings: Settings, client: Client | None = None) -> None:
        self.settings = settings
        self._client = client
        self._closing: list[Callable[[], Awaitable[None]]] = []

    @cached_property
    def database(self) -> Database:
        """PostgreSQL."""
        made = Database(self.settings)
        self._closing.append(made.close)
        return made

    @cached_property
    def storage(self) -> Storage:
        """Files, encrypted."""
        return DiskStorage(self.settings.storage_folder, self.settings.storage_keys, self.settings.storage_key)

    @cached_property
    def line(self) -> Line:
        """The waiting line."""
        redis = connect(self.settings.redis_url)
        self._closing.append(redis.aclose)
        # Its methods are wrapped for their errors, and so promise an awaitable where the port says coroutine.
        return cast(Line, RedisLine(redis))

    @cached_property
    def estimate(self) -> Estimate:
        """How a wait is predicted."""
        return predict

    @cached_property
    def video(self) -> VideoRooms:
        """Video rooms."""
        return HttpVideoRooms(self.settings.video, self._http)

    @cached_property
    def payments(self) -> Payments:
        """The payment provider."""
        return HttpPayments(self.settings.payments, self._http)

    @cached_property
    def identity(self) -> IdentityProvider:
        """The identity provider."""
        return HttpIdentity(self.settings.identity, self._http)

    @cached_property
    def mis(self) -> Mis:
        """The clinic's MIS."""
        return HttpMis(self.settings.mis, self._http)

    @cached_property
    def labs(self) -> dict[str, Labs]:
        """Laboratories by partner code."""
        return {code: HttpLabs(partner, self._http) for code, partner in self.settings.labs.items()}

    @cached_property
    def registry(self) -> Registry:
        """РЭМД."""
        return HttpRegistry(self.settings.registry, self._http)

    @cached_property
    def notifier(self) -> Notifier:
        """The message gateway."""
        return HttpNotifier(self.settings.sms, self._http)

    @cached_property
    def signing(self) -> Signing:
        """The checker of signatures."""
        return CmsSigning(self.settings.trust_folder)

    @cached_property
    def press(self) -> Press:
        """Where papers are printed; its processes start with the first paper."""
        made = Press(max(1, (os.cpu_count() or 1) - 1))
        self._closing.append(made.close)
        return made

    @cached_property
    def consultations(self) -> TemporalConsultations:
        """The running consultations.

        Raises:
            RuntimeError: This process was given no Temporal client.
        """
        if self._client is None:
            raise RuntimeError("this process has no Temporal client: pass one to Wiring")
        return TemporalConsultations(self._client)

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        made = httpx.AsyncClient(limits=AT_ONCE)
        self._closing.append(made.aclose)
        return made

    async def close(self) -> None:
        """Close what was opened, last first."""
        while self._closing:
            await self._closing.pop()()
