"""Money is held here and decided once, by the consultation's end. Amounts are in kopecks."""

from typing import Any, ClassVar

from domain.acts import Act
from domain.base import Code, Json, Text, Value
from domain.effects.payment import Authorise, Authorised, CancelHold
from domain.people import Owner
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import Id, count, is_late, waits_for


class Fields(Value):
    """The service whose price is held, of the clinic's list."""

    service: Code
    """The service whose price is held, one of the clinic's."""


class Pay(Value):
    """The provider's one-time token of the payer's means; never a card."""

    means: Id


class Payment(Kind):
    """A declined card is no outcome: the payer may take another until ``within`` is over.

    The outputs ``hold``, ``amount`` and ``costs`` are what the end decides by (``charge``); the undo frees the hold.
    """

    name: ClassVar[str] = "payment"
    fields: ClassVar[type[Value]] = Fields
    good: ClassVar[str] = "held"
    others: ClassVar[tuple[str, ...]] = ("declined", "timed_out")
    outputs: ClassVar[dict[str, str]] = {"amount": "int", "costs": "int"}
    stays: ClassVar[bool] = True
    skippable: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Оплата", en="Payment")
    task_titles: ClassVar[dict[str, Text]] = {"pay": Text(ru="оплатить", en="pay")}

    def open(self, step: StepDraft) -> None:
        """Ask the payer; a service without a price holds nothing."""
        amount, costs = price(step)
        if amount == 0:
            step.finish("held", amount=0, costs=0)
        else:
            step.memory.update(amount=amount, costs=costs)
            self.prompt(step)

    def prompt(self, step: StepDraft, **data: Json) -> None:
        """Open the payer's task."""
        owner = Owner(person=step.state.payer) if step.state.payer else step.patient
        amount = step.memory["amount"]
        step.task("pay", owner, ("pay", "refuse"), amount=amount, service=step.fields.service, **data)

    @action(Pay)
    def pay(self, step: StepDraft, task: Task, act: Act, body: Pay) -> None:
        """Hold the amount."""
        step.ask(
            Authorise,
            part=str(count(step, "tries")),
            payer=act.actor.person,
            service=step.fields.service,
            amount=step.memory["amount"],
            means=body.means,
        )
        step.close_task("pay")

    @action(NoFields)
    def refuse(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The payer will not pay."""
        step.finish("declined")

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """Held, or the reason stands on the task."""
        if not isinstance(result, Authorised):
            return
        if result.hold is not None:
            step.undo(CancelHold, hold=result.hold)
            step.finish("held", hold=result.hold, amount=step.memory["amount"], costs=step.memory["costs"])
        else:
            self.not_held(step, result.declined or "declined")

    def not_held(self, step: StepDraft, why: str) -> None:
        """Another try while there is time; afterwards the last answer was a decline."""
        step.memory["declined"] = why
        if is_late(step):
            step.finish("declined", declined=why)
        else:
            self.prompt(step, declined=why)

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """Refused by the provider: surely nothing is held. Anything else may hold money: a person decides."""
        if error != "Refused":
            return False
        self.not_held(step, "provider_refused")
        return True

    def late(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """A hold that came after the step had been closed is freed."""
        if isinstance(result, Authorised) and result.hold is not None:
            step.ask(CancelHold, part=pending.body.get("part", ""), hold=result.hold)

    def expired(self, step: StepDraft) -> None:
        """A payment begun in time is waited for: its money may be held already."""
        if not waits_for(step, Authorise):
            step.finish("declined" if step.memory.get("declined") else "timed_out")


def price(step: StepDraft) -> tuple[int, int]:
    """Price and costs of the service as pinned at publishing."""
    service = step.pathway.services[step.fields.service]
    return int(service["amount"]), int(service.get("costs", 0))
