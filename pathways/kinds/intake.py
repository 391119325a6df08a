"""The intake form. Its answers are content; the act carries the facts the process decides on and the red flags."""

from typing import Any, ClassVar, Literal

from domain.acts import Act, Refusal
from domain.base import Code, Json, Text, Value
from domain.pathway import Step
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, action
from pathways.kinds._common import Id, Sha256

PYTHON: dict[str, type | tuple[type, ...]] = {
    "int": int,
    "double": (int, float),
    "bool": bool,
    "string": str,
    "list(string)": list,
    "list(int)": list,
}


class Fields(Value):
    """The form, and what every pathway takes on its first page."""

    form: Code
    """The form, one of forms/."""
    takes: tuple[Literal["present_address", "callback_phone"], ...] = ()
    """What its first page asks for, so that help finds the patient."""


class Submit(Value):
    """A content version by id and digest, the facts computed from it, and the red flags it raised."""

    content: Id
    sha256: Sha256
    facts: dict[Code, Json] = {}
    flags: tuple[Code, ...] = ()


class Intake(Kind):
    """A red flag never ends contact: its emergency comes by a fact of the inbox, and this step goes on."""

    name: ClassVar[str] = "intake"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("timed_out",)
    outputs: ClassVar[dict[str, str]] = {"flags": "list(string)"}
    stays: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Анкета", en="Intake form")
    task_titles: ClassVar[dict[str, Text]] = {"fill": Text(ru="заполнить анкету", en="fill in the form")}

    @classmethod
    def outputs_of(cls, step: Step, forms: dict[str, Any]) -> dict[str, str]:
        """The facts its form gives, with their types."""
        form = forms.get(str(step.fields.get("form")))
        return {**cls.outputs, **(facts_of(form) if form is not None else {})}

    def open(self, step: StepDraft) -> None:
        """Ask the patient."""
        pinned = step.pathway.forms.get(step.fields.form)
        version: dict[str, Any] = {"version": pinned.version, "sha256": pinned.sha256} if pinned else {}
        step.task("fill", step.patient, ("submit",), form=step.fields.form, takes=list(step.fields.takes), **version)

    @action(Submit)
    def submit(self, step: StepDraft, task: Task, act: Act, body: Submit) -> None:
        """Take the answers: every fact is one the form gives, and of its type."""
        types = self.outputs_of(step.step, dict(step.pathway.forms))
        for name, value in body.facts.items():
            if name == "flags" or not is_of(value, types.get(name)):
                raise Refusal("bad_facts", field=name)
        if step.fields.takes:
            step.state.address = {"content": body.content, "sha256": body.sha256}
        # Ours come last, and the outcome is the core's: a form that calls a fact by one of these names breaks nothing.
        facts = {name: value for name, value in body.facts.items() if name != "outcome"}
        ours: dict[str, Json] = {"content": body.content, "content_sha256": body.sha256, "flags": list(body.flags)}
        step.finish("done", **{**facts, **ours})


def facts_of(form: Any) -> dict[str, str]:
    """The facts a form gives, with their types: of a pinned form, of a typed one, or of its content."""
    content = getattr(form, "content", form)
    facts = content.get("facts", {}) if isinstance(content, dict) else content.facts
    return {str(name): str(type_) for name, type_ in facts.items()}


def is_of(value: Json, type_: str | None) -> bool:
    """Whether a fact is of the type its form declares; a bool is no int."""
    if type_ is None or value is None:
        return type_ is not None
    expected = PYTHON.get(type_, object)
    return isinstance(value, expected) and (type_ == "bool") == isinstance(value, bool)
