"""A referral told to the clinic's MIS."""

from activities.errors import does, ours
from domain.effects.referral import RequestVisit, VisitRequested
from ports.mis import Mis
from records import people
from records.database import Database


class Referrals:
    """Effects of referral."""

    def __init__(self, database: Database, mis: Mis) -> None:
        self._database = database
        self._mis = mis

    @does(RequestVisit)
    async def request(self, effect: RequestVisit) -> VisitRequested:
        """Ask for the visit once; what a lost answer asked is found."""
        reference = await self._mis.find_visit(effect.key)
        if reference is None:
            async with self._database.clinic(effect.clinic) as session:
                patient = ours(await people.patient(session, effect.patient), "no_such_patient")
            reference = await self._mis.request_visit(effect.key, patient.number, effect.to)
        return VisitRequested(reference=reference)
