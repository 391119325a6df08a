"""A step left behind (``wait: false``): how its workflow starts, which doctor it knows, what it reports.

It holds the duties of the doctor who met the patient when it was left. When that doctor hands the consultation over,
its duties go with it where its kind lets them pass; it hears of it by a fact, one at a time, once it is started.
"""

from datetime import datetime

from domain.acts import Fact
from domain.effects.report import Report
from domain.pathway import Pathway
from domain.state import Child, ConsultationState, Start
from pathways.core import flow
from pathways.core.context import Context
from pathways.core.kind import kinds

KEPT = {
    "consultation", "clinic", "patient", "payer", "language", "zone", "pathway", "clock", "epoch",
    "doctor", "met_at", "met_by", "signed", "treated_by", "withdrawn", "address", "outputs",
}  # fmt: skip
"""What a step left behind knows of its consultation."""
SOURCE = "doctor"
"""Of the facts that tell of another doctor."""


def start(pathway: Pathway, state: ConsultationState, child: Child, now: datetime) -> Start:
    """The start input: the same core on a state whose root is that step."""
    values = state.model_dump(include=KEPT)
    for outputs in values["outputs"].values():
        # The doctor's seat is the consultation's to give back.
        outputs.pop("seat", None)
    if child.told is not None:
        values["doctor"] = child.told
        values["met_by"] = child.told if state.met_by is not None else None
    begun = ConsultationState(
        workflow=child.workflow,
        parent=state.workflow,
        root=child.step,
        inner=child.inner,
        started_at=now,
        occurrences={child.step: child.occurrence},
        **values,
    )
    step = child.inner or pathway.index[child.step]
    return Start(state=begun, compiled=pathway.only_for(step))


def pass_on(c: Context, former: str | None, doctor: str) -> None:
    """The duties of the former doctor in what was left behind are the new one's from now on."""
    for child in c.state.children.values():
        if child.outcome is None and child.doctor == former is not None and may_pass(c, child):
            child.doctor = doctor


def may_pass(c: Context, child: Child) -> bool:
    """Whether another doctor may do what it asks of one. What is internal is about a paper its doctor signed."""
    return child.inner is None and type(kinds()[c.step(child.step).kind]).passes


def tidy(c: Context) -> None:
    """Tell every started one of the doctor it does not know yet; the next news only when this one has arrived."""
    busy = {p.body["to"] for p in c.state.pending.values() if p.effect == Report.activity}
    for child in c.state.children.values():
        if child.started and child.outcome is None and child.doctor != child.told and child.workflow not in busy:
            child.told = child.doctor
            part = f"doctor.{c.state.revision}.{child.step}.{child.occurrence}"
            fact = Fact(source=SOURCE, id=f"{c.state.workflow}:{part}", step=child.step, body={"doctor": child.doctor})
            c.ask(Report, step=None, occurrence=1, part=part, to=child.workflow, fact=fact)


def reported(c: Context, fact: Fact) -> None:
    """One has ended; open steps that are ``of`` it hear of it."""
    child = c.state.children.get(str(fact.body.get("child")))
    if child is None:
        return
    outputs = dict(fact.body.get("outputs") or {})
    child.outcome = str(outputs.get("outcome"))
    if child.occurrence != c.state.occurrences.get(child.step, child.occurrence):
        # A later turn has left its own behind: what this one says is no longer the step's.
        return
    if child.inner is None:
        c.state.outputs[child.step] = outputs
    for run in list(c.state.runs.values()):
        waits = c.step(run.step).fields.get("of") == child.step and c.step(run.step).kind in kinds() and not run.halted
        if waits and c.state.runs.get(run.step) is run:
            draft = c.draft(run)
            c.kind(run.step).fact(draft, fact)
            flow.conclude(c, draft)
