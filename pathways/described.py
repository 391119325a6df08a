"""What a model's keys are for, in the words that stand beside them; and models as JSON Schema for editors.

A key is described once, by the text under it in its model (or ``Field(description=...)``). Editors, the reference and
tests read it here, so that no second list of keys exists.
"""

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from domain.base import Text
from domain.calendar import Span
from pathways.written import WRITTEN_SPAN

Schema = dict[str, Any]
SPAN_TOLD = "A length of time: 20m, 3h, 30d, or 1h working, which counts working hours alone."


@cache
def described(model: type[BaseModel]) -> dict[str, str]:
    """What each field of a model is for; a field nobody described is left out."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base.model_fields:
            found |= _under_fields(base)
    found |= {name: field.description for name, field in model.model_fields.items() if field.description}
    return {name: _plain(text) for name, text in found.items() if name in model.model_fields}


def told(thing: Any) -> str:
    """The first paragraph of what a class or module says of itself, on one line."""
    return _plain((inspect.getdoc(thing) or "").split("\n\n")[0])


def _under_fields(model: type[BaseModel]) -> dict[str, str]:
    (body,) = (node.body for node in ast.parse(_source(model)).body if isinstance(node, ast.ClassDef))
    found = {}
    for pair in pairwise(body):
        match pair:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = text
    return found


def _source(model: type[BaseModel]) -> str:
    return textwrap.dedent(inspect.getsource(model))


def _plain(text: str) -> str:
    """A docstring's text on one line; editors show no code."""
    return " ".join(text.replace("``", "'").split())


class Writer(GenerateJsonSchema):
    """Pydantic's schema of a model, as our reader takes it: spans are texts, there is no null, each key is told."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        """A model with its keys described; spans and texts as they are written."""
        model: type[BaseModel] = schema["cls"]
        if model is Span:
            return {"type": "string", "pattern": f"^({WRITTEN_SPAN.pattern})$", "description": SPAN_TOLD}
        found = super().model_schema(schema)
        words = described(model)
        for name, field in model.model_fields.items():
            key = found.get("properties", {}).get(field.alias or name)
            if key is not None and name in words:
                key["description"] = words[name]
            if key is not None and model is Text:
                key["pattern"] = r"\S"
        found["description"] = told(model)
        return found

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No title that only repeats the key."""
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Schema:
        """There is no word for nothing: what is not there is not written."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        """A default as it would be written; none where nothing is."""
        inner = self.generate_inner(schema["schema"])
        default = schema.get("default")
        return inner if default in (None, (), {}) else {**inner, "default": _written(default)}

    def dict_schema(self, schema: core_schema.DictSchema) -> Schema:
        """A mapping: every key has the one form."""
        found = super().dict_schema(schema)
        for pattern, value in found.pop("patternProperties", {}).items():
            found |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
        return found


def _written(value: Any) -> Any:
    """A value as a clinic writes it."""
    match value:
        case Span():
            return str(value)
        case BaseModel():
            return {k: _written(v) for k, v in value if v not in (None, (), {})}
        case tuple() | list():
            return [_written(item) for item in value]
        case dict():
            return {key: _written(item) for key, item in value.items()}
        case _:
            return getattr(value, "value", value)
