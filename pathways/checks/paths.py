"""Rules about whole paths: what is reached, met and signed; doctor, gate and address before it (rules 4, 5, 7-9)."""

from collections.abc import Iterable

from domain.people import Role
from pathways import conditions
from pathways.checks.context import Case
from pathways.checks.flow import Facts, Flow
from pathways.checks.references import OF, PROTOCOL, WAITS
from pathways.findings import declare
from pathways.guards import OPEN, Known, parse
from pathways.outline import StepOutline
from pathways.reader import Node

NEVER_RUN = declare(
    "CP321",
    "A step is never reached",
    why="Every path passes it by, so it was meant otherwise than it is written.",
    mend="Correct the jumps before it, or remove it.",
    example="then: {declined: end abandoned} everywhere, and a step that only 'go' could reach",
)
NEVER_ENDED = declare(
    "CP322",
    "An end is never reached",
    why="Somebody counted on it: its price, its offer, its alarm never come (rule 7).",
    mend="Let an outcome lead to it, or remove it.",
    example="ends: {refunded: {charge: none}}  # and no 'end refunded'",
)
UNSIGNED = declare(
    "CP331",
    "The meeting ends without a protocol and its signature",
    why="From the moment doctor and patient have met, every path passes a signed protocol or ends 'unsigned' (rule 4).",
    mend="Lead this way through the protocol and its signature, or to 'end unsigned'.",
    example="- {id: talk, kind: video, then: {in_person_needed: end in_person_needed}}",
)
NO_DOCTOR = declare(
    "CP332",
    "There may be no doctor",
    why="A meeting and a protocol have an assigned doctor on every path to them (rule 8).",
    mend="Put a queue or an appointment before it, on every path.",
    example="- {id: talk, kind: video}  # and no queue before",
)
NO_GATE = declare(
    "CP333",
    "No gate stands before the meeting",
    why="Beyond advice a doctor may only do what a proof of an in-person visit allows; nobody asked for one (rule 5).",
    mend="Put an 'eligibility' step before it, or lower 'care' to advice.",
    example="care: follow_up  # and no step of kind eligibility",
)
NO_ADDRESS = declare(
    "CP334",
    "Nobody asked where the patient is",
    why="In an emergency somebody must know where to send help and which number to call (rule 8).",
    mend="Before the meeting, on every path: an intake with 'takes: [present_address, callback_phone]'.",
    example="- {id: form, kind: intake, form: therapy, within: 1d}  # takes nothing",
)
BAD_CONDITION = declare(
    "CP401",
    "The condition is wrong",
    why="It would not be understood, or would compare what cannot be compared (rule 9).",
    mend="Correct it; texts stand in double quotes inside: 'gate.outcome == \"met\"'.",
    example="when: 'form.severity > \"3\"'",
)
MAY_BE_ABSENT = declare(
    "CP402",
    "The condition reads what may not be there",
    why="On some path the step has not ended, or ended without this output; everything would stand still (rule 9).",
    mend="Guard it: has(step.output) && ..., or ask for the step's outcome first.",
    example="when: 'size(note.orders) > 0'  # where 'note' may have timed out",
)
OF_NOTHING = declare(
    "CP403",
    "The paper may not be there",
    why="On some path the step it is 'of' ended without it, so there is nothing to sign, issue or order from.",
    mend="Let the other outcomes of that step lead elsewhere, or add a condition on its outcome.",
    example="- {id: sign, kind: signature, of: note}  # where 'note' says timed_out: next",
)

ALWAYS = frozenset({"cancelled", "cancelled_by_us", "emergency"})
"""Ends that may come at any step (rule 6)."""


def check(case: Case) -> None:
    """All rules about paths; they rest while a step could not be read, for everything would follow from that."""
    types = output_types(case)
    sound = {step.id for step in case.outline.walk() if step.envelope.when and _condition(case, step, types)}
    if not case.outline.whole or not case.outline.steps:
        return
    parts = {name: parse(case.steps[name].envelope.when or "") for name in sorted(sound)}
    flow = Flow(Known(_gives(case, types)), parts)
    flow.follow(case.outline.steps, case.outline.root)
    for step in case.outline.walk():
        if step.id not in flow.entered:
            case.report(NEVER_RUN, step.mark("id"), f"no path reaches '{step.id}'")
        _reads(case, step, flow)
        _of(case, step, flow)
        _before(case, step, flow.before.get(step.id, {}).keys())
    _ends(case, flow)


