"""The patient's score."""

from activities.errors import does
from domain.effects import Done
from domain.effects.survey import RecordScore
from records import scores
from records.database import Database


class Survey:
    """Effects of survey."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @does(RecordScore)
    async def record(self, effect: RecordScore) -> Done:
        """Keep the score; the first of a step stands."""
        async with self._database.clinic(effect.clinic) as session:
            await scores.record(
                session,
                effect.consultation,
                effect.step or "_",
                effect.occurrence,
                effect.patient,
                effect.doctor,
                effect.score,
                effect.comment,
                effect.at,
            )
        return Done()
