"""РЭМД: the federal registry of electronic medical documents."""

from typing import Literal, Protocol

from domain.acts import Fact
from domain.base import Json, Value


class Registration(Value):
    """What the registry says of a document. ``errors`` are mnemonics of НСИ …99.2.305."""

    status: Literal["pending", "registered", "rejected"]
    number: str | None = None
    errors: tuple[str, ...] = ()


class Registry(Protocol):
    """The registry."""

    async def register(self, key: str, reference: str, metadata: dict[str, Json], signature: bytes) -> str:
        """Ask for registration; our request's id there. The decision comes later, by callback."""

    async def find(self, key: str) -> Registration | None:
        """What became of the document sent with this key."""

    def facts(self, headers: dict[str, str], body: bytes) -> list[tuple[str, Fact]]:
        """Verify a callback and read it.

        Fact bodies: ``{"event": "registered" | "rejected", "number", "errors"}``, with ``local_uid``, the one sent in
        ``metadata``, where the registry says it: a document may be sent several times.

        Raises:
            Refused: The signature is wrong.
        """
