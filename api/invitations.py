"""Guests of a meeting: an invitation is made for one, its secret is told once, and opens the room and nothing else.

Whether it holds is for two to say: the record (not too old, not taken back) and the process (the open meeting names
it). Whoever shows a secret that does not hold hears the same, whatever is wrong with it.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.acts import ANSWERS, PROBLEMS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.services import Services
from api.states import Case, TaskId, WorkflowId, newest, open_case, state_of
from api.video import SIDES
from domain.base import Json
from domain.state import ConsultationState
from domain.tasks import Task
from pathways.kinds._guests import Invite
from pathways.view import View
from ports import PortError
from ports.video import JoinTicket
from records import audit, invitations
from records.database import Session
from records.invitations import Invitation

router = APIRouter(tags=["video"])

LIVES = timedelta(hours=24)
TRIES, WINDOW = 20, 60
"""How often one address may show a secret, in how many seconds."""


class InviteBody(BaseModel):
    """Whom to invite: the patient a relative or an interpreter, the doctor an interpreter or a colleague."""

    guest: Literal["relative", "interpreter", "colleague"]


class Invited(BaseModel):
    """An invitation. Pass ``token`` on to the guest: it is told here and nowhere else.

    ``view`` is None while the act is not answered yet; the token opens the room as soon as it was taken.
    """

    view: View | None
    act: str
    invitation: str
    token: str
    expires_at: datetime


class Shown(BaseModel):
    """The secret as the guest was given it."""

    token: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}\.[0-9a-f]{64}$")


def meeting_task(case: Case, task: str) -> Task:
    """The caller's own task of a meeting.

    Raises:
        Problem: ``no_such_task`` or ``not_yours``.
    """
    found = case.task(task)
    if found.name not in SIDES or found.step is None:
        raise Problem("no_such_task")
    if not found.owner.admits(case.caller.actor):
        raise Problem("not_yours")
    return found


@router.post(
    "/tasks/{workflow}/{task}/video/invite",
    operation_id="invite_guest",
    response_model=Invited,
    responses=ANSWERS | {202: {"model": Invited, "description": "Taken; the answer has not come yet"}},
)
async def invite(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[InviteBody, Body(examples=[{"guest": "interpreter"}])],
) -> Response:
    """Invite a guest into the meeting; the answer has the secret he comes in with, until the meeting ends."""
    shared, actor = call.shared, call.caller.actor
    # Of the request's own name under our key: a resend tells the same secret, and nothing but its hash is kept.
    id_, token = call.id("iv"), f"{actor.clinic}.{shared.hashed.hex('invitation', call.hash)}"

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        found = meeting_task(case, task)
        now = datetime.now(UTC)
        made = Invitation(
            id=id_,
            workflow=workflow,
            step=found.step or "",
            occurrence=found.occurrence,
            guest=body.guest,
            invited_by=actor.person,
            at=now,
            expires_at=now + LIVES,
        )
        await invitations.make(session, made, hashed(shared, token))
        return Invite(guest=body.guest, invitation=id_).model_dump(mode="json")

    result = await perform(call, workflow, task, "invite", body, prepare=prepare)
    async with shared.wiring.database.clinic(actor.clinic) as session:
        made = await invitations.get(session, id_)
    if made is None:
        raise Problem("not_found")
    answer = {
        "view": result.view,
        "act": result.act,
        "invitation": id_,
        "token": token,
        "expires_at": made.expires_at.isoformat(),
    }
    return JSONResponse(answer, 200 if result.view is not None else 202, {"Cache-Control": "no-store"})


def hashed(shared: Services, token: str) -> str:
    """What the record keeps of a secret."""
    return shared.hashed.hex("invitation.token", token)


@router.delete(
    "/tasks/{workflow}/{task}/video/invitations/{invitation}",
    operation_id="revoke_invitation",
    status_code=204,
    responses=PROBLEMS,
)
async def revoke(
    who: CallerOf,
    shared: ServicesOf,
    workflow: WorkflowId,
    task: TaskId,
    invitation: Annotated[str, Path(pattern=r"^[a-z0-9-]{3,64}$")],
) -> None:
    """Take an invitation back: nobody comes in by it any more. Either side of the meeting may."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "video.revoke", invitation, task=task)
        found = meeting_task(case, task)
        made = await invitations.get(session, invitation)
        if made is None or (made.workflow, made.step, made.occurrence) != (workflow, found.step, found.occurrence):
            raise Problem("not_found")
        await invitations.revoke(session, invitation, who.actor.person, datetime.now(UTC))


@router.post("/invitations/ticket", operation_id="get_guest_ticket", responses=PROBLEMS)
async def guest_ticket(request: Request, shared: ServicesOf, response: Response, body: Shown) -> JoinTicket:
    """A guest's ticket into the room he is invited to, valid for minutes. It tells him nothing else of the meeting."""
    address = request.client.host if request.client else ""
    await shared.limiter.check("invitation", shared.hashed.hex("address", address), TRIES, WINDOW)
    async with shared.wiring.database.clinic(body.token.partition(".")[0]) as session:
        found = await invitations.by_token(session, hashed(shared, body.token))
        if found is None or not found.holds(datetime.now(UTC)):
            raise Problem("no_such_invitation")
        state = await meeting(shared, session, found)
        room = room_of(state, found)
        await audit.write(
            session, found.id, "invitation.ticket", [state.patient, state.consultation], datetime.now(UTC)
        )
    try:
        made = await shared.wiring.video.ticket(room, found.id, "invited")
    except PortError:
        raise Problem("unavailable") from None
    response.headers["Cache-Control"] = "no-store"
    return made


async def meeting(shared: Services, session: Session, invitation: Invitation) -> ConsultationState:
    """The state of the meeting that names this invitation; the record may not have heard of it yet.

    Raises:
        Problem: ``no_such_invitation``: the meeting is over, or never took it.
    """
    try:
        state = await state_of(shared, session, invitation.workflow)
    except Problem:
        raise Problem("no_such_invitation") from None
    if not any(names(task, invitation) and task.data.get("room") for task in state.tasks.values()):
        state = await newest(shared, state)
    if not any(names(task, invitation) for task in state.tasks.values()):
        raise Problem("no_such_invitation")
    return state


def names(task: Task, invitation: Invitation) -> bool:
    """Whether an open task of the meeting welcomes this guest."""
    of_meeting = (task.step, task.occurrence) == (invitation.step, invitation.occurrence) and task.name in SIDES
    return of_meeting and any(one["invitation"] == invitation.id for one in task.data.get("invited", ()))


def room_of(state: ConsultationState, invitation: Invitation) -> str:
    """The room that is open.

    Raises:
        Problem: ``room_not_open``.
    """
    room = next((task.data.get("room") for task in state.tasks.values() if names(task, invitation)), None)
    if room is None:
        raise Problem("room_not_open")
    return str(room)
