"""Laboratory orders: choose a laboratory, give the material, wait, have the doctor read the result, hand it on.

The phase the deadline meets is the outcome: nothing chosen ``not_chosen``, the last laboratory asked refused
``refused``, no material ``not_given``, no final result read ``timed_out``. A notice of the laboratory only wakes: what
counts is fetched, and fetched once a day too, because notices get lost.
"""

from typing import Any, ClassVar

from domain.acts import Act, Fact, Refusal
from domain.base import Code, Json, Text, Value
from domain.calendar import Span
from domain.effects import Done
from domain.effects.lab_order import CancelOrder, OrderPlaced, PlaceOrder
from domain.effects.results import DeliverResult, FetchResults, ResultsFetched
from domain.people import Owner, Role
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import (
    close_tasks,
    count,
    in_flight,
    meeting_doctor,
    only_meeting_doctor,
    papers_owner,
    waits_for,
    word,
)

DAY = Span(seconds=86_400)


class Fields(Value):
    """The protocol whose orders are placed; ``partners`` narrows the clinic's laboratories."""

    of: Code
    """The protocol step whose orders are placed."""
    partners: tuple[Code, ...] = ()
    """The laboratories to choose from; all of the clinic's where it is not written."""


class Choose(Value):
    """The laboratory, a partner of the clinic by code."""

    partner: Code


