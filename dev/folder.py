"""The data folder of a stack: one stack at a time, room on its disk."""

import asyncio
import fcntl
import os
import shutil
import time
from pathlib import Path

from dev.process import StackError

ROOM_MB = 300
PATIENCE = 20.0
"""Seconds to wait for the last stack's servers to end, when its parent was killed a moment ago."""


def _lives(pid: str) -> bool:
    return pid.isdigit() and Path(f"/proc/{pid}").exists()


class Folder:
    """A locked data folder. The lock goes with its holders: the parent, and the warden while it cleans up."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self._handle: int | None = None

    @property
    def handle(self) -> int:
        """The open lock file."""
        assert self._handle is not None
        return self._handle

    async def lock(self) -> None:
        """Make the folder and take it.

        Raises:
            StackError: Another stack has it, or its disk is full.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.logs.mkdir(exist_ok=True)
            self._handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StackError(f"The data folder {self.path} cannot be used: {error.strerror}.") from error
        until = time.monotonic() + PATIENCE
        while not self._try_lock():
            holder = os.pread(self._handle, 32, 0).decode().strip()
            # A dead parent's warden is still cleaning up: it is worth waiting for.
            if _lives(holder) or time.monotonic() > until:
                self.unlock()
                raise StackError(
                    f"Another Carepath (process {holder or 'unknown'}) uses {self.path}: stop it first (Ctrl-C)."
                )
            await asyncio.sleep(0.1)
        for log in self.logs.glob("*.log"):
            log.replace(log.with_suffix(".log.old"))
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)
        free = shutil.disk_usage(self.path).free // 2**20
        if free < ROOM_MB:
            self.unlock()
            raise StackError(
                f"The disk of {self.path} is full: {free} MB are free, {ROOM_MB} are needed. Free some space first."
            )

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(self) -> None:
        """Give the folder back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
