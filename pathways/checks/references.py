"""Names that must mean something: forms, consents, texts, pools, services, partners, and the step a step is ``of``."""

from collections.abc import Mapping

from pathways.checks.context import Case
from pathways.findings import declare
from pathways.outline import StepOutline
from pathways.reader import Node

NO_FORM = declare(
    "CP501",
    "No such form",
    why="The patient would be shown nothing.",
    mend="Put the form into forms/, or name one that is there.",
    example="- {id: form, kind: intake, form: therapi, within: 1d}",
)
NO_POOL = declare(
    "CP502",
    "No such pool",
    why="Nobody would ever take the patient from this line.",
    mend="Declare the pool in clinic.yaml, or name one that is there.",
    example="- {id: line, kind: queue, pool: surgeons, within: 2h}",
)
NO_SERVICE = declare(
    "CP503",
    "No such service",
    why="A payment needs the price of a service in clinic.yaml.",
    mend="Declare the service in clinic.yaml, or name one that is there.",
    example="- {id: pay, kind: payment, service: free_visit, within: 30m}",
)
NO_CONSENT = declare(
    "CP504",
    "No such consent",
    why="What a person accepts must be a versioned document of the clinic.",
    mend="Put the document into consents/, or name one that is there.",
    example="documents: [{id: contrakt}]",
)
NO_TEXT = declare(
    "CP505",
    "No such text",
    why="What people are offered or sent must be written somewhere, in both languages.",
    mend="Put the text into texts/, or name one that is there.",
    example="ends: {not_eligible: {offer: clinik_visit}}",
)
NO_PARTNER = declare(
    "CP506",
    "No such partner",
    why="An order can only go to a laboratory of clinic.yaml.",
    mend="Declare the partner in clinic.yaml, or name one that is there.",
    example="- {id: labs, kind: lab_order, of: note, partners: [nowhere], wait: false, within: 30d}",
)
NO_OF = declare(
    "CP507",
    "'of' names no earlier paper",
    why="There would be nothing to sign, issue or order from.",
    mend="Name an earlier step of the kind that gives it: a protocol, or an order for results.",
    example="- {id: sign, kind: signature, of: talk, level: qualified, within: 1d}",
)
NO_POOL_SPECIALITY = declare(
    "CP508",
    "The pool is of another speciality",
    why="Its doctors may not hold a consultation of this pathway.",
    mend="Name a pool of the pathway's speciality, or correct one of the two.",
    example="speciality: dermatology, and {kind: queue, pool: therapists}",
)

NOT_HIS = declare(
    "CP509",
    "Another person has to accept this document",
    why="The document says who accepts it; accepted by somebody else it binds nobody.",
    mend="Write 'by' as the document's 'who' says.",
    example="documents: [{id: contract, by: patient}], and consents/contract.yaml with 'who: payer'",
)

PROTOCOL = ("protocol",)
OF = {"results": ("lab_order",)}
"""Which kinds a step may be ``of``, by its own kind; a protocol where it is not listed."""
WAITS = frozenset({"results"})
"""Kinds that wait until what they are ``of`` has reported, where it was left behind."""


def check(case: Case) -> None:
    """All names of the pathway."""
    for step in case.outline.walk():
        if step.fields is not None:
            for name in type(step.fields).model_fields:
                _field(case, step, name)
    if case.outline.header is not None:
        for end, declared in case.outline.header.ends.items():
            if declared.offer is not None:
                node = case.outline.root.at("ends", end, "offer")
                _paper(case, "text", declared.offer, node, NO_TEXT)


def _field(case: Case, step: StepOutline, name: str) -> None:
    """One field by its name: one word means one thing in every kind."""
    value, node = case.setting(step, name), step.mark(name)
    if value is None:
        return
    match name:
        case "form" | "text":
            _paper(case, name, str(value), node, NO_FORM if name == "form" else NO_TEXT)
        case "documents" if isinstance(value, tuple):
            for place, document in enumerate(value):
                _paper(case, "consent", str(document.id), step.mark(name, place, "id"), NO_CONSENT)
                _accepted_by(case, str(document.id), str(document.by), step.mark(name, place))
        case "pool" if case.clinic is not None:
            _live(case, "pool", str(value), case.clinic.pools, node, NO_POOL)
            _same_speciality(case, str(value), node)
        case "service" if case.clinic is not None:
            _live(case, "service", str(value), case.clinic.services, node, NO_SERVICE)
        case "partner" if case.clinic is not None:
            _live(case, "partner", str(value), case.clinic.labs, node, NO_PARTNER)
        case "partners" if case.clinic is not None and isinstance(value, tuple):
            for place, partner in enumerate(value):
                _live(case, "partner", str(partner), case.clinic.labs, step.mark(name, place), NO_PARTNER)
        case "of":
            _of(case, step, str(value), node)


def _paper(case: Case, word: str, name: str, node: Node, code: str) -> None:
    shelf = {"form": case.papers.forms, "consent": case.papers.consents, "text": case.papers.texts}[word]
    if name not in shelf and (word, name) not in case.papers.broken:
        there = ", ".join(sorted(shelf)) or "none"
        case.report(code, node, f"there is no {word} '{name}'", f"Put it into {word}s/, or name one of: {there}.")


def _accepted_by(case: Case, name: str, by: str, node: Node) -> None:
    pinned = case.papers.consents.get(name)
    if pinned is not None and pinned.content["who"] != by:
        who = pinned.content["who"]
        case.report(NOT_HIS, node.at("by"), f"'{name}' is accepted by the {who}, not by the {by}", f"Write by: {who}.")


def _live(case: Case, word: str, name: str, there: Mapping[str, object], node: Node, code: str) -> None:
    if name not in there:
        known = ", ".join(sorted(there)) or "none"
        mend = f"Declare it in clinic.yaml, or name one of: {known}."
        case.report(code, node, f"there is no {word} '{name}'", mend)


def _same_speciality(case: Case, pool: str, node: Node) -> None:
    header = case.outline.header
    known = case.clinic.pools.get(pool) if case.clinic is not None else None
    if header is not None and known is not None and known.speciality != header.speciality:
        what = f"the doctors of '{pool}' are of {known.speciality}, the pathway is of {header.speciality}"
        case.report(NO_POOL_SPECIALITY, node, what)


def _of(case: Case, step: StepOutline, of: str, node: Node) -> None:
    wanted = OF.get(step.envelope.kind, PROTOCOL)
    order = [one.id for one in case.outline.walk()]
    other = case.steps.get(of)
    if other is None:
        case.report(NO_OF, node, f"there is no step '{of}'")
    elif other.envelope.kind not in wanted:
        case.report(NO_OF, node, f"'{of}' is of kind {other.envelope.kind}, not {' or '.join(wanted)}")
    elif order.index(of) >= order.index(step.id):
        case.report(NO_OF, node, f"'{of}' does not stand before '{step.id}'")
