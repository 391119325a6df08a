"""The waiting line: a patient stands in a pool's line until a doctor of the pool takes him."""

from typing import Any, ClassVar

from domain.acts import Act, Fact, Refusal
from domain.base import Code, Text, Value
from domain.calendar import Span
from domain.effects.queue import FreeSeat, InLine, JoinLine, LeaveLine
from domain.law.care import best_care
from domain.people import Actor, Owner, Role
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import Id, count, late_part, let_doctor_go, today

AGAIN = Span(seconds=60)
"""How soon to try again to stand in a line that did not answer."""


class Fields(Value):
    """The pool, live by name."""

    pool: Code
    """The pool of doctors, one of the clinic's."""


class Accept(Value):
    """The seat the facade took for this doctor before the act (seat first, act second)."""

    seat: Id


def doctor_of_the_pool(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: a doctor of the pool as it is now, and not one who asks as, or for, or pays for, this patient.

    A supervisor rung by an escalation sees the line and may not take the patient.
    """
    if not actor.is_(Role.DOCTOR) or step.fields.pool not in actor.pools:
        raise Refusal("not_of_the_pool", pool=step.fields.pool)
    if actor.patient == step.state.patient or actor.person == step.state.payer:
        raise Refusal("own_consultation")


class Queue(Kind):
    """The first accept wins; whoever comes later finds the task gone (``too_late``), which reads 'taken'.

    Facts from the line: ``near`` (the turn comes soon), ``closed`` (the pool takes nobody any more).
    The seat stands in the outputs until the meeting is over; the undo frees it on every other way.
    """

    name: ClassVar[str] = "queue"
    fields: ClassVar[type[Value]] = Fields
    good: ClassVar[str] = "accepted"
    others: ClassVar[tuple[str, ...]] = ("closed", "left", "timed_out")
    outputs: ClassVar[dict[str, str]] = {"waited": "int", "care": "string"}
    assigns: ClassVar[bool] = True
    stays: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Очередь к врачу", en="Waiting for a doctor")
    task_titles: ClassVar[dict[str, Text]] = {
        "accept": Text(ru="принять пациента", en="accept the patient"),
        "wait": Text(ru="ждать вызова", en="wait for the call"),
    }

    def open(self, step: StepDraft) -> None:
        """Stand in line: at its head when this is another turn. The doctor of a turn that failed is let go.

        A pool that is closed now takes nobody; who stands in line when it closes is still taken.
        """
        let_doctor_go(step)
        if step.calendar is not None and not step.calendar.is_open(step.now):
            step.finish("closed", waited=0)
            return
        self.join(step)
        pool = step.fields.pool
        step.task("accept", Owner(pool=pool), ("accept",), pool=pool)
        step.task("wait", step.patient, ("leave",), pool=pool)

    def join(self, step: StepDraft, part: str = "") -> None:
        """Ask for the place."""
        step.ask(JoinLine, part=part, pool=step.fields.pool, first=step.run.occurrence > 1)

    @action(Accept, guard=doctor_of_the_pool)
    def accept(self, step: StepDraft, task: Task, act: Act, body: Accept) -> None:
        """This doctor takes the patient; what he may lawfully do for him is computed and kept."""
        doctor = act.actor.person
        step.state.doctor = doctor
        step.undo(FreeSeat, part=body.seat, doctor=doctor, seat=body.seat)
        care = best_care(step.pathway, step.state, doctor, today(step))
        self.leave_line(step)
        waited = int((step.now - step.run.opened_at).total_seconds())
        estimate = {k: step.memory[k] for k in ("low", "high") if k in step.memory}
        step.finish("accepted", doctor=doctor, seat=body.seat, care=care.value, waited=waited, **estimate)

    @action(NoFields)
    def leave(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """The patient does not wait any longer."""
        self.over(step, "left")

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """Keep the predicted wait, so that its error can be published."""
        if isinstance(result, InLine):
            step.memory.update(low=result.low, high=result.high)

    def late(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """Whoever stood in line after he had left it must not be called."""
        if isinstance(result, InLine):
            step.ask(LeaveLine, part=late_part(pending), pool=pending.body["pool"])

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """The line is silent: doctors still see the task in their lists; stand in it again a minute later."""
        if pending.effect != JoinLine.activity:
            return False
        step.timer("join", AGAIN)
        return True

    def timer(self, step: StepDraft, name: str) -> None:
        """Try again to stand in line."""
        self.join(step, part=str(count(step, "joins")))

    def fact(self, step: StepDraft, fact: Fact) -> None:
        """What the line reports."""
        match fact.body.get("event"):
            case "near":
                step.tell(step.patient, "turn_is_near")
            case "closed":
                self.over(step, "closed")

    def expired(self, step: StepDraft) -> None:
        """Nobody came in time."""
        self.over(step, "timed_out")

    def close(self, step: StepDraft) -> None:
        """Leave the line on every way out."""
        self.leave_line(step)

    def over(self, step: StepDraft, outcome: str) -> None:
        """End without a doctor."""
        self.leave_line(step)
        waited = int((step.now - step.run.opened_at).total_seconds())
        step.finish(outcome, waited=waited)

    def leave_line(self, step: StepDraft) -> None:
        """Ask to be taken out of the line."""
        step.ask(LeaveLine, pool=step.fields.pool)
