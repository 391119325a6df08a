"""The record is projected: a whole snapshot, taken where it is newer."""

from temporalio import activity

from activities.errors import told
from domain.names import PROJECT
from domain.snapshot import Snapshot
from records import consultations
from records.database import Database


class Projection:
    """Writes snapshots into the record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @activity.defn(name=PROJECT)
    @told
    async def project(self, snapshot: Snapshot) -> None:
        """Take a snapshot; one that is not newer changes nothing."""
        async with self._database.clinic(snapshot.state.clinic) as session:
            await consultations.project(session, snapshot)
