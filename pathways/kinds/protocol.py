"""The protocol: the doctor who met the patient writes it, the law judges it, and it becomes the paper to sign."""

from collections.abc import Iterator
from typing import Any, ClassVar

from domain.acts import Act
from domain.base import Text, Value
from domain.effects.protocol import RenderDocument, Rendered
from domain.law.care import care_for
from domain.law.guards import acts_are_lawful
from domain.law.rows import LawAct
from domain.protocol import ProtocolFacts
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, action
from pathways.kinds._common import (
    Id,
    Sha256,
    count,
    is_late,
    meeting_doctor,
    only_meeting_doctor,
    papers_owner,
    today,
    waits_for,
)

Facts = ProtocolFacts
"""What an act of this kind decides on, under the kind's own name."""


def all_acts(facts: ProtocolFacts) -> Iterator[LawAct]:
    """The acts named, and those the rest of the facts imply: leaving one out permits nothing."""
    yield from facts.acts
    implied = {
        LawAct.DIAGNOSE: facts.diagnosis is not None,
        LawAct.PRESCRIBE: facts.prescriptions > 0,
        LawAct.ORDER_TESTS: facts.orders > 0,
        LawAct.REFER: facts.referrals > 0,
    }
    yield from (act for act, there in implied.items() if there)


class Submit(Value):
    """The finished content version; ``domain.protocol.protocol_facts`` computed the facts from it."""

    content: Id
    sha256: Sha256
    facts: ProtocolFacts


class Protocol(Kind):
    """Refused with ``law`` and the article where the facts go beyond min(``care``, this doctor's own proof).

    Lists among the outputs hold item numbers as strings, for ``size(note.prescriptions) > 0``.
    """

    name: ClassVar[str] = "protocol"
    others: ClassVar[tuple[str, ...]] = ("timed_out",)
    outputs: ClassVar[dict[str, str]] = {
        "prescriptions": "list(string)",
        "orders": "list(string)",
        "referrals": "list(string)",
        "diagnosis": "string",
        "care": "string",
    }
    needs_doctor: ClassVar[bool] = True
    stays: ClassVar[bool] = True
    title: ClassVar[Text] = Text(ru="Протокол консультации", en="Protocol")
    task_titles: ClassVar[dict[str, Text]] = {"write": Text(ru="написать протокол", en="write the protocol")}

    def open(self, step: StepDraft) -> None:
        """Put it on the list of the doctor who met the patient."""
        self.prompt(step)

    def prompt(self, step: StepDraft, **data: Any) -> None:
        """Open the doctor's task."""
        step.task("write", papers_owner(step), ("submit",), form="protocol", **data)

    @action(Submit, guard=only_meeting_doctor)
    def submit(self, step: StepDraft, task: Task, act: Act, body: Submit) -> None:
        """Judge the facts by the law of today, then make the paper."""
        doctor, day = act.actor.person, today(step)
        care = care_for(step.pathway, step.state, doctor, body.facts.diagnosis, day)
        rows = acts_are_lawful(all_acts(body.facts), care, day)
        rules = [row.id for row in rows]
        step.note("law.checked", actor=doctor, care=care.value, rules=rules)
        step.memory.update(
            content=body.content,
            content_sha256=body.sha256,
            diagnosis=body.facts.diagnosis or "",
            care=care.value,
            rules=rules,
            **{name: items(getattr(body.facts, name)) for name in ("prescriptions", "orders", "referrals")},
        )
        step.ask(
            RenderDocument,
            part=str(count(step, "versions")),
            paper="protocol",
            content=body.content,
            sha256=body.sha256,
            patient=step.state.patient,
            doctor=doctor,
        )
        step.close_task("write")

    def settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """The paper is there."""
        if isinstance(result, Rendered):
            kept = {k: v for k, v in step.memory.items() if k not in ("versions", "late")}
            step.finish("done", document=result.document, sha256=result.sha256, doctor=meeting_doctor(step), **kept)

    def gave_up(self, step: StepDraft, pending: Pending, error: str) -> bool:
        """Content that is not what the act named, or cannot become a paper, goes back to the doctor."""
        if error != "Refused":
            return False
        if is_late(step):
            step.finish("timed_out")
        else:
            self.prompt(step, refused="not_rendered")
        return True

    def expired(self, step: StepDraft) -> None:
        """A protocol submitted in time is waited for."""
        if not waits_for(step, RenderDocument):
            step.finish("timed_out")


def items(number: int) -> list[str]:
    """Item numbers from 0, as the outputs hold them."""
    return [str(n) for n in range(number)]
