"""A child tells its parent."""

from activities.errors import does
from domain.effects import Done
from domain.effects.report import Report
from ports import Refused
from ports.consultations import ClosedConsultation, Consultations, NoSuchConsultation


class Reports:
    """Effects of report."""

    def __init__(self, consultations: Consultations) -> None:
        self._consultations = consultations

    @does(Report)
    async def send(self, effect: Report) -> Done:
        """Send the fact; the receiver drops an id it has seen."""
        try:
            await self._consultations.fact(effect.to, effect.fact)
        except ClosedConsultation:
            # The parent ended without waiting for us: there is nobody to tell, and nothing is lost by it. What we
            # did stands in our own record.
            return Done()
        except NoSuchConsultation:
            raise Refused("no_such_consultation") from None
        return Done()
