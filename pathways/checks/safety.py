"""Rules of law and safety that need no path: ends that may come any time, what care allows, signatures, addresses."""

from domain.acts import Refusal
from domain.law.guards import act_is_lawful, signature_demanded
from domain.law.rows import LawAct, Level, Paper
from pathways.checks.context import Case
from pathways.findings import declare
from pathways.forms import read_form
from pathways.outline import StepOutline

MUST_END = declare(
    "CP341",
    "An end that may come at any time is not declared",
    why="Anybody may cancel, an emergency may come, a doctor may never sign: each has its price (rules 4, 6).",
    mend="Declare it under 'ends'.",
    example="ends: {completed: {charge: full}}  # without cancelled, cancelled_by_us, emergency",
)
COMPLETED = declare(
    "CP342",
    "'completed' is not declared",
    why="Falling off the last step is the end 'completed' (rule 1).",
    mend="Declare 'completed' under 'ends'.",
    example="ends: {done: {charge: full}}",
)
NO_CHARGE = declare(
    "CP343",
    "The end does not say what is charged",
    why="Money is decided once, by the end; where a payment stands every end must decide (rule 7).",
    mend="Add charge: full, costs or none.",
    example="ends: {no_show: {offer: rebook}}  # and a payment step",
)
CHARGE = declare(
    "CP344",
    "There is nothing to charge",
    why="No payment stands in this pathway, so 'charge' would decide about nothing (rule 7).",
    mend="Remove 'charge', or add a payment step.",
    example="ends: {completed: {charge: full}}  # and no payment step",
)
ABOVE_CARE = declare(
    "CP351",
    "The law does not allow this at this level of care",
    why="'care' is the ceiling of what may lawfully be done at a distance (rule 5).",
    mend="Remove the step, or raise 'care' and put a gate before the meeting.",
    example="care: advice  # and a step of kind prescription",
)
WEAK_SIGNATURE = declare(
    "CP352",
    "The signature is weaker than the law demands",
    why="A paper signed so would not be valid, and the registry would not take it (rule 8).",
    mend="Write the level named.",
    example="- {id: rx, kind: prescription, of: note, level: simple, within: 1d}",
)
NO_INTAKE = declare(
    "CP353",
    "No intake takes present address and callback phone",
    why="In an emergency somebody must know where to send help and which number to call (rule 8).",
    mend="Add an intake with 'takes: [present_address, callback_phone]'.",
    example="a pathway without any step of kind intake",
)
FIRST_PAGE = declare(
    "CP354",
    "The first page does not ask for address and phone",
    why="A red flag may be raised on the first page already; then the address must be known (rule 8).",
    mend="Put required fields 'present_address' (address) and 'callback_phone' (phone) on the form's first page.",
    example="takes: [present_address, callback_phone], and a form that asks for them on page two",
)
NOT_RECORDED = declare(
    "CP355",
    "Nobody consents to the recording",
    why="A recording is personal data of its own: without a document about it nobody could agree or take it back "
    "(rule 8).",
    mend="Before the meeting ask for a consent whose document has 'purpose: recording', or remove 'record' from 'may'.",
    example="- {id: talk, kind: video, may: [record]}  # and no consent with 'purpose: recording' before it",
)

ACTS = {
    "prescription": LawAct.PRESCRIBE,
    "lab_order": LawAct.ORDER_TESTS,
    "referral": LawAct.REFER,
    "video": LawAct.CONSULT,
    "chat": LawAct.CONSULT,
}
"""What a doctor does by a kind, in the law's own words."""
PAPERS = {"signature": Paper.PROTOCOL, "prescription": Paper.PRESCRIPTION}
TAKEN = {"present_address": "address", "callback_phone": "phone"}


