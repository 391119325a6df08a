"""Rules of a single step: its outcomes have places, its waiting has an end, its reminders come in time."""

from domain.calendar import Span
from pathways.checks.context import Case
from pathways.findings import declare
from pathways.outline import StepOutline
from pathways.reader import Node

NO_PLACE = declare(
    "CP301",
    "An outcome leads nowhere",
    why="Only the good outcome falls to the next step; nobody may be left standing after another one (rule 1).",
    mend="Say in 'then' where it leads: next, go STEP, end NAME, or inside a repeat again or leave.",
    example="- {id: pay, kind: payment, service: visit, within: 30m, then: {declined: end abandoned}}",
)
NO_OUTCOME = declare(
    "CP302",
    "No such outcome",
    why="Each kind has a closed list of outcomes; a place for another one would never be used.",
    mend="Use the kind's outcomes; the good one stands in no 'then', it falls to the next step.",
    example="- {id: who, kind: identity, within: 1d, then: {lost: end abandoned}}",
)
NO_DEADLINE = declare(
    "CP303",
    "A wait without a deadline",
    why="People forget; a consultation that waits for ever helps nobody (rule 3).",
    mend="Add 'within' and, in 'then', where 'timed_out' leads.",
    example="- {id: form, kind: intake, form: therapy}",
)
TOO_LATE = declare(
    "CP304",
    "It would come after the deadline",
    why="A reminder or an escalation after 'within' never comes: the step is over by then (rule 3).",
    mend="Make it shorter than 'within'.",
    example="- {id: note, kind: protocol, within: 1h, escalate: {4h: head_doctor}}",
)
NOT_LEFT = declare(
    "CP305",
    "This step cannot be left behind",
    why="'wait: false' is for duties of their own life; the way goes on without what the step gives (rule 1).",
    mend="Remove 'wait: false'.",
    example="- {id: talk, kind: video, plan: 20m, within: 90m, wait: false}",
)
NO_THEN = declare(
    "CP306",
    "A step left behind leads nowhere",
    why="The way has gone on long before it ends; its outcome is never followed (rule 1).",
    mend="Remove 'then', or remove 'wait: false'.",
    example="- {id: nps, kind: survey, wait: false, within: 3d, then: {timed_out: next}}",
)
NO_MEANING = declare(
    "CP307",
    "This key means nothing here",
    why="A repeat is bounded by 'times' and an end is no wait: the key would never count.",
    mend="Remove it.",
    example="- {id: out, kind: end, as: completed, within: 1d}",
)

BEFORE_THE_DEADLINE = ("plan", "no_show", "reply", "silence")
"""Lengths of a kind's own that mean something only before ``within`` is over."""
MEANINGLESS = {
    "repeat": ("within", "escalate", "remind", "wait"),
    "parallel": ("escalate", "remind", "wait"),
    "end": ("within", "escalate", "remind", "wait", "alarm", "then"),
}


def check(case: Case) -> None:
    """All rules of single steps."""
    for step in case.outline.walk():
        if step.fields is not None and step.said:
            outcomes(case, step)
            deadline(case, step)
            telling(case, step)
            before_the_start(case, step)


def outcomes(case: Case, step: StepOutline) -> None:
    """Rule 1: every outcome but the good one has its place, and no other word has."""
    then = step.envelope.then
    if not step.envelope.wait:
        if then:
            case.report(NO_THEN, step.key("then"), f"'{step.id}' is left behind: 'then' is never followed")
        return
    known = ", ".join(step.others) or "none"
    for outcome in then:
        if outcome == step.good:
            what = f"'{outcome}' is the good outcome: it falls to the next step"
            case.report(NO_OUTCOME, step.key(outcome, "then"), what, "Remove it from 'then'.")
        elif outcome not in step.others:
            what = f"'{step.id}' ({step.envelope.kind}) never ends as '{outcome}'"
            case.report(NO_OUTCOME, step.key(outcome, "then"), what, f"Its other outcomes are: {known}.")
    lacking = [outcome for outcome in step.others if outcome not in then]
    if lacking and "then" not in MEANINGLESS.get(step.envelope.kind, ()):
        words = ", ".join(f"'{outcome}'" for outcome in lacking)
        case.report(NO_PLACE, step.mark("id"), f"'{step.id}' may end as {words}, and 'then' does not say where to")


def deadline(case: Case, step: StepOutline) -> None:
    """Rule 3: no wait without a deadline; only what can be left behind is."""
    envelope, kind = step.envelope, step.kind
    for word in MEANINGLESS.get(envelope.kind, ()):
        if word in step.node.entries:
            case.report(NO_MEANING, step.key(word), f"'{word}' means nothing on a {envelope.kind}")
    waits = envelope.kind == "parallel" or (kind is not None and kind.waits_for_people)
    if waits and envelope.within is None:
        case.report(NO_DEADLINE, step.mark("id"), f"'{step.id}' waits without a deadline")
    # A decision of the staff may be left behind, but not one whose proof of a visit the gate waits for.
    needed = kind is not None and (kind.meets or kind.stays or case.setting(step, "gives") is not None)
    if kind is not None and not envelope.wait and needed:
        case.report(NOT_LEFT, step.key("wait"), f"the way needs what '{step.id}' ({kind.name}) gives")


def telling(case: Case, step: StepOutline) -> None:
    """Rule 3: what only tells, and what belongs to a chat, comes before the deadline."""
    within = step.envelope.within
    told: list[tuple[str, Span, Node]] = [
        *((f"the escalation after {a}", Span.parse(a), step.key(a, "escalate")) for a in step.envelope.escalate),
        *((f"the reminder after {r}", r, step.mark("remind", n)) for n, r in enumerate(step.envelope.remind)),
    ]
    for name in BEFORE_THE_DEADLINE:
        span = case.setting(step, name)
        if isinstance(span, Span) and name in step.node.entries:
            told.append((f"'{name}' of {span}", span, step.mark(name)))
    for words, span, node in told:
        # Working time against plain time cannot be compared by length: it only gets longer.
        comparable = within is not None and (span.working == within.working or not within.working)
        if within is not None and comparable and span.seconds >= within.seconds:
            case.report(TOO_LATE, node, f"{words} comes after the deadline of {within}")


def before_the_start(case: Case, step: StepOutline) -> None:
    """An appointment's reminders come while its step is open: it is over ``early`` before the start."""
    early, reminders = case.setting(step, "early"), case.setting(step, "remind_before")
    if not isinstance(early, Span) or not isinstance(reminders, tuple):
        return
    for place, span in enumerate(reminders):
        if span.seconds <= early.seconds:
            node = step.mark("remind_before", place) if "remind_before" in step.node.entries else step.mark("early")
            what = f"the reminder {span} before the start never comes: the step is over {early} before it"
            case.report(TOO_LATE, node, what, "Remind earlier, or make 'early' shorter.")
