"""Laboratory results: the patient sees what a doctor has read and opened to him."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.acts import ANSWERS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.states import TaskId, WorkflowId, must_be_confirmed, open_case
from pathways.view import View
from records import results

router = APIRouter(tags=["results"])


@router.get("/consultations/{workflow}/results", operation_id="list_results")
async def list_results(who: CallerOf, shared: ServicesOf, workflow: WorkflowId) -> list[results.Result]:
    """The results of a consultation's orders, newest first."""
    patient = who.actor.patient is not None
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "results.list", clinical=True)
        must_be_confirmed(who)
        return await results.list_for(
            session,
            case.state.patient,
            consultation=case.state.consultation,
            delivered_only=patient,
        )


@router.get("/consultations/{workflow}/results/{result}", operation_id="get_result")
async def get_result(
    who: CallerOf,
    shared: ServicesOf,
    workflow: WorkflowId,
    result: Annotated[str, Path(pattern=r"^[a-z0-9-]{3,64}$")],
) -> results.Result:
    """One result with its values."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "result.read", result, clinical=True)
        must_be_confirmed(who)
        found = await results.get(session, result)
    hidden = found is None or found.consultation != case.state.consultation
    if found is None or hidden or (who.actor.patient is not None and found.delivered_at is None):
        raise Problem("not_found")
    return found


@router.post(
    "/tasks/{workflow}/{task}/results/acknowledge",
    operation_id="acknowledge_result",
    response_model=View,
    responses=ANSWERS,
)
async def acknowledge(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """The doctor has read the result and opens it to the patient."""
    return (await perform(call, workflow, task, "acknowledge")).response()
