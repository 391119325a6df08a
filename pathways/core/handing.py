"""A doctor hands a consultation over: offered, accepted, told to the patient, who may refuse; his silence agrees.

The first doctor answers for it until it is done. An offer lapses with the occurrence of the step it was made in, and
a protocol that was submitted meanwhile is no longer to be handed over.
"""

from typing import Any

from domain.acts import Act, Refusal
from domain.base import Code, Json, Value
from domain.calendar import Span
from domain.people import Actor, Role
from domain.state import HandOver, Status
from domain.tasks import Task
from pathways.core import doctors, who
from pathways.core.context import Context

TO_ACCEPT = Span(seconds=900)
"""How long an offer stands."""
TO_REFUSE = Span(seconds=300)
"""How long the patient is waited for."""
TASKS = frozenset({"take_over", "new_doctor"})


class Offer(Value):
    """The colleague, his pools as the record has them now, and why."""

    to: str
    pools: tuple[Code, ...] = ()
    reason: Code


def may_hand_over(c: Context, actor: Actor) -> None:
    """The assigned doctor, in a meeting that may be handed over or while its protocol is his to write; once."""
    who.treats(c, actor)
    if c.state.hand_over is not None:
        raise Refusal("already_offered")
    if place(c) is None:
        raise Refusal("hand_over_not_allowed")


def place(c: Context) -> str | None:
    """The open step that may be handed over now, None where none is."""
    meeting = who.meeting_may(c, "handover")
    if meeting:
        return meeting[0]
    if not any("handover" in who.allowed_in(c, step) for step in c.pathway.index):
        return None
    writing = [t.step for t in c.state.tasks.values() if t.step and t.owner.person == c.state.doctor]
    return next((step for step in writing if c.step(step).kind == "protocol"), None)


def offer(c: Context, _: None, act: Act, body: Offer) -> None:
    """Offer it to a colleague."""
    who.may_treat(c, body.to, body.pools, now_is=c.state.doctor)
    step = place(c) or ""
    until = TO_ACCEPT.after(c.now, None)
    c.state.hand_over = HandOver(
        giver=act.actor.person,
        taker=body.to,
        reason=body.reason,
        step=step,
        occurrence=c.state.runs[step].occurrence,
        offered_at=c.now,
        until=until,
    )
    task = c.own_task("take_over", c.person(body.to), ("accept", "decline"), care=who.care_of(c, body.to))
    task.due = until
    c.note("hand_over.offered", actor=act.actor.person, taker=body.to, reason=body.reason, step=step)
    c.tell(c.person(body.to), "hand_over_offered", urgent=True)


def may_take(c: Context, actor: Actor) -> None:
    """A doctor, as a doctor: not for himself, his own ward, or who he pays for."""
    if not actor.is_(Role.DOCTOR):
        raise Refusal("not_yours")
    if actor.patient == c.state.patient or actor.person == c.state.payer:
        raise Refusal("own_consultation")


def accept(c: Context, task: Task, act: Act, _: Any) -> None:
    """The colleague takes it: the patient is told, with what the new doctor may lawfully do, and may refuse."""
    offered = c.state.hand_over
    if offered is None:
        raise Refusal("too_late", task=task.id)
    c.close_own_task(task.id)
    offered.accepted_at, offered.until = c.now, TO_REFUSE.after(c.now, None)
    care: dict[str, Json] = {
        "care_before": who.care_of(c, offered.giver),
        "care": who.care_of(c, offered.taker),
    }
    told = c.own_task("new_doctor", c.patient, ("agree", "refuse"), doctor=offered.taker, **care)
    told.due = offered.until
    c.note("hand_over.accepted", actor=act.actor.person, giver=offered.giver, **care)
    c.tell(c.patient, "new_doctor", urgent=True)


def decline(c: Context, task: Task, act: Act, _: Any) -> None:
    """The colleague does not."""
    off(c, "declined", act.actor.person)


def agree(c: Context, task: Task, act: Act, _: Any) -> None:
    """The patient agrees."""
    done(c, act.actor.person)


def refuse(c: Context, task: Task, act: Act, _: Any) -> None:
    """The patient stays with his doctor."""
    off(c, "refused", act.actor.person)


def time_is_up(c: Context) -> None:
    """Nobody accepted: the offer lapses. The patient said nothing: he agrees."""
    if c.state.hand_over is not None and c.state.hand_over.accepted_at is not None:
        done(c, None)
    else:
        off(c, "lapsed", None)


def tidy(c: Context) -> None:
    """What was offered in a step that is over, or by who is the doctor no more, is off."""
    offered = c.state.hand_over
    if offered is None:
        return
    run = c.state.runs.get(offered.step)
    stands = c.state.status is Status.OPEN and run is not None and run.occurrence == offered.occurrence
    if not stands or offered.giver != c.state.doctor or place(c) is None:
        off(c, "lapsed", None)


def done(c: Context, by: str | None) -> None:
    """The colleague is the doctor from now on."""
    offered = take_off(c)
    if offered is None:
        return
    care = doctors.change(c, offered.taker)
    c.note("hand_over.done", actor=by, giver=offered.giver, taker=offered.taker, reason=offered.reason, **care)
    c.tell(c.person(offered.giver), "hand_over_done")
    c.tell(c.person(offered.taker), "consultation_is_yours", urgent=True)


def off(c: Context, how: str, by: str | None) -> None:
    """It does not come to it: the giver is told, and it stays his."""
    offered = take_off(c)
    if offered is None:
        return
    c.note(f"hand_over.{how}", actor=by, giver=offered.giver, taker=offered.taker)
    c.tell(c.person(offered.giver), "hand_over_off", urgent=c.state.status is Status.OPEN)


def take_off(c: Context) -> HandOver | None:
    """Take the offer and its tasks out of the state."""
    offered, c.state.hand_over = c.state.hand_over, None
    for task in [task.id for task in c.state.tasks.values() if task.name in TASKS and task.step is None]:
        c.close_own_task(task)
    return offered
