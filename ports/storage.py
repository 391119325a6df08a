"""Files, encrypted before they touch a disk."""

from typing import Protocol


class Storage(Protocol):
    """An object store. Names are opaque; the bytes are encrypted with one key a file, wrapped by the clinic's."""

    async def put(self, clinic: str, name: str, data: bytes) -> None:
        """Keep bytes under a name; the same name again replaces nothing when it is already there."""

    async def get(self, clinic: str, name: str) -> bytes:
        """Read bytes back.

        Raises:
            FileNotFoundError: No such object.
        """

    async def delete(self, clinic: str, name: str) -> None:
        """Remove an object; a missing one is fine."""
