"""A result before the doctor once more: he acknowledges what a laboratory order of the pathway brought."""

from typing import ClassVar

from domain.acts import Act, Fact
from domain.base import Code, Text, Value
from domain.effects import Done
from domain.effects.results import DeliverResult
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import only_meeting_doctor, papers_owner, waits_for

RUNNING = "left_behind"
"""The outcome a step left behind has until it reports."""


class Fields(Value):
    """The ``lab_order`` step whose result is read."""

    of: Code
    """The lab_order step whose result is read."""


class Results(Kind):
    """No result, ever: ``none``. An order still on its way is waited for until ``within``."""

    name: ClassVar[str] = "results"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("none", "timed_out")
    outputs: ClassVar[dict[str, str]] = {"result": "string"}
    needs_doctor: ClassVar[bool] = True
    passes: ClassVar[bool] = True
    skippable: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Результаты", en="Results")
    task_titles: ClassVar[dict[str, Text]] = {
        "acknowledge": Text(ru="прочитать результат анализов", en="read the laboratory result")
    }

    def open(self, step: StepDraft) -> None:
        """Show what there is, or wait for the order to report."""
        self.look(step)

    def fact(self, step: StepDraft, fact: Fact) -> None:
        """The order's own workflow has reported."""
        if fact.source == "child":
            self.look(step)

    def look(self, step: StepDraft) -> None:
        """Open the doctor's task for a result; without one, wait only while the order still runs."""
        of = step.fields.of
        result = step.output(of, "result")
        if result is not None:
            step.task("acknowledge", papers_owner(step), ("acknowledge",), result=result)
            step.tell(papers_owner(step), "result_to_read")
        elif step.output(of, "outcome") != RUNNING:
            step.finish("none")

    @action(guard=only_meeting_doctor)
    def acknowledge(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The doctor has read it; the patient has it if he had it not yet."""
        step.memory["result"] = task.data["result"]
        step.ask(DeliverResult, patient=step.state.patient, result_id=task.data["result"], by=act.actor.person)
        step.close_task("acknowledge")

    def settled(self, step: StepDraft, pending: Pending, result: object) -> None:
        """Handed on."""
        if isinstance(result, Done) and pending.effect == DeliverResult.activity:
            step.finish("done", result=step.memory["result"])

    def expired(self, step: StepDraft) -> None:
        """Nothing came, or nobody read it."""
        if not waits_for(step, DeliverResult):
            step.finish("timed_out" if step.output(step.fields.of, "result") is not None else "none")
