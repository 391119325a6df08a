"""One way in for every act: content first, act second, and the same key gets the same answer.

An act's update id is the keyed hash of issuer, subject, clinic, patient, route, path ids and Idempotency-Key. The
request's row is written, with the act as it will be sent, in one transaction with the content it names; the
workflow's answer gets a row of its own. So a resend at any point sends the very same act, or gets the answer.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from api.caller import Caller, caller
from api.keys import body_digest, derived, id_from, idempotency_key, request_hash
from api.problems import Problem, ProblemBody, of_refusal
from api.services import Services, services
from api.states import Case, open_case
from domain.acts import Act
from domain.base import Json, Value
from domain.state import Answered, ConsultationState
from ports.consultations import NoSuchConsultation, NotConfirmed, StillRunning
from records import requests
from records.database import Session

PATIENCE = timedelta(seconds=5)
"""How long an act may wait to be taken; later it is refused as ``expired``."""
BEGUN, DONE, REFUSED = 202, 200, 409
"""What a row of ``requests`` holds: the act to send, its view, its refusal."""
ANY_BODY = body_digest("act")
"""The rows of an act are found without its body, by ``lookup`` too; the act itself keeps the body's digest."""
UNKNOWN = frozenset({"not_confirmed", "unavailable", "failed", "timed_out"})
"""Problems after which the act may have been carried out: what it took must not be given to somebody else."""
RESENDS = 50
"""How many expired acts of one key are looked through."""


@dataclass(frozen=True)
class Call:
    """One POST: who, and its name.

    ``hash`` is the keyed hash of issuer, subject, clinic, patient, route, path ids and key: the update id, and the
    row of ``requests`` that holds the answer.
    """

    shared: Services
    caller: Caller
    hash: str
    operation: str = ""
    """The route's own name: what the audit says was done."""

    @cached_property
    def begun(self) -> str:
        """The row that holds the act as it is sent; the row of ``hash`` holds its answer."""
        return self.shared.hashed.hex("begun", self.hash)

    def id(self, prefix: str) -> str:
        """An id for something this request makes; a resend makes the same."""
        return id_from(self.shared.hashed, prefix, self.hash)


def call(
    request: Request,
    who: Annotated[Caller, Depends(caller)],
    shared: Annotated[Services, Depends(services)],
    key: Annotated[str, Depends(idempotency_key)],
) -> Call:
    """The call of this request."""
    ids = tuple(str(value) for _, value in sorted(request.path_params.items()))
    route = request.scope["route"].operation_id
    return Call(shared, who, request_hash(shared.hashed, who, route, ids, key), route)


CallOf = Annotated[Call, Depends(call)]


class ActPending(BaseModel):
    """The act was taken, its answer has not come yet: ask ``address``."""

    act: str
    address: str


class Deed(Value):
    """An act as it is sent, however often."""

    workflow: str
    task: str | None
    action: str
    body: dict[str, Json]
    by: str
    """The person: nobody else is told of it."""
    acting_for: str | None
    """The patient he named: he is told of it only while he may act for him."""
    patient: str
    """Whose consultation it is."""
    digest: str
    """Of the request's body: another body under the same key is a mistake of the client."""


Prepare = Callable[[Session, Case], Awaitable[dict[str, Json]]]
"""Writes the content in the given transaction and gives the act's body."""


@dataclass(frozen=True)
class Result:
    """What became of an act: the view, or None while its answer has not come."""

    act: str
    view: dict[str, Any] | None

    def response(self, status: int = 200) -> Response:
        """The answer of a route that has nothing to add."""
        if self.view is not None:
            return JSONResponse(self.view, status, {"Cache-Control": "no-store"})
        address = f"/acts/{self.act}"
        pending = ActPending(act=self.act, address=address)
        return JSONResponse(pending.model_dump(), 202, {"Location": address, "Retry-After": "1"})


ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"model": ActPending, "description": "Taken; the answer has not come yet"},
    **{
        status: {"model": ProblemBody, "description": what}
        for status, what in {
            400: "The idempotency key is missing",
            401: "Not logged in",
            403: "Not allowed, or the law does not allow it",
            404: "No such consultation or task",
            409: "Too late, closed, taken",
            422: "Not well-formed, or the key was used with another body",
            503: "Not confirmed: safe to send again with the same key",
        }.items()
    },
}
"""What every act may answer, for the OpenAPI page."""
PROBLEMS = {status: answer for status, answer in ANSWERS.items() if status != BEGUN}
"""The same of a route that answers at once."""


