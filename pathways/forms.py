"""Forms: what a patient fills, and the one function that computes the facts of an act from what he filled.

Answers are content: they are kept as an immutable version and never enter a workflow. What enters are the *facts*, the
few fields a form declares for the process to decide on, and the red flags. The API and the tests use ``read_answers``.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field as Setting

from domain.base import Code, Json, Value
from domain.pathway import Pathway, Pinned
from pathways.conditions import ConditionFailed, holds
from pathways.written import Both, Id, Name, Version

PHONE = re.compile(r"\+[1-9][0-9]{9,14}")
ADDRESS_PARTS = ("region", "city", "street", "house", "flat", "entrance", "note")
ADDRESS_NEEDED = ("city", "house")


class Wrong(Exception):
    """An answer that cannot be taken; a stable word and the form's limits, never the answer."""

    def __init__(self, code: str, **params: Json) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Field(Value):
    """Base of all fields: what is asked and whether it must be answered."""

    cel: ClassVar[str]
    """The type a condition reads it as; empty where no condition may (free text is never decided on)."""

    id: Id
    label: Both
    help: Both | None = None
    required: bool = False

    def read(self, value: Json) -> Json:
        """The answer as it is kept.

        Raises:
            Wrong: It cannot be taken.
        """
        raise NotImplementedError


class Option(Value):
    """One answer to choose."""

    id: Id
    label: Both


class Choice(Field):
    """One of some options."""

    cel = "string"
    type: Literal["choice"]
    options: tuple[Option, ...] = Setting(min_length=2)

    def read(self, value: Json) -> Json:
        """One option's id."""
        if value not in [option.id for option in self.options]:
            raise Wrong("not_an_option")
        return value


class Choices(Field):
    """Any number of some options; required means at least one."""

    cel = "list(string)"
    type: Literal["choices"]
    options: tuple[Option, ...] = Setting(min_length=2)

    def read(self, value: Json) -> Json:
        """Options' ids in the form's order, each once."""
        known = [option.id for option in self.options]
        if not isinstance(value, list) or any(item not in known for item in value):
            raise Wrong("not_an_option")
        if self.required and not value:
            raise Wrong("missing")
        return [item for item in known if item in value]


class Integer(Field):
    """A whole number within limits."""

    cel = "int"
    type: Literal["integer"]
    min: int
    max: int
    unit: Both | None = None

    def read(self, value: Json) -> Json:
        """The number itself."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong("wrong_type")
        return _within(value, self.min, self.max)


class Decimal(Field):
    """A number with a fraction, like a temperature."""

    cel = "double"
    type: Literal["decimal"]
    min: float
    max: float
    unit: Both | None = None

    def read(self, value: Json) -> Json:
        """The number as a float."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Wrong("wrong_type")
        return _within(float(value), self.min, self.max)


class Boolean(Field):
    """Yes or no; a required one must be answered, either way."""

    cel = "bool"
    type: Literal["boolean"]

    def read(self, value: Json) -> Json:
        """True or False."""
        if not isinstance(value, bool):
            raise Wrong("wrong_type")
        return value


class FreeText(Field):
    """The patient's own words."""

    cel = ""
    type: Literal["text"]
    longest: int = Setting(default=2000, ge=1, le=10_000)

    def read(self, value: Json) -> Json:
        """The text without blanks around it."""
        if not isinstance(value, str) or "\x00" in value:
            raise Wrong("wrong_type")
        text = value.strip()
        if len(text) > self.longest:
            raise Wrong("too_long", longest=self.longest)
        if self.required and not text:
            raise Wrong("missing")
        return text


class Day(Field):
    """A date."""

    cel = "string"
    type: Literal["date"]
    min: date | None = None
    max: date | None = None

    def read(self, value: Json) -> Json:
        """The date, ISO 8601."""
        try:
            day = date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
        except ValueError:
            raise Wrong("bad_date") from None
        if (self.min and day < self.min) or (self.max and day > self.max):
            raise Wrong("bad_date")
        return day.isoformat()


class Phone(Field):
    """A telephone number at which the patient is reached now."""

    cel = ""
    type: Literal["phone"]

    def read(self, value: Json) -> Json:
        """The number in E.164; a Russian 8 in front becomes +7."""
        if not isinstance(value, str):
            raise Wrong("wrong_type")
        digits = re.sub(r"[ ()\-]", "", value)
        if re.fullmatch(r"8[0-9]{10}", digits):
            digits = "+7" + digits[1:]
        if not PHONE.fullmatch(digits):
            raise Wrong("bad_phone")
        return digits


