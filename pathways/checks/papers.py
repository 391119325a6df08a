"""Rules of forms and of clinic.yaml."""

from pathways import codes, conditions
from pathways.clinic import WrittenClinic
from pathways.fields import Decimal, Integer
from pathways.findings import declare
from pathways.forms import WrittenForm
from pathways.guards import ABSENT, Known, parse
from pathways.reader import Node, Source

NO_FIELD = declare(
    "CP601",
    "A fact names no field",
    why="The process would decide on what nobody asked.",
    mend="Name a field of this form.",
    example="facts: [severety]",
)
FREE_FACT = declare(
    "CP602",
    "Free text is no fact",
    why="Facts travel through the workflow's history; what a patient writes, his phone and address never do.",
    mend="Ask with a choice, number, date or yes-no field, and name that one.",
    example="facts: [complaints]",
)
OPTIONAL_FACT = declare(
    "CP603",
    "A fact must be asked for",
    why="A condition would read an answer that may be missing, and the consultation would stand still.",
    mend="Add 'required: true' to the field.",
    example="facts: [severity]  # and the field severity is not required",
)
LIMITS = declare(
    "CP604",
    "No number fits between the limits",
    why="Nobody could answer this field.",
    mend="Write the smaller number as 'min'.",
    example="{id: pulse, type: integer, min: 200, max: 30}",
)
TAKEN_NAME = declare(
    "CP605",
    "This name is taken",
    why="Every intake gives outputs of this name itself.",
    mend="Rename the field.",
    example="facts: [outcome]",
)
BAD_FLAG = declare(
    "CP606",
    "The condition of a red flag is wrong",
    why="It would never be raised, or raised on what nobody answered.",
    mend="Correct it; texts stand in double quotes inside: 'pain == \"now\"'.",
    example="when: 'chest_pian'",
)
NO_CALENDAR = declare(
    "CP701",
    "No such calendar",
    why="Working time could not be counted.",
    mend="Declare it under 'calendars', or name one that is there.",
    example="pools: {therapists: {calendar: nights}}",
)
NEVER_OPEN = declare(
    "CP702",
    "The calendar has no working hour",
    why="A deadline in working time would never come.",
    mend="Write the hours of at least one day, like mon: [08:00-20:00].",
    example="week: {mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: []}",
)
COSTS = declare(
    "CP703",
    "The costs are above the price",
    why="A patient who did not come would pay more than one who did.",
    mend="Make 'costs' at most 'amount'.",
    example="{amount: 100000, costs: 200000}",
)

OWN_OUTPUTS = frozenset({"outcome", "flags", "content", "content_sha256"})


def check_form(source: Source, root: Node, form: WrittenForm) -> None:
    """A form's names, limits, facts and flags."""
    seen: dict[str, Node] = {}
    for page_place, page in enumerate(form.pages):
        for place, field in enumerate(page.fields):
            node = root.at("pages", page_place, "fields", place)
            _once(source, seen, field.id, node.at("id"), "field")
            if isinstance(field, Integer | Decimal) and field.min > field.max:
                source.report(LIMITS, node.at("min"), f"no number is at least {field.min} and at most {field.max}")
            options: dict[str, Node] = {}
            for number, option in enumerate(getattr(field, "options", ())):
                _once(source, options, option.id, node.at("options", number, "id"), "option")
    _facts(source, root, form)
    _flags(source, root, form)


def _facts(source: Source, root: Node, form: WrittenForm) -> None:
    seen: dict[str, Node] = {}
    fields = form.fields
    for place, name in enumerate(form.facts):
        node = root.at("facts", place)
        _once(source, seen, name, node, "fact")
        field = fields.get(name)
        if name in OWN_OUTPUTS:
            source.report(TAKEN_NAME, node, f"'{name}' is an output of every intake")
        elif field is None:
            source.report(NO_FIELD, node, f"the form has no field '{name}'")
        elif not field.cel:
            source.report(FREE_FACT, node, f"'{name}' is a field of type {field.type}")
        elif not field.required:
            source.report(OPTIONAL_FACT, node, f"the field '{name}' is not required")


def _flags(source: Source, root: Node, form: WrittenForm) -> None:
    fields = form.fields
    types = {name: field.cel for name, field in fields.items() if field.cel}
    seen: dict[str, Node] = {}
    for place, flag in enumerate(form.flags):
        node = root.at("flags", place, "when")
        _once(source, seen, flag.id, root.at("flags", place, "id"), "flag")
        problems = conditions.compile_condition(flag.when, types)
        for problem in problems:
            source.report(BAD_FLAG, Node("scalar", *node.place_in(problem.line, problem.column)), problem.what)
        if problems:
            continue
        # A form is one step whose fields are its outputs: asked for ones are there, others must be guarded.
        known = Known({name: frozenset({"given"}) for name in types})
        given = {n: frozenset({"given"} if f.required else {"given", ABSENT}) for n, f in fields.items()}
        for word in known.unsafe(parse(flag.when), given):
            what = f"'{word.text}' may be left unanswered: guard it by has({word.text})"
            source.report(BAD_FLAG, Node("scalar", *node.place_in(1, word.start + 1)), what)


def check_clinic(source: Source, root: Node, clinic: WrittenClinic) -> None:
    """A clinic's calendars and prices."""
    known = ", ".join(sorted(clinic.calendars))
    named = [(clinic.calendar, root.at("calendar"))]
    named += [(p.calendar, root.at("pools", name, "calendar")) for name, p in clinic.pools.items() if p.calendar]
    for calendar, node in named:
        if calendar not in clinic.calendars:
            source.report(NO_CALENDAR, node, f"there is no calendar '{calendar}'", f"The calendars are: {known}.")
    for name, written in clinic.calendars.items():
        if not written.ever_open:
            source.report(NEVER_OPEN, root.at("calendars").keys[name], f"the calendar '{name}' has no working hour")
    for name, service in clinic.services.items():
        if service.costs > service.amount:
            source.report(COSTS, root.at("services", name, "costs"), f"'{name}' costs more than it is sold for")


def _once(source: Source, seen: dict[str, Node], name: str, node: Node, word: str) -> None:
    first = seen.setdefault(name, node)
    if first is not node:
        source.report(codes.TWICE, node, f"a {word} '{name}' stands in line {first.line} already")
