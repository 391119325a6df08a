"""Answers to a form that raise no red flag: what a story need not write."""

from collections.abc import Callable, Iterator
from typing import Any

from domain.base import Json
from pathways import fields
from pathways.forms import Form, read_answers

QUIET = ("none", "no", "never", "normal")
"""Options that say nothing is wrong, where a form has them."""
TRIES = 12
"""How many values of one field are tried: a form is small."""


def _options(field: Any) -> list[str]:
    ids = [option.id for option in field.options]
    return [*(id_ for id_ in ids if id_ in QUIET), *(id_ for id_ in ids if id_ not in QUIET)]


def _numbers(field: Any) -> list[Json]:
    span = field.max - field.min
    # Below the middle of what a form allows is most often normal: 118/74 of 40-300/20-200, 3 of 0-10.
    return [field.min + span * 3 // 10, *(field.min + span * n // 10 for n in range(11))]


def _decimals(field: Any) -> list[Json]:
    return [round(float(number), 1) for number in (field.min + (field.max - field.min) * n / 10 for n in range(11))]


CANDIDATES: dict[type[fields.Field], Callable[[Any], list[Json]]] = {
    fields.Choice: lambda field: list(_options(field)),
    fields.Choices: lambda field: [[option] for option in _options(field)],
    fields.Integer: _numbers,
    fields.Decimal: _decimals,
    fields.Boolean: lambda field: [True, False],
    fields.FreeText: lambda field: ["—"],
    fields.Day: lambda field: [(field.max or field.min).isoformat() if field.max or field.min else "2000-01-01"],
    fields.Phone: lambda field: ["+79990000000"],
    fields.Address: lambda field: [{"city": "Москва", "house": "1"}],
}
"""Answers to try, by the type of the field, the most harmless first."""


def harmless(form: Form, given: dict[str, Json]) -> dict[str, Json]:
    """What is given, with every required field answered that is not; the answers added raise no flag if they can.

    What is given stays as it is, so a flag it raises by itself is raised.
    """
    missing = [field for field in form.fields.values() if field.required and field.id not in given]
    answers = {**{field.id: CANDIDATES[type(field)](field)[0] for field in missing}, **given}
    for field in missing:
        if not read_answers(form, answers).flags:
            break
        answers[field.id] = min(_tries(field), key=lambda value: _alarm(form, {**answers, field.id: value}))
    return {name: answers[name] for name in (*form.fields, *given) if name in answers}


def _tries(field: fields.Field) -> Iterator[Json]:
    yield from CANDIDATES[type(field)](field)[:TRIES]


def _alarm(form: Form, answers: dict[str, Json]) -> int:
    return len(read_answers(form, answers).flags)
