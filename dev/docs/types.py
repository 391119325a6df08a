"""A model's keys as tables, with types in the words of the language."""

from collections.abc import Iterator
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from dev.docs.markdown import table
from domain.base import Text
from domain.calendar import Span
from domain.people import Role
from pathways.described import described
from pathways.fields import AnyField
from pathways.grammar import WrittenJump
from pathways.written import Ages, SpanKey, WrittenEvery, WrittenHours


def fields(model: type[BaseModel]) -> str:
    """A model's keys: type and whether they must be written."""
    told = described(model)
    lines = [
        (f"`{field.alias or name}`", f"`{type_of(field)}`", default_of(field), told[name])
        for name, field in model.model_fields.items()
    ]
    return table(("key", "value", "without it", "what it is"), lines)


def whole(model: type[BaseModel]) -> str:
    """A model's keys, and those of what stands in it."""
    found = [fields(model) + "\n"]
    for name, inner in nested(model):
        found += [f"{name}:\n", fields(inner) + "\n"]
    return "\n".join(found)


def nested(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """The models inside a model, each with where it stands."""
    for name, field in model.model_fields.items():
        key = f"`{field.alias or name}`"
        for many, inner in _models(field.rebuild_annotation()):
            yield (f"Each of {key}" if many else key), inner
            yield from nested(inner)


def _models(type_: Any, many: bool = False) -> Iterator[tuple[bool, type[BaseModel]]]:
    if type_ in WORDS or type_ in (SpanKey, Ages):
        return
    if isinstance(type_, type) and issubclass(type_, BaseModel):
        yield many, type_
    origin = get_origin(type_)
    for inside in get_args(type_)[: 1 if origin is Annotated else None]:
        yield from _models(inside, many or origin in (tuple, list, dict))


def default_of(field: FieldInfo) -> str:
    """What holds where the key is not written."""
    if field.is_required():
        return "must be written"
    default = field.get_default(call_default_factory=True)
    if default in (None, (), {}):
        return "none"
    if isinstance(default, tuple):
        return f"`[{', '.join(map(str, default))}]`"
    if isinstance(default, BaseModel) and not isinstance(default, Span):
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{getattr(default, 'value', default)}`"


def type_of(field: FieldInfo) -> str:
    """A field's type as a clinic would write a value of it."""
    return written(field.rebuild_annotation())


WORDS = {
    str: "text",
    int: "number",
    bool: "true or false",
    Span: "length of time",
    Role: "role",
    Text: "{ru, en}",
    Any: "value",
    WrittenJump: "way on",
    WrittenEvery: "7d at 10:00",
    WrittenHours: "hours like 08:00-20:00",
    date: "date like 2027-01-01",
    AwareDatetime: "moment",
    AnyField: "question",
}
NAME = "^[a-z]"
"""How the pattern of every name begins."""


def written(type_: Any) -> str:
    """A type in the words of the language."""
    origin, inside = get_origin(type_), get_args(type_)
    for known, word in WORDS.items():
        if type_ == known:
            return word
    if type_ == SpanKey:
        return WORDS[Span]
    if type_ == Ages:
        return "ages like 18+ or 3-17"
    if origin is Annotated:
        patterns = [getattr(one, "pattern", None) for one in inside[1:]]
        return "name" if any(str(pattern).startswith(NAME) for pattern in patterns) else written(inside[0])
    if origin is Literal:
        return " or ".join(str(one) for one in inside)
    if origin in (Union, UnionType):
        return " or ".join(written(one) for one in inside if one is not NoneType)
    if origin in (tuple, list):
        return f"[{written(inside[0])}, ...]"
    if origin is dict:
        return f"{{{written(inside[0])}: {written(inside[1])}, ...}}"
    if hasattr(type_, "__members__"):
        return " or ".join(one.value for one in type_)
    if isinstance(type_, type) and issubclass(type_, BaseModel):
        return f"{{{', '.join(field.alias or name for name, field in type_.model_fields.items())}}}"
    raise TypeError(f"the page has no words for {type_}")
