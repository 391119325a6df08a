"""The answer of an act that took longer than its request."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.acts import ANSWERS, RESENDS, Call, Result, is_expired, keep, recall, result
from api.caller import Caller, CallerOf, ServicesOf
from api.keys import derived
from api.problems import Problem
from api.services import Services
from api.states import write_audit
from pathways.view import View

router = APIRouter(tags=["consultations"])


@router.get("/acts/{act}", operation_id="get_act", response_model=View, responses=ANSWERS)
async def get_act(who: CallerOf, shared: ServicesOf, act: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]) -> Response:
    """The answer of an act that took longer than its request; 202 while there is none."""
    return (await lookup(shared, who, act)).response()


async def lookup(shared: Services, who: Caller, act: str) -> Result:
    """What became of an act sent before; only its own sender hears of it.

    Raises:
        Problem: ``not_found``, or the act's own refusal.
    """
    call = Call(shared, who, act)
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        begun = await recall(session, call)
        if begun is None or (begun.deed.by, begun.deed.acting_for) != (who.actor.person, who.actor.patient):
            raise Problem("not_found")
        await write_audit(session, who, "act.answer", begun.deed.patient, begun.deed.workflow)
    if begun.answer is not None:
        return result(call, begun.answer)
    state = await shared.wiring.consultations.state(begun.deed.workflow)
    if state.clinic != who.actor.clinic:
        raise Problem("not_found")
    for again in range(RESENDS):
        answered = state.answered.get(derived(act, again))
        if answered is None:
            break
        if not is_expired(answered):
            return result(call, await keep(call, answered, state))
    return Result(act, None)