async def perform(
    call: Call,
    workflow: str,
    task: str | None,
    action: str,
    wire: BaseModel | None = None,
    *,
    prepare: Prepare | None = None,
) -> Result:
    """Carry an act of the caller to its workflow.

    Args:
        call: The request.
        workflow: Whose task or consultation it is.
        task: The task's local id; None for an act on the consultation itself.
        action: What the person does.
        wire: The request's body as received: its digest tells a resend from another request under the same key.
        prepare: Writes content first and makes the act's body of it; without it ``wire`` is the body.

    Raises:
        Problem: Everything that is not the caller's view.
    """
    begun = await begin(call, workflow, task, action, wire, prepare)
    try:
        answer = begun.answer or await carry(call, begun)
    except StillRunning:
        return Result(call.hash, None)
    return result(call, answer)


def result(call: Call, answer: requests.Recorded) -> Result:
    """A recorded answer as this request's.

    Raises:
        Problem: The act was refused.
    """
    if answer.status == REFUSED:
        raise of_refusal(answer.body, call.hash)
    return Result(call.hash, answer.body)


@dataclass(frozen=True)
class Begun:
    """A request that stands in the record: its act, and the answer where it is known already."""

    deed: Deed
    answer: requests.Recorded | None = None


async def begin(
    call: Call,
    workflow: str,
    task: str | None,
    action: str,
    wire: BaseModel | None,
    prepare: Prepare | None,
) -> Begun:
    """Recall the request, or write its content and its row; committed before anything is sent."""
    sent = {} if wire is None else wire.model_dump(mode="json")
    digest = body_digest(sent)
    async with call.shared.wiring.database.clinic(call.caller.actor.clinic) as session:
        known = await recall(session, call)
        if known is not None:
            if known.deed.digest != digest:
                raise Problem("key_reused")
            return known
        case = await open_case(
            call.shared, session, call.caller, workflow, f"act.{call.operation}", task=None if prepare is None else task
        )
        body = sent if prepare is None else await prepare(session, case)
        actor = call.caller.actor
        deed = Deed(
            workflow=workflow,
            task=task,
            action=action,
            body=body,
            by=actor.person,
            acting_for=actor.patient,
            patient=case.state.patient,
            digest=digest,
        )
        row = requests.Recorded(status=BEGUN, body=deed.model_dump(mode="json"))
        await requests.remember(session, call.begun, ANY_BODY, row, datetime.now(UTC))
    return Begun(deed)


async def recall(session: Session, call: Call) -> Begun | None:
    """What is known of a request."""
    begun = await requests.recall(session, call.begun, ANY_BODY)
    if begun is None:
        return None
    answer = await requests.recall(session, call.hash, ANY_BODY)
    return Begun(Deed.model_validate(begun.body), answer)


async def known(call: Call) -> bool:
    """Whether this very request came before: whatever stands in its way by now, it gets its own answer."""
    async with call.shared.wiring.database.clinic(call.caller.actor.clinic) as session:
        return await recall(session, call) is not None


async def carry(call: Call, begun: Begun) -> requests.Recorded:
    """Send the act and keep its answer (``StillRunning`` passes)."""
    answered, state = await send(call, begun.deed)
    return await keep(call, answered, state)


async def keep(call: Call, answered: Answered, state: ConsultationState) -> requests.Recorded:
    """Keep an answer: the same key gets it again."""
    async with call.shared.wiring.database.clinic(call.caller.actor.clinic) as session:
        if answered.refusal is not None:
            answer = requests.Recorded(status=REFUSED, body=answered.refusal)
        else:
            case = Case(state, await call.shared.pathway(session, state.pathway), call.caller)
            answer = requests.Recorded(status=DONE, body=case.view().model_dump(mode="json"))
        return await requests.remember(session, call.hash, ANY_BODY, answer, datetime.now(UTC))


async def send(call: Call, deed: Deed) -> tuple[Answered, ConsultationState]:
    """Send an act; where an earlier send of this key had expired, once more under the next derived id.

    ``StillRunning`` passes through.
    """
    not_after = datetime.now(UTC) + PATIENCE
    for again in range(RESENDS):
        act = Act(
            id=derived(call.hash, again),
            actor=call.caller.actor,
            action=deed.action,
            task=deed.task,
            body=deed.body,
            not_after=not_after,
        )
        try:
            answered, state = await call.shared.wiring.consultations.act(deed.workflow, act)
        except NotConfirmed:
            raise Problem("not_confirmed", act=call.hash) from None
        except NoSuchConsultation:
            raise Problem("no_such_consultation") from None
        if not is_expired(answered):
            return answered, state
        if datetime.now(UTC) >= not_after:
            # It may be this very send that came too late: nothing was carried out.
            break
    raise Problem("not_confirmed", act=call.hash)


def is_expired(answered: Answered) -> bool:
    """Whether an act came too late to be judged: it was not carried out."""
    return answered.refusal is not None and answered.refusal.get("code") == "expired"
