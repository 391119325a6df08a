"""Identity: a session at the provider, and having it asked what the session proved."""

from typing import Annotated

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel

from api.acts import ANSWERS, CallOf, perform
from api.problems import Problem
from api.states import TaskId, WorkflowId, open_case
from pathways.kinds.identity import Prove
from pathways.view import View
from ports import PortError

router = APIRouter(tags=["identity"])


class ProviderSession(BaseModel):
    """A session at the identity provider: send the person's browser to ``url``."""

    session: str
    url: str


@router.post("/tasks/{workflow}/{task}/identity/session", operation_id="begin_identity", responses=ANSWERS)
async def begin(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    back: Annotated[
        str, Query(pattern=r"^/[A-Za-z0-9/_.-]*$", max_length=200, description="Path to come back to.")
    ] = "/",
) -> ProviderSession:
    """Open a session at the provider; the same key is the same session."""
    shared = call.shared
    async with shared.wiring.database.clinic(call.caller.actor.clinic) as session:
        case = await open_case(shared, session, call.caller, workflow, "identity.session", task=task)
    case.task(task)
    try:
        begun = await shared.wiring.identity.begin(call.hash, shared.wiring.settings.public_url + back)
    except PortError:
        raise Problem("unavailable") from None
    return ProviderSession(session=begun.session, url=begun.url)


@router.post(
    "/tasks/{workflow}/{task}/identity/prove",
    operation_id="prove_identity",
    response_model=View,
    responses=ANSWERS,
)
async def prove(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[Prove, Body(examples=[{"method": "esia", "session": "s-1"}])],
) -> Response:
    """Have the provider asked what a finished session proves; the session itself is never believed."""
    return (await perform(call, workflow, task, "prove", body)).response()