def check(case: Case) -> None:
    """All of them."""
    _ends(case)
    for step in case.outline.walk():
        if step.fields is not None:
            _care(case, step)
            _signature(case, step)
            _first_page(case, step)
            _recording(case, step)
    taking = [step for step in case.of_kind("intake") if set(TAKEN) <= set(getattr(step.fields, "takes", ()))]
    if case.outline.whole and case.outline.steps and not taking:
        case.report(NO_INTAKE, case.outline.root, "no intake takes present address and callback phone")


def _ends(case: Case) -> None:
    header, root = case.outline.header, case.outline.root
    if header is None:
        return
    meets = any(step.kind is not None and step.kind.meets for step in case.outline.walk())
    ends = root.at("ends")
    for end in ("cancelled", "cancelled_by_us", "emergency", *(("unsigned",) if meets else ())):
        if end not in header.ends:
            case.report(MUST_END, root.keys["ends"], f"the end '{end}' is not declared")
    last = case.outline.steps[-1] if case.outline.steps else None
    falls = last is not None and (last.envelope.kind != "end" or last.envelope.when is not None)
    if falls and "completed" not in header.ends:
        case.report(COMPLETED, root.keys["ends"], "the last step falls to 'completed', which is not declared")
    pays = bool(case.of_kind("payment"))
    for name, end in header.ends.items():
        if pays and end.charge is None:
            case.report(NO_CHARGE, ends.keys[name], f"the end '{name}' does not say what is charged")
        elif end.charge is not None and not pays and case.outline.whole and case.outline.steps:
            case.report(CHARGE, ends.at(name).keys["charge"], f"the end '{name}' charges where nothing is paid")


def _care(case: Case, step: StepOutline) -> None:
    act, header = ACTS.get(step.envelope.kind), case.outline.header
    if act is None or header is None:
        return
    try:
        act_is_lawful(act, header.care, case.on)
    except Refusal as refusal:
        article = refusal.params.get("article") or "no rule in force allows it"
        what = f"'{step.id}' ({step.envelope.kind}) is not lawful where care is {header.care}: {article}"
        case.report(ABOVE_CARE, step.mark("id"), what)


def _signature(case: Case, step: StepOutline) -> None:
    paper, level = PAPERS.get(step.envelope.kind), case.setting(step, "level")
    if paper is None or not isinstance(level, Level):
        return
    row = signature_demanded(paper, case.on)
    if row is not None and row.signature is not None and level.rank < row.signature.rank:
        what = f"a {paper} is signed at level {row.signature}, not {level}: {row.article}"
        case.report(WEAK_SIGNATURE, step.mark("level"), what, f"Write level: {row.signature}.")


def _first_page(case: Case, step: StepOutline) -> None:
    pinned = case.papers.forms.get(str(case.setting(step, "form")))
    takes = case.setting(step, "takes")
    if pinned is None or not isinstance(takes, tuple):
        return
    first = {field.id: field for field in read_form(pinned).pages[0].fields}
    for place, name in enumerate(takes):
        asked = first.get(name)
        if asked is None or asked.type != TAKEN.get(name) or not asked.required:
            what = f"the first page of form '{pinned.id}' does not ask for '{name}'"
            case.report(FIRST_PAGE, step.mark("takes", place), what)


def _recording(case: Case, step: StepOutline) -> None:
    """Where a meeting may be recorded, a document about that was asked for before; who declines it is not recorded."""
    may = case.setting(step, "may")
    if not isinstance(may, tuple) or "record" not in may:
        return
    order = [one.id for one in case.outline.walk()]
    for consent in case.of_kind("consent"):
        if consent.fields is None or order.index(consent.id) > order.index(step.id):
            continue
        for document in getattr(consent.fields, "documents", ()):
            pinned = case.papers.consents.get(document.id)
            if pinned is None or pinned.content["purpose"] == "recording":
                return  # Of one that is broken or missing nothing is known; that is told where it is named.
    if case.outline.whole:
        what = f"'{step.id}' may be recorded, and no consent before it is about recording"
        case.report(NOT_RECORDED, step.mark("may", may.index("record")), what)
