"""Video: join tickets, and what the doctor or a waiting side says of the meeting."""

from typing import Literal

from fastapi import APIRouter, Response

from api.acts import ANSWERS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.states import TaskId, WorkflowId, open_case
from pathways.view import View
from ports import PortError
from ports.video import JoinTicket

router = APIRouter(tags=["video"])

SIDES: dict[str, Literal["doctor", "patient"]] = {"meet": "doctor", "join": "patient"}
"""The side of each task of a meeting."""


@router.get("/tasks/{workflow}/{task}/video/ticket", operation_id="get_join_ticket", responses=ANSWERS)
async def ticket(
    who: CallerOf, shared: ServicesOf, response: Response, workflow: WorkflowId, task: TaskId
) -> JoinTicket:
    """A ticket into the room, valid for minutes; ask again to come back into the call. It is kept nowhere."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "video.ticket", task=task)
    found = case.task(task)
    side = SIDES.get(found.name)
    if side is None:
        raise Problem("no_such_task")
    if not found.owner.admits(who.actor):
        raise Problem("not_yours")  # whom an escalation rang sees the task and does not enter the room
    room = found.data.get("room")
    if room is None:
        raise Problem("room_not_open")
    try:
        made = await shared.wiring.video.ticket(str(room), who.actor.person, side)
    except PortError:
        raise Problem("unavailable") from None
    response.headers["Cache-Control"] = "no-store"
    return made


@router.post(
    "/tasks/{workflow}/{task}/video/finish", operation_id="finish_video", response_model=View, responses=ANSWERS
)
async def finish(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """The meeting is over."""
    return (await perform(call, workflow, task, "finish")).response()


@router.post(
    "/tasks/{workflow}/{task}/video/needs_in_person",
    operation_id="needs_in_person",
    response_model=View,
    responses=ANSWERS,
)
async def needs_in_person(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """They met, and the patient must be seen in person."""
    return (await perform(call, workflow, task, "needs_in_person")).response()


@router.post(
    "/tasks/{workflow}/{task}/video/phone",
    operation_id="continue_by_phone",
    response_model=View,
    responses=ANSWERS,
)
async def phone(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Go on by phone: the video does not work, and the doctor has called the patient."""
    return (await perform(call, workflow, task, "phone")).response()


@router.post(
    "/tasks/{workflow}/{task}/video/no_show",
    operation_id="report_no_show",
    response_model=View,
    responses=ANSWERS,
)
async def no_show(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Who came and waited says that the other side did not come."""
    return (await perform(call, workflow, task, "no_show")).response()


@router.post(
    "/tasks/{workflow}/{task}/video/allow_recording",
    operation_id="allow_recording",
    response_model=View,
    responses=ANSWERS,
)
async def allow_recording(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Agree to be recorded: nothing is until both sides have, and never while a guest is there."""
    return (await perform(call, workflow, task, "allow_recording")).response()


@router.post(
    "/tasks/{workflow}/{task}/video/forbid_recording",
    operation_id="forbid_recording",
    response_model=View,
    responses=ANSWERS,
)
async def forbid_recording(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Not agree to be recorded, or no longer: it stops at once."""
    return (await perform(call, workflow, task, "forbid_recording")).response()
