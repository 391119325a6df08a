"""Ending: no new effects, wait for those in flight, decide the money once, take back in reverse order, close.

Nothing is cancelled in flight: an answer that comes late is settled first, then undone.
"""

from domain.acts import Fact
from domain.effects.notify import Tell
from domain.effects.payment import CancelHold, Capture
from domain.effects.report import Report
from domain.people import Owner, Role
from domain.state import Pending, Status
from pathways.core import flow, handing, pausing
from pathways.core.context import Context

REPORT_PART = "ended"
ALARM_PART = "end.alarm"
DUTIES = frozenset({"stuck", "alarm", "call_back"})
"""Tasks that outlive the steps: a consultation closes only when a person has seen to them."""


def begin(c: Context, end: str, by: str | None) -> None:
    """Begin to end, or, where the meeting still owes its protocol, remember the wish (rule 4)."""
    if c.state.status is not Status.OPEN:
        return
    # No pause stops an end, nor keeps anybody from the papers it waits for.
    pausing.over(c, c.now, by, told=False)
    if owes_protocol(c) and end != "unsigned":
        # The first wish decides the money; only what a named person recorded of an emergency stands above it.
        if c.state.wish is None or end == "emergency":
            c.state.wish = end
        c.note("end.wished", actor=by, end=end)
        flow.finish_meeting(c)
        return
    c.state.status = Status.ENDING
    c.state.end = end
    c.state.ended_at = c.now
    c.state.ended_by = by
    c.note("ending", actor=by, end=end)
    for step in [s for s in c.state.runs if c.state.root is not None or s == flow.ancestor(c, s)]:
        flow.close(c, step)
    for task in [t for t in c.state.tasks.values() if t.name not in DUTIES]:
        c.close_own_task(task.id)
    handing.tidy(c)
    for task in [t for t in c.state.tasks.values() if t.name == "stuck"]:
        # Whatever cannot be done after all must not keep it from closing.
        task.actions = ("retry", "write_off")
    alarm(c)
    progress(c)


def owes_protocol(c: Context) -> bool:
    """Doctor and patient have met, and the protocol is not signed yet. A child owes nothing of its own."""
    return c.state.root is None and c.state.met_at is not None and not c.state.signed


def alarm(c: Context) -> None:
    """Ring whom this end alarms, and tell the patient what he is offered."""
    end = c.pathway.ends.get(c.state.end or "") if c.state.root is None else None
    if end is None:
        return
    if end.alarm is not None:
        to = Owner(role=end.alarm)
        c.ask(Tell, step=None, occurrence=1, part=ALARM_PART, to=to, text="consultation_needs_you", urgent=True)
    if end.offer is not None:
        c.ask(Tell, step=None, occurrence=1, part="end.offer", to=Owner(patient=c.state.patient), text="offer_waits")


def unheard(c: Context, pending: Pending) -> None:
    """The end's alarm reached nobody, and no list shows it: it becomes a task, seen by who can find out why too."""
    if pending.body.get("part") == ALARM_PART and pending.step is None:
        task = c.own_task("alarm", Owner.model_validate(pending.body["to"]), ("acknowledge",), end=c.state.end)
        task.also = (Owner(role=Role.CLINIC_ADMIN),)


def progress(c: Context) -> None:
    """Go one step further towards closed, whenever nothing is in flight."""
    if c.state.status is not Status.ENDING or any(not p.held for p in c.state.pending.values()):
        return
    if not c.state.charged:
        c.state.charged = True
        charge(c)
        if any(not p.held for p in c.state.pending.values()):
            return
    # What a person must see to keeps it from closing, not the rest from being taken back; an undo keeps its order.
    if any(key.startswith("undo:") for key in c.state.pending):
        return
    if c.state.undos:
        undo = c.state.undos.pop()
        key = f"undo:{undo.step or '_'}:{undo.occurrence}:{undo.effect}"
        body = {**undo.body, "at": c.now.isoformat(), "epoch": c.state.epoch, "revision": c.state.revision}
        c.state.pending[key] = Pending(
            effect=undo.effect, body=body, step=undo.step, occurrence=undo.occurrence, since=c.now
        )
        c.note("undo.asked", step=undo.step, occurrence=undo.occurrence, effect=undo.effect)
        return
    if not c.state.pending:
        close(c)


def charge(c: Context) -> None:
    """Decide the money by the end's ``charge``: take all, the costs, or free the hold (its undo does)."""
    end = c.pathway.ends.get(c.state.end or "")
    if c.state.root is not None or end is None or end.charge in (None, "none"):
        return
    for step, outputs in c.state.outputs.items():
        hold = outputs.get("hold")
        amount = outputs.get("amount" if end.charge == "full" else "costs")
        if hold and amount:
            occurrence = c.state.occurrences[step]
            c.ask(Capture, step=step, occurrence=occurrence, hold=hold, amount=amount)
            c.state.undos = [u for u in c.state.undos if (u.effect, u.body.get("hold")) != (CancelHold.activity, hold)]


def close(c: Context) -> None:
    """Everything is settled. A child first reports to its parent, then is closed by that report's answer."""
    if c.state.parent is not None and not c.state.reported:
        c.state.reported = True
        outputs = c.state.outputs.get(c.state.root or "", {})
        occurrence = c.state.occurrences.get(c.state.root or "", 1)
        fact = Fact(
            source="child",
            id=f"{c.state.workflow}:{REPORT_PART}",
            step=c.state.root,
            occurrence=occurrence,
            body={"child": c.state.workflow, "outputs": outputs},
        )
        c.ask(Report, step=c.state.root, occurrence=occurrence, part=REPORT_PART, to=c.state.parent, fact=fact)
        return
    if c.state.tasks or c.state.emergency is not None:
        return
    c.state.status = Status.CLOSED
    c.note("closed", end=c.state.end)
