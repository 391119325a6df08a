"""Doctor to doctor: a question to a colleague and his opinion. Both are content; nothing waits for the answer."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from api.acts import ANSWERS, PROBLEMS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.colleagues import colleague
from api.hand_over import answer, own_task
from api.states import Case, TaskId, WorkflowId, open_case
from domain.base import Json
from pathways.core.consulting import Opinion as Given
from pathways.core.consulting import Question
from pathways.view import View
from records import content, opinions
from records.database import Session

router = APIRouter(tags=["colleagues"])

QUESTION, OPINION = "question", "opinion"
"""Kinds of content."""
LONGEST = 10_000


class QuestionBody(BaseModel):
    """Whom to ask, and what."""

    colleague: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=LONGEST, pattern=r"\S")


class OpinionBody(BaseModel):
    """What the colleague thinks."""

    text: str = Field(min_length=1, max_length=LONGEST, pattern=r"\S")


class OpinionOut(BaseModel):
    """A question to a colleague and what came of it; ``lapsed``: the meeting was over before he answered."""

    question: str
    asked_at: datetime
    asked_by: str
    asked_by_name: str | None
    colleague: str
    colleague_name: str | None
    stands: Literal["open", "given", "declined", "lapsed"]
    answer: str | None
    answered_at: datetime | None


@router.post("/consultations/{workflow}/consult", operation_id="ask_opinion", response_model=View, responses=ANSWERS)
async def consult(
    call: CallOf,
    workflow: WorkflowId,
    body: Annotated[
        QuestionBody, Body(examples=[{"colleague": "p-colleague", "text": "Согласны ли вы, что это не меланома?"}])
    ],
) -> Response:
    """Ask a colleague's opinion: while his answer is open he reads what was said and written here."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        asked = await colleague(session, case, body.colleague)
        kept = await content.write(
            session,
            QUESTION,
            case.state.consultation,
            workflow,
            None,
            call.caller.actor.person,
            {"text": body.text},
            case.now,
            id=call.id("ct"),
        )
        return Question(colleague=asked.person, content=kept.id, sha256=kept.sha256).model_dump(mode="json")

    return (await perform(call, workflow, None, "consult", body, prepare=prepare)).response()


@router.post(
    "/tasks/{workflow}/{task}/consult/give", operation_id="give_opinion", response_model=View, responses=ANSWERS
)
async def give(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[OpinionBody, Body(examples=[{"text": "Согласен: доброкачественное новообразование."}])],
) -> Response:
    """Give the opinion a colleague asked for: he is told."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        own_task(case, task, "opinion")
        kept = await content.write(
            session,
            OPINION,
            case.state.consultation,
            workflow,
            task,
            call.caller.actor.person,
            {"text": body.text},
            case.now,
            id=call.id("ct"),
        )
        return Given(content=kept.id, sha256=kept.sha256).model_dump(mode="json")

    return (await perform(call, workflow, task, "give", body, prepare=prepare)).response()


@router.post(
    "/tasks/{workflow}/{task}/consult/decline",
    operation_id="decline_opinion",
    response_model=View,
    responses=ANSWERS,
)
async def decline(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Have no opinion to give: who asked is told."""
    return (await answer(call, workflow, task, "opinion", "decline")).response()


@router.get("/consultations/{workflow}/opinions", operation_id="list_opinions", responses=PROBLEMS)
async def list_opinions(who: CallerOf, shared: ServicesOf, workflow: WorkflowId) -> list[OpinionOut]:
    """What the doctors asked their colleagues, and what those said, oldest first."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "opinions.read", clinical=True)
        found = await opinions.of_consultation(session, case.state.consultation)
    open_ = {str(task.data.get("content")) for task in case.state.tasks.values() if task.name == "opinion"}
    return [shown(one, still_open=one.question_id in open_) for one in found]


def shown(one: opinions.Opinion, *, still_open: bool) -> OpinionOut:
    """A question as the facade tells it."""
    stands = one.came_of_it or ("open" if still_open else "lapsed")
    return OpinionOut(stands=stands, **one.model_dump(exclude={"question_id", "came_of_it"}))
