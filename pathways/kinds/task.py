"""A human decision: who, which choices; the first is the good one. May give evidence of an in-person visit."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from domain.acts import Act, Refusal
from domain.base import Code, Text, Value
from domain.effects.eligibility import Proof
from domain.people import Owner, Role
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, action
from pathways.kinds._common import today


class Fields(Value):
    """``who`` decides (a role; ``doctor`` is the assigned one where there is one) among ``choices``."""

    who: Role
    """The role that decides; ``doctor`` is the assigned one where there is one."""
    choices: tuple[Code, ...] = Field(min_length=1)
    """The decisions to choose from; the first is the good one."""
    gives: Literal["evidence"] | None = None
    """``evidence``: the good choice brings a proof of an in-person visit."""
    form: Code | None = None
    """The form to fill with the decision, one of forms/."""


class Decide(Value):
    """The choice and, where the task gives evidence and the choice is the good one, the proof seen on paper."""

    choice: Code
    evidence: Proof | None = None


class Decision(Kind):
    """Its outcomes are its choices."""

    name: ClassVar[str] = "task"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("timed_out",)
    outputs: ClassVar[dict[str, str]] = {"choice": "string"}
    passes: ClassVar[bool] = True
    skippable: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Решение сотрудника", en="A decision of the staff")
    task_titles: ClassVar[dict[str, Text]] = {"decide": Text(ru="принять решение", en="decide")}

    @classmethod
    def outcomes(cls, fields: Any) -> tuple[str, tuple[str, ...]]:
        """The first choice is the good one."""
        return fields.choices[0], (*fields.choices[1:], "timed_out")

    def open(self, step: StepDraft) -> None:
        """Put it on the list of whoever decides, and tell them."""
        owner = self.owner(step)
        step.task(
            "decide",
            owner,
            ("decide",),
            form=step.fields.form,
            choices=list(step.fields.choices),
            gives=step.fields.gives,
        )
        step.tell(owner, "task_waits")

    def owner(self, step: StepDraft) -> Owner:
        """Whose duty it is."""
        if step.fields.who is Role.PATIENT:
            return step.patient
        if step.fields.who is Role.DOCTOR and step.state.doctor is not None:
            return step.doctor
        return Owner(role=step.fields.who)

    @action(Decide)
    def decide(self, step: StepDraft, task: Task, act: Act, body: Decide) -> None:
        """Take the decision."""
        if body.choice not in step.fields.choices:
            raise Refusal("no_such_choice", choice=body.choice)
        proofs = []
        if step.fields.gives == "evidence" and body.choice == step.fields.choices[0]:
            proofs = [self.proof(step, body.evidence)]
        elif body.evidence is not None:
            raise Refusal("evidence_not_asked")
        step.finish(body.choice, choice=body.choice, by=act.actor.person, proofs=proofs)

    def proof(self, step: StepDraft, evidence: Proof | None) -> Any:
        """The proof as it is kept: seen on paper, not of a day to come."""
        if evidence is None:
            raise Refusal("evidence_needed")
        if evidence.source != "papers" or evidence.on > today(step):
            raise Refusal("bad_evidence")
        return evidence.model_dump(mode="json")
