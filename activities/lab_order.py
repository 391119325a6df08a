"""Orders at laboratories: kept before they are sent, looked for before they are sent again."""

from pydantic import ValidationError

from activities.errors import does, ours
from activities.overtaken import still_wanted
from domain.base import Json
from domain.effects.lab_order import CancelOrder, OrderCancelled, OrderPlaced, PlaceOrder
from domain.protocol import ProtocolContent
from ports import Refused
from ports.labs import Labs
from records import content, orders, people
from records.database import Database, Session


class LabOrders:
    """Effects of lab_order."""

    def __init__(self, database: Database, labs: dict[str, Labs]) -> None:
        self._database = database
        self._labs = labs

    @does(PlaceOrder)
    async def place(self, effect: PlaceOrder) -> OrderPlaced:
        """Send the protocol's orders once; what the laboratory will not take is an answer."""
        lab = self._labs.get(effect.partner)
        if lab is None:
            return OrderPlaced(refused="no_such_partner")
        async with self._database.clinic(effect.clinic) as session:
            asked = await _asked(session, effect)
            kept = await orders.begin(
                session,
                effect.key,
                effect.consultation,
                effect.workflow,
                effect.step or "_",
                effect.occurrence,
                effect.patient,
                effect.doctor,
                effect.partner,
                effect.content,
                effect.at,
            )
        if kept.status != "sending":
            return OrderPlaced(order=kept.number, refused=kept.refused)
        try:
            number = await lab.find(effect.key) or await lab.place(effect.key, effect.reference, asked)
        except Refused as refusal:
            async with self._database.clinic(effect.clinic) as session:
                await orders.refuse(session, effect.key, refusal.code)
            return OrderPlaced(refused=refusal.code)
        async with self._database.clinic(effect.clinic) as session:
            await orders.place(session, effect.key, number)
        return OrderPlaced(order=number)

    @does(CancelOrder)
    async def cancel(self, effect: CancelOrder) -> OrderCancelled:
        """Ask to drop the order; the laboratory may say that it is too late."""
        async with self._database.clinic(effect.clinic) as session:
            await still_wanted(session, effect)
        lab = ours(self._labs.get(effect.partner), "no_such_partner")
        dropped = await lab.cancel(effect.key, effect.order)
        if dropped:
            async with self._database.clinic(effect.clinic) as session:
                await orders.cancel(session, effect.partner, effect.order)
        return OrderCancelled(cancelled=dropped)


async def _asked(session: Session, effect: PlaceOrder) -> dict[str, Json]:
    """What the laboratory is sent: whose material, and which tests."""
    written = ours(await content.read(session, effect.content, effect.sha256), "no_such_content")
    patient = ours(await people.patient(session, effect.patient), "no_such_patient")
    try:
        protocol = ProtocolContent.model_validate(written.body)
    except ValidationError:
        raise Refused("malformed_content") from None
    if written.consultation != effect.consultation or not protocol.orders:
        raise Refused("no_orders")
    return {
        "patient_number": patient.number,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
        "tests": [{"code": order.code, "name": order.name} for order in protocol.orders],
    }
