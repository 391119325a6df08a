"""The consultation has another doctor: his duties, his seat, and what he may lawfully do, taken again."""

from domain.acts import Act, Fact, Refusal
from domain.base import Code, Json, Value
from domain.people import Actor
from domain.state import Status
from pathways.core import behind, flow, seats, who
from pathways.core.context import Context
from pathways.core.kind import kinds


class Reassign(Value):
    """The other doctor, his pools as the record has them now, and why."""

    doctor: str
    pools: tuple[Code, ...] = ()
    reason: Code


def may_reassign(c: Context, actor: Actor) -> None:
    """Before a meeting: from then on only the doctor himself hands the duty over. In a step left behind at any time.

    There nobody hands anything over, and a doctor who is gone for good must not keep a result from the patient.
    """
    if not actor.is_(*who.ADMINISTERS):
        raise Refusal("not_yours")
    if c.state.status is not Status.OPEN:
        raise Refusal("closed")
    if c.state.doctor is None:
        raise Refusal("no_doctor")
    if not replaceable(c):
        raise Refusal("met")


def replaceable(c: Context) -> bool:
    """Whether the doctor may be another without his wish."""
    if c.state.root is not None:
        return c.state.inner is None and type(c.kind(c.state.root)).passes
    if c.state.met_at is None:
        return True
    # Of turns: the meeting before is signed for, and another doctor, or another time, is agreed for the next.
    return c.state.signed and (c.state.doctor != c.state.met_by or who.is_expected(c))


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

    The papers go with the duty: who met the patient is from now on the one who goes on with him. What is signed stays
    its signer's; what was left behind goes with the duty too.
    """
    former, came_by = c.state.doctor, who.came_by(c)
    care = {"care_before": None if former is None else who.care_of(c, former), "care": who.care_of(c, doctor)}
    seats.free(c.state, c.now)
    c.state.doctor = doctor
    if c.state.met_by is not None and (c.state.root is not None or not c.state.signed):
        c.state.release_doctor()
        c.state.met_by = doctor
    behind.pass_on(c, former, doctor)
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


def told(c: Context, fact: Fact) -> None:
    """A step left behind hears that another doctor answers for the consultation."""
    former, doctor = c.state.doctor, str(fact.body["doctor"])
    if c.state.root is None or c.state.status is not Status.OPEN or doctor == former:
        return
    care = change(c, doctor)
    c.note("doctor.changed", former=former, doctor=doctor, **care)
    if any(task.owner.person == doctor for task in c.state.tasks.values()):
        c.tell(c.person(doctor), "task_waits")
