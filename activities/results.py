"""Results: matched to their patient on two attributes before anybody sees them, or shut away until a person looks."""

from activities.errors import does, ours
from activities.telling import Teller
from domain.effects import Done
from domain.effects.results import DeliverResult, FetchResults, ResultsFetched
from domain.people import Owner, Role
from ports import Refused
from ports.labs import LabResult, Labs
from ports.notify import Notifier
from ports.storage import Storage
from records import orders, people, results
from records.database import Database
from records.orders import Order
from records.people import Patient
from runtime.telemetry import get_logger

CRITICAL = frozenset({"LL", "HH", "AA"})
"""Flags of HL7 v2-0078 that a doctor must see now."""
UNMATCHED = "result_unmatched"
"""The catalogue's text for whoever looks into a result of the wrong person."""

log = get_logger(__name__)


class Results:
    """Effects of results."""

    def __init__(self, database: Database, labs: dict[str, Labs], storage: Storage, notifier: Notifier) -> None:
        self._database = database
        self._labs = labs
        self._storage = storage
        self._teller = Teller(database, notifier)

    @does(FetchResults)
    async def fetch(self, effect: FetchResults) -> ResultsFetched:
        """Fetch what there is; a report of another person's is put into quarantine and told to the registrars."""
        lab = ours(self._labs.get(effect.partner), "no_such_partner")
        said = await lab.results(effect.order)
        if said.status == "none":
            return ResultsFetched(status="none")
        async with self._database.clinic(effect.clinic) as session:
            order = ours(await orders.by_number(session, effect.partner, effect.order), "no_such_order")
            patient = ours(await people.patient(session, effect.patient), "no_such_patient")
            if matches(said, order, patient):
                critical = any(observation.flag in CRITICAL for observation in said.observations)
                kept = await results.keep(
                    session, order.id, patient.id, said.status, critical, body_of(said, effect.partner), effect.at
                )
                return ResultsFetched(result=kept.id, status=kept.status, critical=kept.critical)
        await self._shut_away(effect, said)
        return ResultsFetched(status="none")

    @does(DeliverResult)
    async def deliver(self, effect: DeliverResult) -> Done:
        """Open it to its patient, and to no other."""
        async with self._database.clinic(effect.clinic) as session:
            kept = ours(await results.get(session, effect.result_id), "no_such_result")
            if kept.patient != effect.patient:
                raise Refused("foreign_result")
            await results.deliver(session, effect.result_id, effect.by, effect.at)
        return Done()

    async def _shut_away(self, effect: FetchResults, said: LabResult) -> None:
        # Told once a report, not once a fetch: the daily look finds the same one again.
        key = f"{effect.workflow}:{effect.partner}:{effect.order}:{said.id}:{UNMATCHED}"
        name = f"quarantine/{effect.partner}/{effect.order}/{said.id}"
        await self._storage.put(effect.clinic, name, said.model_dump_json().encode())
        log.error("result.quarantined", clinic=effect.clinic, partner=effect.partner, order=effect.order)
        await self._teller.tell(effect, key, Owner(role=Role.REGISTRAR), UNMATCHED, urgent=False)


def matches(said: LabResult, order: Order, patient: Patient) -> bool:
    """Whether a report is about the patient it was ordered for: his number and his birth date, both."""
    return (
        order.patient == patient.id
        and said.order == order.number
        and said.patient_number == patient.number
        and said.birth_date == patient.birth_date.isoformat()
    )


def body_of(said: LabResult, partner: str) -> dict[str, object]:
    """What is kept of a report: not once more whose it is."""
    kept = said.model_dump(mode="json", exclude={"patient_number", "birth_date", "order", "status"})
    return {**kept, "partner": partner}
