"""The line: the patient's place, the doctors' offers, and taking a patient: seat first, act second."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.access import concerned
from api.acts import ANSWERS, UNKNOWN, CallOf, known, perform
from api.caller import Caller, CallerOf, ServicesOf, again
from api.keys import body_digest
from api.problems import Problem
from api.services import Services
from api.states import Case, TaskId, WorkflowId, open_case, state_of
from api.streams import LastEvent, snapshots, stream
from domain.base import Json
from pathways.kinds.queue import Accept
from pathways.view import View
from ports import PortError
from ports.consultations import NoSuchConsultation, NotConfirmed
from records import duty, people, seats, waits
from records.database import Session

router = APIRouter(tags=["queue"])

TAKEN = frozenset({"too_late", "no_such_task", "claimed_by_other"})
"""What the workflow says to a doctor whose colleague was faster."""


class Waiting(BaseModel):
    """A patient waiting in one of the doctor's pools: ids and times, nothing clinical."""

    workflow: str
    task: str
    pool: str
    since: datetime


class Offers(BaseModel):
    """Who waits, first in line first."""

    items: list[Waiting]


class Place(BaseModel):
    """A place in line, and the wait that is left, as a range of seconds."""

    position: int | None
    low: int
    high: int


async def offers_of(shared: Services, who: Caller) -> Offers:
    """Who waits in the caller's pools, from the record: Redis may be empty."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        found = [wait for pool in sorted(who.actor.pools) for wait in await waits.standing(session, pool)]
    found.sort(key=lambda wait: (not wait.first, wait.joined_at))
    return Offers(
        items=[
            Waiting(
                workflow=wait.workflow,
                task=f"{wait.step}.{wait.occurrence}.accept",
                pool=wait.pool,
                since=wait.joined_at,
            )
            for wait in found
        ]
    )


@router.get("/queue/offers", operation_id="list_offers")
async def list_offers(who: CallerOf, shared: ServicesOf) -> Offers:
    """Who waits in the doctor's pools."""
    return await offers_of(shared, who)


@router.get("/queue/events", operation_id="watch_offers", response_class=StreamingResponse)
async def watch_offers(who: CallerOf, shared: ServicesOf, last: LastEvent = None) -> StreamingResponse:
    """Who waits, as a stream: every event is the whole list."""

    async def look() -> tuple[str, str, Json] | None:
        now = await again(shared, who, "watch_offers")
        if now is None:
            return None
        found = (await offers_of(shared, now)).model_dump(mode="json")
        return body_digest(found), "offers", found

    await offers_of(shared, who)  # What fails now fails with a status.
    topics = tuple((who.actor.clinic, f"pool:{pool}") for pool in sorted(who.actor.pools))
    return stream(snapshots(shared.hub, topics, look, who.bearer.expires_at, last))


