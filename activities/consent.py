"""Consents: find the valid ones, keep those just given."""

from activities.errors import does
from domain.effects.consent import ConsentsFound, ConsentsRecorded, FindConsents, RecordConsents
from records import consents
from records.database import Database


class Consents:
    """Effects of consent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @does(FindConsents)
    async def find(self, effect: FindConsents) -> ConsentsFound:
        """Which of these exact texts are consented to already."""
        async with self._database.clinic(effect.clinic) as session:
            valid = await consents.find_valid(session, effect.patient, effect.documents, effect.at)
        return ConsentsFound(valid=valid)

    @does(RecordConsents)
    async def record(self, effect: RecordConsents) -> ConsentsRecorded:
        """Keep them; the same occurrence again is the same rows."""
        async with self._database.clinic(effect.clinic) as session:
            kept = await consents.record(
                session,
                effect.patient,
                effect.person,
                effect.representation,
                effect.documents,
                effect.consultation,
                effect.step or "_",
                effect.occurrence,
                effect.at,
            )
        return ConsentsRecorded(consents=kept)
