"""Who the patient is: the level on record is enough, or he proves a higher one."""

from typing import Any, ClassVar, Literal

from domain.acts import Act, Fact, Refusal
from domain.base import Text, Value
from domain.effects.identity import CheckIdentity, IdentityFound, IdentityProved, ProveIdentity
from domain.people import IdentityLevel
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, action
from pathways.kinds._common import Id, count, in_flight, is_late, waits_for

TRIES = 3
"""Refused proofs after which the step ends ``failed``."""

RANKS = list(IdentityLevel)


class Fields(Value):
    """``level`` that the pathway needs."""

    level: IdentityLevel = IdentityLevel.CONFIRMED
    """How sure we must be: ``declared`` by phone and code, ``confirmed`` by ЕСИА or passport."""


class Prove(Value):
    """A finished session at the provider; it is asked about there, never believed."""

    method: Literal["esia", "registrar"]
    session: Id


class Identity(Kind):
    """Nobody is bothered whose level on record is enough already."""

    name: ClassVar[str] = "identity"
    fields: ClassVar[type[Value]] = Fields
    others: ClassVar[tuple[str, ...]] = ("failed", "timed_out")
    outputs: ClassVar[dict[str, str]] = {"level": "string"}
    stays: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Подтверждение личности", en="Identity check")
    task_titles: ClassVar[dict[str, Text]] = {"prove": Text(ru="подтвердить личность", en="prove who you are")}

    def open(self, step: StepDraft) -> None:
        """Read the level on record first."""
        step.ask(CheckIdentity, patient=step.state.patient)

    @action(Prove)
    def prove(self, step: StepDraft, task: Task, act: Act, body: Prove) -> None:
        """Have the provider asked what this session proves."""
        if in_flight(step, ProveIdentity):
            raise Refusal("busy")
        step.ask(
            ProveIdentity,
            part=str(count(step, "proofs")),
            patient=step.state.patient,
            person=act.actor.person,
            method=body.method,
            session=body.session,
        )

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """Enough: done. Refused: the task stays, with the reason, until the last try."""
        if isinstance(result, IdentityFound):
            if not self.enough(step, result.level):
                self.prompt(step)
        elif isinstance(result, IdentityProved) and not self.enough(step, result.level):
            if count(step, "refused") >= TRIES:
                step.finish("failed")
            else:
                self.prompt(step, refused=result.refused or "level_too_low")

    def enough(self, step: StepDraft, level: IdentityLevel) -> bool:
        """Finish when the level is high enough."""
        if RANKS.index(level) < RANKS.index(step.fields.level):
            return False
        step.finish("done", level=level.value)
        return True

    def prompt(self, step: StepDraft, **data: Any) -> None:
        """Open the patient's task, or end when the deadline was over while a proof was in flight."""
        if is_late(step):
            step.finish("timed_out")
        else:
            step.task("prove", step.patient, ("prove",), level=step.fields.level.value, **data)

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """A silent provider is not the patient's failure: he may try again, by another way too."""
        if pending.effect != ProveIdentity.activity:
            return False
        self.prompt(step, refused="provider_silent")
        return True

    def fact(self, step: StepDraft, fact: Fact) -> None:
        """Something changed at the provider or in the record (a registrar saw the passport): look again."""
        if not in_flight(step, CheckIdentity, ProveIdentity):
            step.ask(CheckIdentity, part=str(count(step, "checks")), patient=step.state.patient)

    def expired(self, step: StepDraft) -> None:
        """A proof begun in time is waited for."""
        if not waits_for(step, ProveIdentity):
            step.finish("timed_out")