@router.get("/consultations/{workflow}/place", operation_id="watch_place", response_class=StreamingResponse)
async def watch_place(
    who: CallerOf, shared: ServicesOf, workflow: WorkflowId, last: LastEvent = None
) -> StreamingResponse:
    """The patient's place in line as a stream; it is over when he stands in none."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        await open_case(shared, session, who, workflow, "queue.place")
        standing = await standing_of(shared, session, workflow)
    pools = {pool for pool, *_ in standing}

    async def look() -> tuple[str, str, Json] | None:
        now = await again(shared, who, "watch_place")
        if now is None:
            return None
        async with shared.wiring.database.clinic(who.actor.clinic) as session:
            state = await state_of(shared, session, workflow)
            if not concerned(now.actor, state):
                return None
            found = await standing_of(shared, session, workflow)
            if not found:
                return None
            pool, step, occurrence = found[0]
            place = await place_of(shared, session, pool, workflow, step, occurrence)
        data = place.model_dump(mode="json")
        return body_digest(data), "place", data

    topics = tuple((who.actor.clinic, topic) for topic in (f"consultation:{workflow}", *(f"pool:{p}" for p in pools)))
    return stream(snapshots(shared.hub, topics, look, who.bearer.expires_at, last))


async def standing_of(shared: Services, session: Session, workflow: str) -> list[tuple[str, str, int]]:
    """The lines a consultation stands in: pool, step, occurrence."""
    state = await state_of(shared, session, workflow)
    return [
        (str(task.data["pool"]), task.step, task.occurrence)
        for task in state.tasks.values()
        if task.name == "wait" and task.step is not None and "pool" in task.data
    ]


async def place_of(shared: Services, session: Session, pool: str, workflow: str, step: str, occurrence: int) -> Place:
    """The place now; the range is the one predicted on joining, less the time that passed."""
    line = await waits.standing(session, pool)
    now = await shared.now(session)
    for position, wait in enumerate(line, 1):
        if (wait.workflow, wait.step, wait.occurrence) == (workflow, step, occurrence):
            # Whole minutes: the stream tells of changes, not of every second.
            passed = int((now - wait.joined_at).total_seconds()) // 60 * 60
            return Place(position=position, low=max(0, wait.low - passed), high=max(60, wait.high - passed))
    return Place(position=None, low=0, high=0)


@router.post(
    "/tasks/{workflow}/{task}/queue/accept", operation_id="accept_offer", response_model=View, responses=ANSWERS
)
async def accept(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Take this patient. The workflow's answer is final: ``taken`` is said only after it."""
    shared, actor = call.shared, call.caller.actor
    step, occurrence = occurrence_of(task)
    member = f"{workflow}:{step}:{occurrence}"
    if not await claim(shared, actor.clinic, member, actor.person) and not await known(call):
        raise Problem("colleague_taking")

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        on = {item.pool: item for item in await duty.of_doctor(session, actor.person)}
        pool = str(case.task(task).data.get("pool"))
        # The core knows patients by their ids alone, and he comes as a doctor: only the record knows who he is.
        family = await people.patients_of(session, actor.person, case.today)
        if case.state.patient in [one.patient for one in family]:
            raise Problem("own_consultation")
        if pool not in on:
            raise Problem("not_on_duty")
        try:
            seat = await seats.take(
                session, actor.person, workflow, step, occurrence, on[pool].capacity, datetime.now(UTC)
            )
        except seats.SeatRefused as refused:
            raise Problem("colleague_taking" if refused.code == "taken" else "no_seat") from None
        return Accept(seat=seat.id).model_dump(mode="json")

    try:
        result = await perform(call, workflow, task, "accept", prepare=prepare)
    except Problem as problem:
        if problem.code not in UNKNOWN:  # else the seat stays until the answer is known or the reconciler frees it
            # Refused at the door it has no seat; one that stands there is of another request of his, on its way.
            if await known(call):
                await give_back(shared, actor.clinic, actor.person, workflow, step, occurrence)
            await release(shared, actor.clinic, member, actor.person)
        if problem.code in TAKEN:
            raise Problem("taken") from None
        raise
    return result.response()


def occurrence_of(task: str) -> tuple[str, int]:
    """Step and occurrence of a task's id.

    Raises:
        Problem: ``no_such_task``.
    """
    parts = task.rsplit(".", 2)
    if len(parts) != 3 or not parts[1].isdigit():
        raise Problem("no_such_task")
    return parts[0], int(parts[1])


async def claim(shared: Services, clinic: str, member: str, doctor: str) -> bool:
    """The lease that spares losers the trip. Without Redis the seat's unique row alone decides, by the same rules."""
    try:
        return await shared.wiring.line.claim(clinic, member, doctor)
    except PortError:
        return True


async def give_back(shared: Services, clinic: str, doctor: str, workflow: str, step: str, occurrence: int) -> None:
    """A refused act frees the doctor's own seat at once.

    His other device may have been accepted with this very seat: the workflow is asked, for the record lags.
    """
    try:
        state = await shared.wiring.consultations.state(workflow)
    except (NotConfirmed, NoSuchConsultation):
        return  # The reconciler frees what is nobody's.
    async with shared.wiring.database.clinic(clinic) as session:
        seat = await seats.of_occurrence(session, workflow, step, occurrence)
        if seat is not None and seat.doctor == doctor and state.doctor != doctor:
            await seats.free(session, seat.id, datetime.now(UTC))


async def release(shared: Services, clinic: str, member: str, doctor: str) -> None:
    """Give the lease back, so that the offer rings again; without Redis there is none, and it runs out by itself."""
    try:
        await shared.wiring.line.release(clinic, member, doctor)
    except PortError:
        return


@router.post("/tasks/{workflow}/{task}/queue/decline", operation_id="decline_offer", status_code=204, responses=ANSWERS)
async def decline(call: CallOf, workflow: WorkflowId, task: TaskId) -> None:
    """Not take this patient now: the offer rings for the colleagues at once."""
    shared, actor = call.shared, call.caller.actor
    step, occurrence = occurrence_of(task)
    async with shared.wiring.database.clinic(actor.clinic) as session:
        case = await open_case(shared, session, call.caller, workflow, "queue.decline", task=task)
        case.task(task)
    await release(shared, actor.clinic, f"{workflow}:{step}:{occurrence}", actor.person)


@router.post("/tasks/{workflow}/{task}/queue/leave", operation_id="leave_line", response_model=View, responses=ANSWERS)
async def leave(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Leave the line: the patient waits no longer."""
    return (await perform(call, workflow, task, "leave")).response()
