"""Acts on the consultation itself, and on tasks whatever their kind: the same table judges and lists them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.acts import Act, Refusal
from domain.base import Code, Json, Value
from domain.effects import load
from domain.people import STAFF, Actor, Owner, Role
from domain.state import Pending, Status, StepRun
from domain.tasks import Task
from pathways.core import changing, consulting, doctors, emergency, ending, flow, handing, pausing, who
from pathways.core.context import Context
from pathways.core.kind import NoFields, kinds


class Withdraw(Value):
    """The consent taken back, and its purpose: its row in the record is written before the act."""

    consent: str
    purpose: Code = "intervention"


STANDS = frozenset({"disclosure", "recording"})
"""Purposes without which a consultation goes on: what they permitted stops, or does not begin."""


@dataclass(frozen=True)
class Row:
    """One act: the model of its body, who may (raises ``Refusal``), and what it does.

    ``do`` gets what its table is about: the task in the tables of tasks, None in ``OWN``; and the typed body.
    """

    body: type[Value]
    guard: Callable[[Context, Actor], None]
    do: Callable[[Context, Any, Act, Any], None]


def may_cancel(c: Context, actor: Actor) -> None:
    """The patient at any time, and the roles that answer for bookings; once."""
    who.takes_part(c, actor)
    if not who.is_patient(c, actor) and not actor.is_(*who.CANCELS):
        raise Refusal("not_yours")
    if c.state.wish is not None:
        raise Refusal("already_ending")


def may_withdraw(c: Context, actor: Actor) -> None:
    """Only the patient's side takes a consent back."""
    who.takes_part(c, actor)
    if not who.is_patient(c, actor):
        raise Refusal("not_yours")


def may_flag(c: Context, actor: Actor) -> None:
    """Anyone taking part, while none is open; an ending that waits for something closes no ears."""
    who.takes_part(c, actor, Status.OPEN, Status.ENDING)
    if c.state.emergency is not None:
        raise Refusal("already_flagged")


def cancel(c: Context, _: None, act: Act, __: Any) -> None:
    """End by wish; after the meeting it means 'finish'."""
    ours = not who.is_patient(c, act.actor)
    ending.begin(c, "cancelled_by_us" if ours else "cancelled", by=act.actor.person)


def withdraw(c: Context, _: None, act: Act, body: Withdraw) -> None:
    """A consent taken back acts at once: what it permitted stops, or the consultation ends."""
    c.note("consent.withdrawn", actor=act.actor.person, consent=body.consent, purpose=body.purpose)
    c.state.withdrawn = sorted({*c.state.withdrawn, body.purpose})
    dealt_with = [stopped(c, run, body.purpose) for run in list(c.state.runs.values())]
    if not any(dealt_with) and body.purpose not in STANDS:
        ending.begin(c, "cancelled", by=act.actor.person)


def stopped(c: Context, run: StepRun, purpose: str) -> bool:
    """Whether an open step dealt with a consent taken back."""
    if run.halted or c.step(run.step).kind not in kinds() or c.state.runs.get(run.step) is not run:
        return False
    draft = c.draft(run)
    done = c.kind(run.step).withdrawn(draft, purpose)
    flow.conclude(c, draft)
    return done


def flag(c: Context, _: None, act: Act, __: Any) -> None:
    """A person says this is an emergency."""
    emergency.open_emergency(c, "flagged", None, by=act.actor.person)


OWN: dict[str, Row] = {
    "cancel": Row(NoFields, may_cancel, cancel),
    "flag_emergency": Row(NoFields, may_flag, flag),
    "withdraw": Row(Withdraw, may_withdraw, withdraw),
    "hand_over": Row(handing.Offer, handing.may_hand_over, handing.offer),
    "consult": Row(consulting.Question, consulting.may_consult, consulting.consult),
    "pause": Row(pausing.PauseBody, pausing.may_pause, pausing.pause),
    "resume": Row(NoFields, pausing.may_resume, pausing.resume),
    "skip": Row(changing.Skip, changing.may_skip, changing.skip),
    "change_deadline": Row(changing.Deadline, changing.may_change_deadline, changing.change_deadline),
    "reassign": Row(doctors.Reassign, doctors.may_reassign, doctors.reassign),
}
"""Acts without a task."""


