"""The record is projected: a whole snapshot, taken where it is newer; then whoever watches looks again."""

from contextlib import suppress

from temporalio import activity

from activities.errors import told
from domain.names import PROJECT
from domain.snapshot import Snapshot
from ports import PortError
from ports.line import Line
from records import consultations
from records.database import Database


class Projection:
    """Writes snapshots into the record."""

    def __init__(self, database: Database, line: Line) -> None:
        self._database = database
        self._line = line

    @activity.defn(name=PROJECT)
    @told
    async def project(self, snapshot: Snapshot) -> None:
        """Take a snapshot; one that is not newer changes nothing."""
        async with self._database.clinic(snapshot.state.clinic) as session:
            await consultations.project(session, snapshot)
        # Streams look by themselves every few seconds: a wake that is lost costs nobody anything.
        with suppress(PortError):
            await self._line.wake(snapshot.state.clinic, f"consultation:{snapshot.state.workflow}")
