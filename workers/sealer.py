"""The sealer: links what the audit holds into a chain at most a second apart, and copies the latest seal outside.

The copy is what tells a chain that was rewritten as a whole; it holds ids and digests, nothing of a patient.
"""

import asyncio
import os
import re
from pathlib import Path

from records import audit, clinics
from records.database import Database
from runtime.clock import real_now
from runtime.settings import Settings
from runtime.telemetry import get_logger

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")

log = get_logger(__name__)


def seals_folder(settings: Settings) -> Path:
    """Where seals are copied to."""
    return settings.seals_folder or settings.storage_folder.parent / "seals"


class Sealer:
    """Seals every clinic's audit, round by round."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    async def seal(self) -> bool:
        """One round; whether a backlog is left to seal at once."""
        made = await audit.seal_and_copy(self._database, real_now(), self._copy)
        return any(not seal.whole for seal in made)

    async def _copy(self, seal: audit.Seal) -> None:
        await asyncio.to_thread(write, self._folder, seal)


def write(folder: Path, seal: audit.Seal) -> None:
    """Replace a clinic's copied seal; whole or not at all, and on the disk before this returns."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = _path(folder, seal.clinic).with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(seal.model_dump_json())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(_path(folder, seal.clinic))


def read(folder: Path, clinic: str) -> audit.Seal | None:
    """A clinic's copied seal; None where none was ever copied."""
    try:
        return audit.Seal.model_validate_json(_path(folder, clinic).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


async def verify(settings: Settings) -> list[audit.Finding]:
    """Check every clinic's audit against its chain and the chain against its copy: ``carepath audit verify``."""
    database = Database(settings)
    folder = seals_folder(settings)
    findings = []
    try:
        async with database.system() as session:
            for clinic in await clinics.list_ids(session):
                outside = await asyncio.to_thread(read, folder, clinic)
                findings += await audit.verify(session, clinic, real_now(), outside)
    finally:
        await database.close()
    return findings


def _path(folder: Path, clinic: str) -> Path:
    if _NAME.match(clinic) is None:
        raise ValueError("not a clinic's id")
    return folder / f"{clinic}.json"
