"""The patient's score, 0 to 10."""

from typing import Annotated, ClassVar

from pydantic import Field

from domain.acts import Act
from domain.base import Text, Value
from domain.effects.survey import RecordScore
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, action
from pathways.kinds._common import Id, waits_for


class Score(Value):
    """The score; a comment is content of its own."""

    score: Annotated[int, Field(ge=0, le=10, strict=True)]
    comment: Id | None = None


class Survey(Kind):
    """Nobody is rung for it: whoever wants to answer finds the task."""

    name: ClassVar[str] = "survey"
    others: ClassVar[tuple[str, ...]] = ("timed_out",)
    outputs: ClassVar[dict[str, str]] = {"score": "int"}
    skippable: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Оценка консультации", en="Survey")
    task_titles: ClassVar[dict[str, Text]] = {"score": Text(ru="оценить консультацию", en="score the consultation")}

    def open(self, step: StepDraft) -> None:
        """Ask the patient."""
        step.task("score", step.patient, ("score",))

    @action(Score)
    def score(self, step: StepDraft, task: Task, act: Act, body: Score) -> None:
        """Keep the score, of the doctor who met the patient."""
        step.memory["score"] = body.score
        step.ask(
            RecordScore,
            patient=step.state.patient,
            doctor=step.state.met_by or step.state.doctor,
            score=body.score,
            comment=body.comment,
        )
        step.close_task("score")

    def settled(self, step: StepDraft, pending: Pending, result: object) -> None:
        """Kept."""
        if pending.effect == RecordScore.activity:
            step.finish("done", score=step.memory["score"])

    def expired(self, step: StepDraft) -> None:
        """A score given in time is kept."""
        if not waits_for(step, RecordScore):
            step.finish("timed_out")