class Address(Field):
    """The place where the patient is right now: where an ambulance would go."""

    cel = ""
    type: Literal["address"]

    def read(self, value: Json) -> Json:
        """The parts that were given."""
        if not isinstance(value, dict) or any(not isinstance(part, str) for part in value.values()):
            raise Wrong("wrong_type")
        if any(part not in ADDRESS_PARTS or len(text) > 200 for part, text in value.items()):
            raise Wrong("bad_address")
        clean = {part: value[part].strip() for part in ADDRESS_PARTS if value.get(part, "").strip()}
        lacking = [part for part in ADDRESS_NEEDED if part not in clean]
        if lacking:
            raise Wrong("bad_address", lacking=lacking)
        return clean


AnyField = Annotated[
    Choice | Choices | Integer | Decimal | Boolean | FreeText | Day | Phone | Address, Setting(discriminator="type")
]


class Page(Value):
    """What is shown at once."""

    title: Both
    fields: tuple[AnyField, ...] = Setting(min_length=1)


class Flag(Value):
    """A red flag: when it is raised, and what the patient reads at once, beside the number to call."""

    id: Id
    when: str
    text: Both
    call: Literal["103", "112"] = "103"


class WrittenForm(Value):
    """A form as a clinic writes it: ``facts`` names the fields the process may decide on."""

    form: Name
    version: Version
    title: Both
    pages: tuple[Page, ...] = Setting(min_length=1)
    facts: tuple[Id, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def fields(self) -> dict[str, AnyField]:
        """Every field by id."""
        return {field.id: field for page in self.pages for field in page.fields}


class Form(Value):
    """A checked form, as pinned in a pathway: ``facts`` gives each fact's type in conditions."""

    form: Name
    version: Version
    title: Both
    pages: tuple[Page, ...]
    facts: dict[Id, str]
    flags: tuple[Flag, ...]

    @property
    def fields(self) -> dict[str, AnyField]:
        """Every field by id."""
        return {field.id: field for page in self.pages for field in page.fields}

    def flag(self, flag: str) -> Flag:
        """A red flag by id.

        Raises:
            KeyError: There is none.
        """
        return {one.id: one for one in self.flags}[flag]


def checked(written: WrittenForm) -> Form:
    """A written form, found sound by the checks, as it is pinned."""
    facts = {name: written.fields[name].cel for name in written.facts}
    return Form.model_validate({**written.model_dump(), "facts": facts})


class Problem(Value):
    """An answer that cannot be taken: which field, a stable word, and the form's own limits."""

    field: str
    code: Code
    params: dict[str, Json] = {}


class Answers(Value):
    """What came of reading a form: what is kept, what the process learns, what alarms, what is wrong."""

    clean: dict[str, Json]
    facts: dict[str, Json]
    flags: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_answers(form: Form, answers: Mapping[str, Json]) -> Answers:
    """Read the answers to a form: the one place where facts and flags are computed from content.

    Flags are judged on what could be read, even where other answers are wrong or missing: an alarm never waits for a
    phone number. On a form without problems a flag that cannot be judged counts as raised: better one call too many.
    """
    clean: dict[str, Json] = {}
    problems: list[Problem] = []
    fields = form.fields
    for name in answers:
        if name not in fields:
            problems.append(Problem(field=name if len(name) <= 64 else name[:64], code="unknown_field"))
    for name, field in fields.items():
        value = answers.get(name)
        if value is None or value == "":
            if field.required:
                problems.append(Problem(field=name, code="missing"))
            continue
        try:
            clean[name] = field.read(value)
        except Wrong as wrong:
            problems.append(Problem(field=name, code=wrong.code, params=wrong.params))
    flags = tuple(flag.id for flag in form.flags if _raised(flag, clean, sure=not problems))
    facts = {name: clean[name] for name in form.facts if name in clean}
    return Answers(clean=clean, facts=facts, flags=flags, problems=tuple(problems))


def form_of(pathway: Pathway, form: str) -> Form:
    """A form as pinned in a pathway.

    Raises:
        KeyError: The pathway has no such form.
    """
    return read_form(pathway.forms[form])


def read_form(pinned: Pinned) -> Form:
    """A pinned form as its typed value; the digest names the content, so it is read once."""
    if pinned.sha256 not in _READ:
        if len(_READ) >= 256:
            _READ.clear()
        _READ[pinned.sha256] = Form.model_validate(pinned.content)
    return _READ[pinned.sha256]


_READ: dict[str, Form] = {}


def _raised(flag: Flag, clean: Mapping[str, Json], *, sure: bool) -> bool:
    try:
        return holds(flag.when, clean)
    except ConditionFailed:
        return sure


def _within(value: Any, least: Any, most: Any) -> Any:
    """A number within limits, else Wrong."""
    if value < least:
        raise Wrong("too_small", least=least)
    if value > most:
        raise Wrong("too_large", most=most)
    return value
