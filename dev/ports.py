"""Ports of loopback, remembered in ``ports.json`` so that addresses stay the same from day to day."""

import json
import random
import socket
from collections.abc import Callable
from pathlib import Path

from dev.process import StackError

LOOPBACK = "127.0.0.1"
RANGE = range(20000, 32000)
"""Below the range from which Linux takes ports for outgoing connections: those never collide with ours."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


class Ports:
    """The ports of one data folder.

    Args:
        folder: Where they are remembered.
        tell: Where notices go.
        wanted: Ports asked for, by name.
        familiar: Prefer the ports everybody knows (8000, 7233); tests do not, they run side by side.
    """

    def __init__(
        self, folder: Path, tell: Callable[[str], None], wanted: dict[str, int] | None = None, *, familiar: bool = False
    ) -> None:
        self._familiar = familiar
        self._file = folder / "ports.json"
        self._tell = tell
        self._wanted = wanted or {}
        self._known: dict[str, int] = json.loads(self._file.read_text()) if self._file.exists() else {}
        self._given: set[int] = set()

    def of(self, name: str, usual: int | None = None) -> int:
        """The port of a service: the one asked for, else yesterday's, else its usual one, else any free one.

        Raises:
            StackError: The port asked for is taken.
        """
        asked = self._wanted.get(name)
        if asked is not None:
            if not is_free(asked):
                raise StackError(f"Port {asked}, asked for {name}, is taken by another process. Name another or none.")
            return self._keep(name, asked)
        known = self._known.get(name)
        if known is not None and not self._usable(known):
            self._tell(f"Port {known} of {name} is taken by another process today; taking a new one.")
        for port in (known, usual if self._familiar else None):
            if port is not None and self._usable(port):
                return self._keep(name, port)
        for port in random.sample(RANGE, 200):
            if self._usable(port):
                return self._keep(name, port)
        raise StackError(f"No free port found for {name} between {RANGE.start} and {RANGE.stop}.")

    def _usable(self, port: int) -> bool:
        return port not in self._given and is_free(port)

    def _keep(self, name: str, port: int) -> int:
        self._given.add(port)
        self._known[name] = port
        self._file.write_text(json.dumps(self._known, indent=1, sort_keys=True))
        return port