def anyone(c: Context, actor: Actor) -> None:
    """No further condition: the task's owner may."""


def staff(c: Context, actor: Actor) -> None:
    """Only staff take tasks from one another."""
    if actor.roles.isdisjoint(STAFF):
        raise Refusal("not_yours")


def claim(c: Context, task: Task, act: Act, _: Any) -> None:
    """Take a shared task: the others see that somebody has it."""
    task.claimed_by = act.actor.person


def release(c: Context, task: Task, act: Act, _: Any) -> None:
    """Give a claimed task back; a colleague may too, so that nobody's absence locks it. A call back rings again."""
    task.claimed_by = None
    if task.name == "call_back":
        emergency.ring_again(c)


ANY_TASK: dict[str, Row] = {
    "claim": Row(NoFields, staff, claim),
    "release": Row(NoFields, staff, release),
    "assign": Row(changing.Assign, changing.may_assign, changing.assign),
}
"""Acts every shared task knows."""
OVERSEES = frozenset({"assign"})
"""Those of them that need not be the actor's own task."""


def retry(c: Context, task: Task, act: Act, _: Any) -> None:
    """Try the held effect, or the halted step, again."""
    c.close_own_task(task.id)
    if task.name == "halted":
        flow.resume_halted(c, str(task.data["step"]))
        return
    pending = c.state.pending.get(str(task.data["key"]))
    if pending is not None:
        pending.held = False


def write_off(c: Context, task: Task, act: Act, _: Any) -> None:
    """What could not be undone or settled was dealt with by hand; its place in the record says by whom."""
    c.close_own_task(task.id)
    c.state.pending.pop(str(task.data["key"]), None)
    c.note("effect.written_off", actor=act.actor.person, effect=task.data["effect"])
    if c.state.status is Status.OPEN:
        # A step left behind has no cancel: without this effect it is over.
        ending.begin(c, "cancelled_by_us", by=act.actor.person)
    ending.progress(c)


def seen(c: Context, task: Task, act: Act, _: Any) -> None:
    """A named person has seen to the alarm."""
    c.close_own_task(task.id)


OWN_TASKS: dict[str, dict[str, Row]] = {
    "call_back": {
        "acknowledge": Row(NoFields, anyone, emergency.acknowledge),
        "record": Row(emergency.Record, anyone, emergency.record),
    },
    "alarm": {"acknowledge": Row(NoFields, anyone, seen)},
    "stuck": {"retry": Row(NoFields, anyone, retry), "write_off": Row(NoFields, anyone, write_off)},
    "halted": {"retry": Row(NoFields, anyone, retry)},
    "take_over": {
        "accept": Row(NoFields, handing.may_take, handing.accept),
        "decline": Row(NoFields, anyone, handing.decline),
    },
    "new_doctor": {
        "agree": Row(NoFields, anyone, handing.agree),
        "refuse": Row(NoFields, anyone, handing.refuse),
    },
    "opinion": {
        "give": Row(consulting.Opinion, consulting.may_answer, consulting.give),
        "decline": Row(NoFields, anyone, consulting.decline),
    },
}
"""Acts on the consultation's own tasks, by the task's name."""


def hold(c: Context, key: str, pending: Pending, error: str) -> None:
    """An effect nobody could do: it waits for a person, and nothing is forgotten."""
    pending.held = True
    detail: dict[str, Json] = {"key": key, "effect": pending.effect, "error": error}
    last_resort = c.state.status is Status.ENDING or c.state.root is not None
    actions = ("retry", "write_off") if last_resort else ("retry",)
    c.own_task("stuck", Owner(role=Role.CLINIC_ADMIN), actions, **detail)
    c.note("effect.held", step=pending.step, occurrence=pending.occurrence, effect=pending.effect, error=error)


def effect_type(name: str) -> Any:
    """The effect type of an activity's name."""
    return load()[name]
