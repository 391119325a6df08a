"""The doctor signs a paper: exactly the rendered bytes, only who met the patient, at the level the law demands."""

from typing import Any, ClassVar

from domain.acts import Act, Refusal
from domain.base import Code, Text, Value
from domain.law.guards import registration_demanded, signature_is_enough
from domain.law.rows import Level, Paper
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, action
from pathways.kinds._common import Sign, only_meeting_doctor, papers_owner, today

PAPERS = {"protocol": Paper.PROTOCOL, "referral": Paper.REFERRAL}
"""Which paper a step of a kind makes."""


class Fields(Value):
    """The step whose document is signed, and the least level of the signature."""

    of: Code
    """The protocol step that is signed."""
    level: Level = Level.QUALIFIED
    """The least level of the signature."""


class Signature(Kind):
    """A bad signature is a refused act, never an outcome. Leaves ``registration`` behind where the law wants it."""

    name: ClassVar[str] = "signature"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("timed_out",)
    outputs: ClassVar[dict[str, str]] = {"level": "string"}
    stays: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Подпись", en="Signature")
    task_titles: ClassVar[dict[str, Text]] = {"sign": Text(ru="подписать документ", en="sign the document")}

    def open(self, step: StepDraft) -> None:
        """Put the document before the doctor who met the patient."""
        of = step.fields.of
        document, digest = step.output(of, "document"), step.output(of, "sha256")
        step.task(
            "sign",
            papers_owner(step),
            ("sign",),
            document=document,
            sha256=digest,
            level=step.fields.level.value,
        )

    @action(Sign, guard=only_meeting_doctor)
    def sign(self, step: StepDraft, task: Task, act: Act, body: Sign) -> None:
        """Take the signature; the protocol is signed from now on (rule 4)."""
        paper, day = paper_of(step), today(step)
        judge(step, task, body, paper, day)
        step.state.signed = step.state.signed or paper is Paper.PROTOCOL
        document = task.data["document"]
        if registration_demanded(paper, day) is not None:
            step.leave_behind("registration", document=document, signature=body.signature, doctor=act.actor.person)
        step.finish("done", document=document, signature=body.signature, level=body.level.value)


def paper_of(step: StepDraft) -> Paper:
    """Which paper the step named by ``of`` makes."""
    return PAPERS[step.pathway.index[step.fields.of].kind]


def judge(step: StepDraft, task: Task, body: Sign, paper: Paper, day: Any) -> None:
    """What every signature must be: over these bytes, of the field's level, of the law's level.

    Raises:
        Refusal: ``wrong_document``, ``level_too_low``, ``law``.
    """
    if body.sha256 != task.data["sha256"]:
        raise Refusal("wrong_document")
    if body.level.rank < step.fields.level.rank:
        raise Refusal("level_too_low", level=step.fields.level.value)
    signature_is_enough(paper, body.level, day)
