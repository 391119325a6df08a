"""The consultation has another doctor: his duties, his seat, and what he may lawfully do, taken again."""

from domain.acts import Act, Refusal
from domain.base import Code, Json, Value
from domain.people import Actor
from pathways.core import flow, seats, who
from pathways.core.context import Context
from pathways.core.kind import kinds


class Reassign(Value):
    """The other doctor, his pools as the record has them now, and why."""

    doctor: str
    pools: tuple[Code, ...] = ()
    reason: Code


def may_reassign(c: Context, actor: Actor) -> None:
    """Before the meeting: from then on only the doctor himself hands the duty over."""
    who.administers(c, actor)
    if c.state.doctor is None:
        raise Refusal("no_doctor")
    if c.state.met_at is not None and not (c.state.signed and c.state.doctor != c.state.met_by):
        raise Refusal("met")


def reassign(c: Context, _: None, act: Act, body: Reassign) -> None:
    """Another doctor takes the place of the one assigned; both and the patient are told."""
    who.may_treat(c, body.doctor, body.pools, now_is=c.state.doctor)
    former = c.state.doctor
    details = change(c, body.doctor)
    c.note("reassigned", actor=act.actor.person, reason=body.reason, former=former, doctor=body.doctor, **details)
    if former is not None:
        c.tell(c.person(former), "consultation_taken_over")
    c.tell(c.person(body.doctor), "consultation_is_yours")
    c.tell(c.patient, "another_doctor")


def change(c: Context, doctor: str) -> dict[str, Json]:
    """Make this doctor the doctor. Returns what he, and the former one, may lawfully do.

    The papers go with the duty: who met the patient is from now on the one who goes on with him.
    """
    former, came_by = c.state.doctor, who.came_by(c)
    care = {"care_before": None if former is None else who.care_of(c, former), "care": who.care_of(c, doctor)}
    seats.free(c.state, c.now)
    c.state.doctor = doctor
    if c.state.met_by is not None and not c.state.signed:
        c.state.met_by = doctor
    if came_by is not None:
        outputs = c.state.outputs[came_by]
        outputs["doctor"] = doctor
        if "care" in outputs:
            outputs["care"] = care["care"]
    for task in c.state.tasks.values():
        task.also = tuple(c.person(doctor) if owner.person == former is not None else owner for owner in task.also)
    for run in list(c.state.runs.values()):
        if run.halted or c.step(run.step).kind not in kinds() or c.state.runs.get(run.step) is not run:
            continue
        handle = c.draft(run)
        handle.former = former
        c.kind(run.step).doctor_changed(handle)
        flow.conclude(c, handle)
    return care
