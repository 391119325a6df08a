"""What a pathway's file may say: its head, what every step says, and the structure kinds.

Every key is told by the text under it; editors and the reference show that.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from domain.base import Code, Value
from domain.calendar import Span
from domain.pathway import Care, End, Jump
from domain.people import Role
from pathways.written import Ages, Both, Id, Name, SpanKey, Version, WrittenEvery

JUMP = re.compile(r"(next|again|leave)|(go) ([a-z][a-z0-9_]*)|(end) ([a-z][a-z0-9_]*)")
MOST_STEPS = 200
"""More than anybody reads aloud; it also bounds what the checks have to follow."""
RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "has", "if", "import", "in", "let"}
    | {"loop", "namespace", "null", "package", "return", "size", "true", "var", "void", "while"}
)
"""Words of the condition language: a step called so could not be read."""


def _jump(value: Any) -> Any:
    found = JUMP.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a way on is written: next, go STEP, end NAME, again or leave")
    return {"to": found[1] or found[2] or found[4], "target": found[3] or found[5]}


WrittenJump = Annotated[
    Jump, BeforeValidator(_jump), WithJsonSchema({"type": "string", "pattern": f"^({JUMP.pattern})$"})
]


class WrittenPeople(Value):
    """Who takes part."""

    patient: Ages
    """The patient's age, such as ``18+`` or ``3-17``."""
    payer: Literal["patient", "representative"]
    """Who pays: the patient, or who acts for him."""
    doctor: Literal["attending", "any"]
    """``attending``: only the doctor who saw the patient in person does more than advise; ``any``: each doctor of the
    pool.
    """
    invited: tuple[Literal["relative", "interpreter", "colleague"], ...] = ()
    """Who may be invited into a video meeting beside doctor and patient."""


class WrittenEmergency(Value):
    """Who calls back on a red flag, how soon, and who after them."""

    call_back: Role
    """The role that calls the patient back on a red flag."""
    within: Span
    """How soon they answer before the next one is rung."""
    otherwise: Role = Field(alias="else")
    """The role that is rung after them, again and again until somebody answers."""


class Header(Value):
    """Everything of a pathway but its steps."""

    pathway: Name
    """The pathway's name, the same as the file's."""
    version: Version
    """Raised with every change: a published version never changes."""
    title: Both
    """What patients and doctors read."""
    speciality: Code
    """The speciality; its pools are the ones that may be named."""
    care: Care
    """The ceiling of lawful acts: advice, then follow_up, then monitoring. The gate only lowers it."""
    people: WrittenPeople
    """Who takes part."""
    emergency: WrittenEmergency
    """Who calls back on a red flag, how soon, and who after them."""
    ends: dict[Id, End] = Field(min_length=1)
    """How a consultation may end: what is paid, what is offered, who is alarmed."""


class Envelope(Value):
    """What any step may say; the other keys are its kind's own."""

    id: Id
    """The step's name, by which conditions, jumps and other steps know it."""
    kind: str
    """What the step is."""
    when: Annotated[str, StringConstraints(min_length=1)] | None = None
    """A condition on outputs of earlier steps, quoted: the step is skipped where it does not hold."""
    within: Span | None = None
    """How long the step may wait for people. Then it ends as ``timed_out``."""
    wait: bool = True
    """``false`` leaves the step behind with a life of its own; the consultation goes on at once."""
    alarm: Role | None = None
    """The role that has to see to it whenever the outcome is not the good one; the patient is told."""
    escalate: dict[SpanKey, Role] = {}
    """Who is shown the task and rung as well, and after how long from the step's opening."""
    remind: tuple[Span, ...] = ()
    """After how long those who have to act are reminded."""
    then: dict[Code, WrittenJump] = {}
    """Where each outcome but the good one leads: next, go STEP, end NAME; inside a repeat also again and leave."""


class Repeat(Value):
    """At most ``times`` turns; with ``every`` each at its time, and the last one ends it well."""

    times: int = Field(ge=1, le=100)
    """How many turns at most; with ``every`` how many there are."""
    every: WrittenEvery | None = None
    """When the turns begin: every so many whole days at an hour in the patient's zone, such as ``7d at 10:00``.
    Without it a turn begins at once when another one asks for it by ``again``."""


class Parallel(Value):
    """All branches, or the first to end."""

    join: Literal["all", "first"] = "all"
    """``all`` waits for every branch, ``first`` for one and closes the others."""


class EndStep(Value):
    """The consultation ends here."""

    name: Id = Field(alias="as")
    """The end, one of the pathway's ends."""


STRUCTURE: dict[str, tuple[type[Value], tuple[str, ...]]] = {
    "repeat": (Repeat, ("exhausted",)),
    "parallel": (Parallel, ("timed_out",)),
    "end": (EndStep, ()),
}
"""Structure kinds: their fields and the outcomes that are not ``done``."""
INSIDE = {
    "repeat": ("steps", "The steps of one turn."),
    "parallel": ("branches", "Two or more branches by name, each a list of steps."),
}
"""Which key of a structure holds the steps inside it, and what they are."""
STRUCTURE_TOLD = {
    "repeat": "Its steps are gone through again, at most 'times' times: 'again' begins the next turn, 'leave' ends it "
    "well. With 'every' each turn has its time.",
    "parallel": "Its branches run side by side; 'join: all' waits for every one, 'join: first' for one.",
    "end": "The consultation ends here, as one of the pathway's ends.",
}
