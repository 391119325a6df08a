"""JSON Schema of every file a clinic writes, for editors: made from the models that read the files.

A step's keys depend on its kind, so every kind has a schema of its own, chosen by ``if``/``then``: an editor then
offers only what this kind has, and says what is wrong with this step instead of what no kind would take. What needs a
look at other places (names, paths, conditions) is for ``carepath check``.
"""

import sys
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from pathways.checks.steps import MEANINGLESS
from pathways.clinic import Consent, Words, WrittenClinic
from pathways.core.kind import Kind, NoFields, kinds
from pathways.described import Schema, Writer, told
from pathways.forms import WrittenForm
from pathways.grammar import INSIDE, MOST_STEPS, STRUCTURE, STRUCTURE_TOLD, Envelope, Header
from pathways.outcomes import said as outcome_said
from pathways.stories import language as stories

DRAFT = "https://json-schema.org/draft/2020-12/schema"
FILES: dict[str, tuple[type[BaseModel], str]] = {
    "story": (
        stories.Header,
        "A story: what people do and machines report in a consultation, and what must be seen.",
    ),
    "pathway": (Header, "A pathway: who takes part, how it may end, and its steps one after another."),
    "clinic": (WrittenClinic, "The clinic: its calendars, pools of doctors, partners and prices."),
    "form": (WrittenForm, "A form patients fill in, with the facts the process learns and its red flags."),
    "consent": (Consent, "A document people consent to."),
    "text": (Words, "A text people are shown or sent."),
}
"""The word a file begins with, the model that reads it, and what it is. A story names its pathway and a consent has a
text, so the order counts: the first word that is there says what the file is."""


def schema(word: str | None = None) -> Schema:
    """The schema of one kind of file, or of all: then the first key of the file says which one holds.

    Raises:
        KeyError: There is no such kind of file.
    """
    every = _definitions()
    if word is not None and word not in FILES:
        raise KeyError(word)
    if word is not None:
        root: Schema = {"$ref": f"#/$defs/{word}"}
    else:
        root = _by_key({name: name for name in FILES}, {name: words for name, (_, words) in FILES.items()})
    title = "Carepath" if word is None else f"Carepath: {word}"
    used = _reached(root, every)
    return {"$schema": DRAFT, "title": title, **root, "$defs": {name: every[name] for name in sorted(used)}}


def _reached(here: Any, every: dict[str, Schema], seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """The definitions something leads to."""
    if isinstance(here, list):
        for item in here:
            seen = _reached(item, every, seen)
    elif isinstance(here, dict):
        name = str(here.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            seen = _reached(every[name], every, seen | {name})
        for item in here.values():
            seen = _reached(item, every, seen)
    return seen


def _definitions() -> dict[str, Schema]:
    """Every definition: files, steps, lines of stories, and what stands in them."""
    own = {name: type(kind) for name, kind in sorted(kinds().items()) if not kind.internal}
    parts: list[type[BaseModel]] = [Envelope, *(model for model, _ in STRUCTURE.values())]
    parts += [kind.fields for kind in own.values()]
    lines = {**stories.LINES, **stories.EXPECTATIONS}
    models = [*(model for model, _ in FILES.values()), *parts, *lines.values()]
    names, made = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)],
        ref_template="#/$defs/{model}",
        schema_generator=Writer,
    )
    every: dict[str, Schema] = made["$defs"]

    def taken(model: type[BaseModel]) -> Schema:
        return every.pop(names[model, "validation"]["$ref"].rpartition("/")[2])

    envelope = taken(Envelope)
    steps = {name: _structure(name, envelope, taken(model)) for name, (model, _) in STRUCTURE.items()}
    none = every[names[NoFields, "validation"]["$ref"].rpartition("/")[2]]
    steps |= {
        name: _step(envelope, none if kind.fields is NoFields else taken(kind.fields), kind)
        for name, kind in own.items()
    }
    words = {name: str(whole["description"]) for name, whole in steps.items()}
    files = {word: {**taken(model), "title": word, "description": said_} for word, (model, said_) in FILES.items()}
    _add(files["pathway"], "steps", _steps("What happens, one step after another."))
    _add(files["story"], stories.SAYS, _list("line", "What happens and what must be seen, one after another."))
    step = _by_word("kind", {name: f"step_{name}" for name in sorted(steps)}, words)
    step["properties"] |= {"id": envelope["properties"]["id"]}
    step["required"] = ["id", "kind"]
    expected = {word: f"expect_{word}" for word in stories.EXPECTATIONS}
    said = {word: f"line_{word}" for word in stories.LINES}
    every |= {expected[word]: taken(model) for word, model in stories.EXPECTATIONS.items()}
    every |= {said[word]: taken(model) for word, model in stories.LINES.items()}
    every["line_expect"] = {
        "type": "object",
        "properties": {stories.EXPECT: {"$ref": "#/$defs/expectation", "description": "What must be seen now."}},
        "required": [stories.EXPECT],
        "additionalProperties": False,
    }
    said = {stories.EXPECT: "line_expect", **said}
    every |= {"expectation": _by_key(expected, _told_by(expected, every)), "line": _by_key(said, _told_by(said, every))}
    every |= {**files, "step": step, **{f"step_{name}": whole for name, whole in steps.items()}}
    return {name: _told_apart(every[name]) for name in sorted(every)}


