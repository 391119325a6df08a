"""Files on a disk, encrypted before they touch it."""

import asyncio
import contextlib
import os
import secrets
from hashlib import sha256
from pathlib import Path

from pydantic import SecretStr

from ports import Refused, Unavailable
from runtime.crypto import KeyMissing, Unreadable, keys
from runtime.envelope import Envelopes

HALF = ".half"
"""The ending of a file not yet whole; what a crash leaves of them is never read."""


class DiskStorage:
    """Port `Storage`.

    A file is an envelope bound to clinic and name: swapped files do not open. Its path is made of hashes alone, so a
    name can neither lead out of the folder nor be read from it.
    """

    def __init__(self, folder: Path, storage_keys: dict[str, SecretStr], key: str) -> None:
        self._folder = folder
        self._envelopes = Envelopes(keys(storage_keys), key)

    async def put(self, clinic: str, name: str, data: bytes) -> None:
        """Keep bytes; what is there already stays.

        Raises:
            Unavailable: The disk would not take it.
        """
        await asyncio.to_thread(self._put, clinic, name, data)

    async def get(self, clinic: str, name: str) -> bytes:
        """Read bytes back.

        Raises:
            FileNotFoundError: No such object.
            Refused: ``tampered``: not the bytes that were put.
            Unavailable: The key it was sealed with is not configured.
        """
        return await asyncio.to_thread(self._get, clinic, name)

    async def delete(self, clinic: str, name: str) -> None:
        """Remove an object."""
        path = self._path(clinic, name)
        await asyncio.to_thread(path.unlink, missing_ok=True)

    def _path(self, clinic: str, name: str) -> Path:
        house = sha256(clinic.encode()).hexdigest()[:32]
        file = sha256(f"{len(clinic)}:{clinic}{name}".encode()).hexdigest()
        return self._folder / house / file[:2] / file

    def _put(self, clinic: str, name: str, data: bytes) -> None:
        path = self._path(clinic, name)
        if path.exists():
            return
        half = path.with_name(f"{path.name}.{secrets.token_hex(8)}{HALF}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._envelopes.seal(clinic, name, data))
                file.flush()
                os.fsync(file.fileno())
            # A rename would replace what a second writer put meanwhile; a link does not.
            with contextlib.suppress(FileExistsError):
                os.link(half, path)
            _sync_folders(path.parent, self._folder.parent)
        except OSError:
            raise Unavailable("storage") from None
        finally:
            with contextlib.suppress(OSError):  # a half left behind is never read; it must not hide what went wrong
                half.unlink()

    def _get(self, clinic: str, name: str) -> bytes:
        try:
            sealed = self._path(clinic, name).read_bytes()
        except FileNotFoundError:
            raise FileNotFoundError("no such object") from None
        try:
            return self._envelopes.open(clinic, name, sealed)
        except Unreadable:
            raise Refused("tampered") from None
        except KeyMissing:
            # A changed byte may have hit the key's id as well; either way the bytes cannot be had now.
            raise Unavailable("key_missing") from None


def _sync_folders(folder: Path, top: Path) -> None:
    # New names live in their folders: without this a power cut may forget a file whose bytes are safe.
    while folder != top and top in folder.parents:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        folder = folder.parent
