"""The strict stage: a node becomes a typed value, or findings that stand where the error stands."""

import difflib
import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pathways import codes
from pathways.reader import Node, Source

Model = TypeVar("Model", bound=BaseModel)

BY_TYPE = {
    "extra_forbidden": codes.UNKNOWN_KEY,
    "missing": codes.MISSING_KEY,
    "literal_error": codes.NOT_ONE_OF,
    "enum": codes.NOT_ONE_OF,
    "union_tag_invalid": codes.NOT_ONE_OF,
    "union_tag_not_found": codes.MISSING_KEY,
}
WRONG_TYPE = ("_type", "_parsing", "_from_float")


def validate(source: Source, node: Node, model: type[Model], *, extra_words: tuple[str, ...] = ()) -> Model | None:
    """A node as a value of a model; None where findings say why not.

    ``extra_words`` are keys that were taken out before, for the hint at a mistyped one.
    """
    before = len(source.findings)
    text = json.dumps(node.plain(), ensure_ascii=False)
    try:
        value = model.model_validate_json(text, strict=True, context={"written": True})
    except ValidationError as error:
        seen: set[tuple[int, int]] = set()
        for one in error.errors(include_url=False, include_input=False):
            report(source, node, model, one, seen, extra_words)
        if len(source.findings) == before and not _holds_bad(node):
            raise  # An error without a place would pass unseen.
        return None
    return None if _holds_bad(node) else value


def report(
    source: Source, root: Node, model: type[BaseModel], error: Any, seen: set[tuple[int, int]], extra: tuple[str, ...]
) -> None:
    """One error of pydantic as a finding at its node; the further tries of a union at one place are left out."""
    path = tuple(word for word in error["loc"])
    key = str(path[-1]) if path else ""
    kind = error["type"]
    node = _follow(root, path)
    if kind == "extra_forbidden":
        node = _follow(root, path[:-1]).keys.get(key, node)
    elif path and key == "[key]":
        node = _follow(root, path[:-2]).keys.get(str(path[-2]), node)
    place = (node.line, node.column) if kind != "missing" else (node.line, -hash(key) - 1)
    if place in seen:
        return
    seen.add(place)
    code = BY_TYPE.get(kind)
    what = error["msg"].removeprefix("Value error, ")
    what = what[:1].lower() + what[1:]
    mend = None
    if kind == "extra_forbidden":
        what = f"'{key}' is not a key here"
        near = difflib.get_close_matches(key, [*_keys(model, path[:-1]), *extra], 1)
        mend = f"Did you mean '{near[0]}'?" if near else None
    elif kind == "missing":
        what = f"'{key}' is missing"
        if key in ("ru", "en"):
            code, what = codes.MISSING_LANGUAGE, f"the text is missing in '{key}'"
    elif what == "the text is empty in a language":
        code = codes.MISSING_LANGUAGE
    elif kind == "string_pattern_mismatch":
        what = "the name may hold small Latin letters, digits and its separators, and begins with a letter"
    if code is None:
        code = codes.WRONG_TYPE if kind.endswith(WRONG_TYPE) else codes.BAD_VALUE
    source.report(code, node, what, mend)


def _follow(root: Node, path: tuple[str | int, ...]) -> Node:
    """The node of an error's path; words that lead nowhere are pydantic's own (which member of a union it tried)."""
    node = root
    for word in path:
        node = node.at(word)
    return node


def _keys(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """The keys of the model at a path, as far as plain nesting leads."""
    here: Any = model
    for word in path:
        field = getattr(here, "model_fields", {}).get(word) if isinstance(word, str) else None
        here = field.annotation if field is not None else None
    return [field.alias or name for name, field in getattr(here, "model_fields", {}).items()]


def _holds_bad(node: Node) -> bool:
    """Whether anything in a node was reported already."""
    return node.bad or any(map(_holds_bad, node.entries.values())) or any(map(_holds_bad, node.items))