class LabOrder(Kind):
    """Its duties are its own: usually ``wait: false``, so that the consultation does not wait for weeks."""

    name: ClassVar[str] = "lab_order"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("not_chosen", "refused", "not_given", "timed_out")
    outputs: ClassVar[dict[str, str]] = {"result": "string", "critical": "bool", "partner": "string"}
    passes: ClassVar[bool] = True
    skippable: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Анализы", en="Laboratory tests")
    task_titles: ClassVar[dict[str, Text]] = {
        "choose": Text(ru="выбрать лабораторию", en="choose a laboratory"),
        "acknowledge": Text(ru="прочитать результат анализов", en="read the laboratory result"),
    }

    def open(self, step: StepDraft) -> None:
        """Ask the patient where."""
        step.memory.update(phase="choose", critical=False)
        self.prompt(step)
        step.tell(step.patient, "choose_lab")

    def prompt(self, step: StepDraft, **data: Json) -> None:
        """Open the patient's task; no ``partners`` means any laboratory of the clinic."""
        step.task("choose", step.patient, ("choose", "refuse"), partners=list(step.fields.partners), **data)

    @action(Choose)
    def choose(self, step: StepDraft, task: Task, act: Act, body: Choose) -> None:
        """Send the order there."""
        if step.fields.partners and body.partner not in step.fields.partners:
            raise Refusal("no_such_partner", partner=body.partner)
        of = step.fields.of
        step.memory.update(phase="placing", partner=body.partner, order=None)
        step.ask(
            PlaceOrder,
            part=str(count(step, "tries")),
            patient=step.state.patient,
            doctor=meeting_doctor(step),
            partner=body.partner,
            content=step.output(of, "content"),
            sha256=step.output(of, "content_sha256"),
        )
        step.close_task("choose")

    @action()
    def refuse(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The patient wants no tests."""
        step.finish("refused", by="patient")

    @action(guard=only_meeting_doctor)
    def acknowledge(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The ordering doctor has read it: hand it to the patient."""
        step.memory["read"] = task.data["result"]
        step.memory["read_final"] = task.data["status"] == "final"
        step.ask(
            DeliverResult,
            part=str(count(step, "reads")),
            patient=step.state.patient,
            result_id=task.data["result"],
            by=act.actor.person,
        )
        step.close_task(task.name)

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """Placed, fetched or handed on."""
        if isinstance(result, OrderPlaced):
            self.placed(step, result)
        elif isinstance(result, ResultsFetched):
            self.fetched(step, result)
        elif isinstance(result, Done) and pending.effect == DeliverResult.activity:
            self.delivered(step)

    def placed(self, step: StepDraft, result: OrderPlaced) -> None:
        """The laboratory took it or will not."""
        if result.order is None:
            self.refused(step, result.refused or "refused")
            return
        step.memory.update(phase="placed", order=result.order)
        if step.memory.get("late"):
            self.close(step)
            step.finish("not_given")
            return
        step.timer("poll", DAY)
        for notice in step.memory.pop("early", []):
            self.notice(step, notice)

    def refused(self, step: StepDraft, why: str) -> None:
        """Choose again, with the reason; beyond the deadline it is the outcome."""
        step.drop_timer("poll")
        step.memory.update(phase="choose", refused=why, order=None)
        if step.memory.get("late"):
            step.finish("refused", by="lab")
        else:
            self.prompt(step, refused=why)
            step.tell(step.patient, "choose_lab", part=f"choose_lab.{step.memory['tries']}")

    def fact(self, step: StepDraft, fact: Fact) -> None:
        """A notice of the laboratory; one about another order than ours moves nothing."""
        if step.memory["phase"] == "placing":
            # A notice may overtake the answer to our order.
            step.memory.setdefault("early", []).append(dict(fact.body))
        elif step.memory.get("order") is not None:
            self.notice(step, fact.body)

    def notice(self, step: StepDraft, body: dict[str, Json]) -> None:
        """What the laboratory says of an order."""
        event, phase = body.get("event"), step.memory["phase"]
        if body.get("order") not in (None, step.memory["order"]):
            return
        if event == "material_taken" and phase == "placed":
            step.memory["phase"] = "taken"
        elif event == "refused" and phase in ("placed", "taken"):
            self.refused(step, word(body.get("reason") or "refused"))
        elif event == "result" and phase != "choose":
            self.fetch(step)

    def fetch(self, step: StepDraft) -> None:
        """Fetch what there is; asked again while it is being fetched, it is fetched once more afterwards."""
        if in_flight(step, FetchResults):
            step.memory["again"] = True
            return
        step.ask(
            FetchResults,
            part=str(count(step, "fetches")),
            patient=step.state.patient,
            partner=step.memory["partner"],
            order=step.memory["order"],
        )

    def fetched(self, step: StepDraft, result: ResultsFetched) -> None:
        """Something new goes to the doctor: what is final, and at once what is critical."""
        if step.memory.get("order") is None:
            return
        if result.status != "none" and result.result is not None:
            step.memory["phase"] = "ready" if result.status == "final" else "taken"
            step.memory["critical"] = step.memory["critical"] or result.critical
            if (result.status == "final" or result.critical) and result.result != step.memory.get("shown"):
                self.show(step, result)
        if step.memory.pop("again", False):
            self.fetch(step)

    def show(self, step: StepDraft, result: ResultsFetched) -> None:
        """Open the doctor's task. A critical result rings, him and the head doctor.

        Every version has a task of its own: who acknowledges the one he saw does not acknowledge the one just come.
        """
        step.memory["shown"] = result.result
        number = count(step, "shows")
        close_tasks(step)
        task = step.task(
            "acknowledge" if number == 1 else f"acknowledge_{number}",
            papers_owner(step),
            ("acknowledge",),
            result=result.result,
            status=result.status,
            critical=result.critical,
        )
        text = "critical_result" if result.critical else "result_to_read"
        step.tell(papers_owner(step), text, urgent=result.critical, part=f"{text}.{number}")
        if result.critical:
            head = Owner(role=Role.HEAD_DOCTOR)
            task.also = tuple(dict.fromkeys((*task.also, head)))
            step.tell(head, text, urgent=True, part=f"{text}.{number}.head")

    def delivered(self, step: StepDraft) -> None:
        """The patient has it; with the final one the order is over."""
        step.tell(step.patient, "result_ready", part=f"result_ready.{step.memory['reads']}")
        if step.memory["read_final"]:
            kept = {k: step.memory[k] for k in ("partner", "order", "critical")}
            step.finish("done", result=step.memory["read"], **kept)
        elif step.memory.get("late"):
            step.finish("timed_out")

    def timer(self, step: StepDraft, name: str) -> None:
        """Once a day, look without being told."""
        if step.memory["phase"] != "ready":
            self.fetch(step)
            step.timer("poll", DAY)

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """A refused order is to be placed elsewhere; a fetch is tried again tomorrow, or at the next notice."""
        if pending.effect == PlaceOrder.activity and error == "Refused":
            self.refused(step, "refused")
            return True
        return pending.effect == FetchResults.activity

    def late(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """An order placed after the step had been closed is taken back."""
        if isinstance(result, OrderPlaced) and result.order is not None:
            step.ask(CancelOrder, part="late", partner=pending.body["partner"], order=result.order)

    def expired(self, step: StepDraft) -> None:
        """The phase is the outcome. What was begun in time, an order on its way or a result read, is waited for."""
        if waits_for(step, PlaceOrder, DeliverResult):
            return
        match step.memory["phase"]:
            case "choose" | "placing":
                step.finish("refused" if step.memory.get("refused") else "not_chosen", by="lab")
            case "placed":
                self.close(step)
                step.finish("not_given")
            case _:
                if any(task.step == step.run.step for task in step.state.tasks.values()):
                    # A result nobody has read must not go off every list with the deadline.
                    step.alarm(Role.HEAD_DOCTOR)
                step.finish("timed_out")

    def close(self, step: StepDraft) -> None:
        """Ask the laboratory to drop what it holds of us; it may refuse."""
        if step.memory.get("order") is not None and step.memory["phase"] in ("placed", "taken"):
            step.ask(CancelOrder, partner=step.memory["partner"], order=step.memory["order"])