def _told_by(refs: dict[str, str], every: dict[str, Schema]) -> dict[str, str]:
    """What each word of some definitions is for: as it is told there."""
    return {word: str(every[name]["properties"][word].get("description", "")) for word, name in refs.items()}


def _add(whole: Schema, key: str, value: Schema) -> None:
    """A key that its model does not read itself."""
    whole["properties"][key] = value
    whole["required"].append(key)


def _step(envelope: Schema, own: Schema, kind: type[Kind]) -> Schema:
    """The whole schema of a step of one kind."""
    whole = _merged(envelope, own, kind.name, told(sys.modules[kind.__module__]))
    if kind.waits_for_people:
        whole["required"].append("within")
    if kind.meets or kind.stays:
        whole["properties"]["wait"] |= {"const": True}
    if "choices" in own.get("properties", {}):
        return whole  # Its outcomes are its own choices.
    return whole | _outcomes(whole, kind.others)


def _structure(name: str, envelope: Schema, own: Schema) -> Schema:
    """The whole schema of a repeat, a parallel group or an end."""
    whole = _merged(envelope, own, name, STRUCTURE_TOLD[name])
    for key in MEANINGLESS[name]:
        whole["properties"].pop(key)
    if name == "parallel":
        whole["required"].append("within")
    if name in INSIDE:
        key, words = INSIDE[name]
        sequence = _steps(words)
        inside = {"type": "object", "minProperties": 2, "additionalProperties": sequence, "description": words}
        whole["properties"][key] = sequence if name == "repeat" else inside
        whole["required"].append(key)
    if name == "repeat":
        # With 'every' the last turn ends it well: there is no other outcome.
        plain = _outcomes(whole, STRUCTURE[name][1])
        return whole | {"if": {"required": ["every"]}, "then": _outcomes(whole, ()), "else": plain}
    return whole | (_outcomes(whole, STRUCTURE[name][1]) if "then" in whole["properties"] else {})


def _merged(envelope: Schema, own: Schema, name: str, words: str) -> Schema:
    """What every step may say, and what this kind adds."""
    kind = {"const": name, "description": words}
    return {
        "type": "object",
        "title": name,
        "description": words,
        "properties": {**_copied(envelope["properties"]), "kind": kind, **_copied(own.get("properties", {}))},
        "required": [*envelope["required"], *own.get("required", [])],
        "additionalProperties": False,
    }


def _outcomes(whole: Schema, others: tuple[str, ...]) -> Schema:
    """Every other outcome has its place in ``then``, unless the step is left behind."""
    way = whole["properties"]["then"]
    jump = way.get("additionalProperties", {})
    ways = {outcome: {**jump, "description": f"Where '{outcome_said(outcome, 'en')}' leads."} for outcome in others}
    then = {"properties": ways, "required": list(others), "additionalProperties": False}
    placed: Schema = {"properties": {"then": then}}
    if others:
        placed["required"] = ["then"]
    if "wait" not in whole["properties"]:
        return {"allOf": [placed]}
    left = {"properties": {"wait": {"const": False}}, "required": ["wait"]}
    return {"if": left, "then": {"not": {"required": ["then"]}}, "else": placed}


def _steps(words: str) -> Schema:
    """A list of steps."""
    return {**_list("step", words), "minItems": 1, "maxItems": MOST_STEPS}


def _list(name: str, words: str) -> Schema:
    """A list of some definition."""
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}, "description": words}


def _by_word(key: str, refs: dict[str, str], words: dict[str, str] | None = None) -> Schema:
    """One of some definitions, told apart by the word that stands under a key."""
    named: Schema = {"enum": list(refs), "description": f"Which {key} it is: what else may stand here follows from it."}
    if words is not None:
        named["enumDescriptions"] = [words[word] for word in refs]
    chosen = [
        {
            "if": {"properties": {key: {"const": word}}, "required": [key]},
            "then": {"$ref": f"#/$defs/{name}"},
        }
        for word, name in refs.items()
    ]
    return {"type": "object", "properties": {key: named}, "required": [key], "allOf": chosen}


def _by_key(refs: dict[str, str], words: dict[str, str]) -> Schema:
    """One of some definitions, told apart by which key is there: the first of them that is."""
    chain: Schema = {}
    for word, name in reversed(refs.items()):
        chain = {"if": {"required": [word]}, "then": {"$ref": f"#/$defs/{name}"}, **({"else": chain} if chain else {})}
    return {
        "type": "object",
        "properties": {word: {"description": words[word]} for word in refs},
        "anyOf": [{"required": [word]} for word in refs],
        **chain,
    }


def _told_apart(value: Any) -> Any:
    """A union that has a word to tell its members apart, as ``if``/``then``: an editor then speaks of one member."""

    def change(here: Schema) -> Schema:
        mapping = here.get("discriminator", {}).get("mapping")
        if mapping is None:
            return here
        refs = {word: ref.rpartition("/")[2] for word, ref in mapping.items()}
        return _by_word(here["discriminator"]["propertyName"], refs)

    return _walked(value, change)


def _copied(value: Any) -> Any:
    return _walked(value, lambda here: here)


def _walked(value: Any, change: Callable[[Schema], Schema]) -> Any:
    """A schema with each of its mappings changed, as a copy."""
    if isinstance(value, dict):
        return change({key: _walked(item, change) for key, item in value.items()})
    if isinstance(value, list):
        return [_walked(item, change) for item in value]
    return value
