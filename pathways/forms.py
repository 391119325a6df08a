"""Forms: what a patient fills, and the one function that computes the facts of an act from what he filled.

Answers are content: they are kept as an immutable version and never enter a workflow. What enters are the *facts*, the
few fields a form declares for the process to decide on, and the red flags. The API and the tests use ``read_answers``.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field as Setting

from domain.base import Code, Json, Value
from domain.pathway import Pathway, Pinned
from pathways.conditions import ConditionFailed, holds
from pathways.fields import AnyField, Wrong
from pathways.written import Both, Id, Name, Version


class Page(Value):
    """What is shown at once."""

    title: Both
    """What stands above it."""
    fields: tuple[AnyField, ...] = Setting(min_length=1)
    """What is asked on it."""


class Flag(Value):
    """A red flag: when it is raised, and what the patient reads at once, beside the number to call."""

    id: Id
    """The flag's name."""
    when: str
    """The condition on the answers that raises it, quoted."""
    text: Both
    """What the patient reads at once."""
    call: Literal["103", "112"] = "103"
    """The number to call."""


class WrittenForm(Value):
    """A form as a clinic writes it: ``facts`` names the fields the process may decide on."""

    form: Name
    """The form's name, the same as the file's."""
    version: Version
    """Raised with every change."""
    title: Both
    """What people read above it."""
    pages: tuple[Page, ...] = Setting(min_length=1)
    """The pages, one after another."""
    facts: tuple[Id, ...] = ()
    """The required fields the process may decide on; never free text."""
    flags: tuple[Flag, ...] = ()
    """Red flags: each calls for help at once."""

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
