"""Secrets of the embedded stack: made at the first start, kept in ``secrets.env`` for its owner alone."""

import base64
import os
import secrets
from pathlib import Path


class Secrets:
    """A file of ``NAME=value`` lines (0600); what is missing is made and kept."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, str] = {}
        if file.exists():
            lines = file.read_text().splitlines()
            self._known = dict(line.split("=", 1) for line in lines if "=" in line)

    def _take(self, name: str, made: str) -> str:
        if name not in self._known:
            self._known[name] = made
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "w") as lines:
                lines.write(f"{name}={made}\n")
        return self._known[name]

    def key(self, name: str) -> str:
        """32 random bytes as base64."""
        return self._take(name, base64.b64encode(secrets.token_bytes(32)).decode())

    def word(self, name: str) -> str:
        """A random word that is safe in a URL, a header and a command line."""
        return self._take(name, secrets.token_hex(20))

    def base32(self, name: str) -> str:
        """160 random bits as base32, as authenticator apps take them."""
        return self._take(name, base64.b32encode(secrets.token_bytes(20)).decode())