def output_types(case: Case) -> dict[str, str]:
    """Every output a condition may name, with its type: ``{"form.severity": "int", "form.outcome": "string"}``."""
    types: dict[str, str] = {}
    for step in case.outline.walk():
        types[f"{step.id}.outcome"] = "string"
        if step.envelope.kind == "repeat":
            types.update({f"{step.id}.{name}": "int" for name in ("count", "missed", "missed_in_a_row")})
        elif step.kind is not None and step.whole:
            own = type(step.kind).outputs_of(step.compiled(), dict(case.papers.forms))
            types.update({f"{step.id}.{name}": word for name, word in own.items()})
    return types


def _gives(case: Case, types: dict[str, str]) -> dict[str, frozenset[str]]:
    """With which outcomes each output is there."""
    gives = {}
    for name in types:
        step = case.steps[name.split(".")[0]]
        if name.endswith(".outcome"):
            gives[name] = frozenset({*step.outcomes, "skipped", "left_behind", "closed"})
        else:
            gives[name] = frozenset({*step.outcomes, OPEN} if step.envelope.kind == "repeat" else {step.good})
    return gives


def _condition(case: Case, step: StepOutline, types: dict[str, str]) -> bool:
    """Whether a step's condition is well-formed and well-typed."""
    text, node = step.envelope.when or "", step.mark("when")
    problems = conditions.compile_condition(text, types)
    unread = {one.id for one in case.outline.walk() if not one.whole}
    unread |= {
        one.id for one in case.of_kind("intake") if ("form", str(case.setting(one, "form"))) in case.papers.broken
    }
    if problems and any(name.split(".")[0] in unread for name in conditions.names(text)):
        return False  # What it reads could not be read itself: that was told there.
    for problem in problems:
        line, column = node.place_in(problem.line, problem.column)
        case.report(BAD_CONDITION, Node("scalar", line, column), problem.what)
    return not problems


def _reads(case: Case, step: StepOutline, flow: Flow) -> None:
    text = step.envelope.when or ""
    for start, word in sorted(flow.unsafe.get(step.id, {}).items()):
        line = text.count("\n", 0, start) + 1
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        place = step.mark("when").place_in(line, column)
        case.report(MAY_BE_ABSENT, Node("scalar", *place), f"'{word.text}' may not be there on every path")


def _of(case: Case, step: StepOutline, flow: Flow) -> None:
    of = case.setting(step, "of")
    other = case.steps.get(of) if isinstance(of, str) else None
    if not isinstance(of, str) or other is None or other.envelope.kind not in OF.get(step.envelope.kind, PROTOCOL):
        return
    may = frozenset().union(*(o.get(of, frozenset()) for o in flow.before.get(step.id, {}).values()))
    bad = sorted(may - {other.good, "left_behind"})
    if bad:
        case.report(OF_NOTHING, step.mark("of"), f"'{of}' may have ended as {', '.join(bad)}")
    elif "left_behind" in may and step.envelope.kind not in WAITS:
        case.report(OF_NOTHING, step.mark("of"), f"'{of}' was left behind and may not have ended")


def _before(case: Case, step: StepOutline, seen: Iterable[Facts]) -> None:
    """What must have happened on every path to a step."""
    kind = step.kind
    # A message to the doctor is for the one of this consultation.
    told = kind is not None and kind.name == "notify" and case.setting(step, "to") is Role.DOCTOR
    if kind is None or not (kind.needs_doctor or kind.meets or told):
        return
    ways = list(seen)
    header = case.outline.header
    if any(not way.doctor for way in ways):
        case.report(NO_DOCTOR, step.mark("id"), f"a path leads to '{step.id}' on which no doctor was assigned")
    if not kind.meets:
        return
    if header is not None and header.care.rank > 0 and any(not way.gate for way in ways):
        case.report(NO_GATE, step.mark("id"), f"a path leads to '{step.id}' past every gate, and care is {header.care}")
    if any(not way.address for way in ways):
        case.report(NO_ADDRESS, step.mark("id"), f"a path leads to '{step.id}' without present address and phone")


def _ends(case: Case, flow: Flow) -> None:
    meetings = ", ".join(f"'{s.id}'" for s in case.outline.walk() if s.kind is not None and s.kind.meets)
    for ending in flow.endings:
        owed = any(facts.met in ("owed", "noted") for facts in ending.state)
        if owed and ending.end != "unsigned":
            what = f"a path ends '{ending.end}' here after the meeting ({meetings}) without a signed protocol"
            case.report(UNSIGNED, ending.node, what)
    header = case.outline.header
    if header is None:
        return
    reached = {ending.end for ending in flow.endings} | ALWAYS
    if meetings:
        reached.add("unsigned")
    for end in header.ends:
        if end not in reached:
            case.report(NEVER_ENDED, case.outline.root.at("ends").keys[end], f"no path ends as '{end}'")
