"""Survey: the patient's score; a comment is content of its own."""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from api.acts import ANSWERS, CallOf, perform
from api.states import Case, TaskId, WorkflowId
from domain.base import Json
from pathways.kinds.survey import Score as Given
from pathways.view import View
from records import content
from records.database import Session

router = APIRouter(tags=["survey"])

KIND = "comment"


class Score(BaseModel):
    """How likely the patient is to recommend us, 0-10."""

    score: int = Field(ge=0, le=10)
    comment: str | None = Field(None, max_length=4000)


@router.post(
    "/tasks/{workflow}/{task}/survey/score",
    operation_id="score_survey",
    response_model=View,
    responses=ANSWERS,
)
async def score(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[Score, Body(examples=[{"score": 9}])],
) -> Response:
    """Give the score."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        if body.comment is None:
            return Given(score=body.score).model_dump(mode="json")
        kept = await content.write(
            session,
            KIND,
            case.state.consultation,
            workflow,
            task,
            call.caller.actor.person,
            {"comment": body.comment},
            case.now,
            id=call.id("ct"),
        )
        return Given(score=body.score, comment=kept.id).model_dump(mode="json")

    return (await perform(call, workflow, task, "score", body, prepare=prepare)).response()
