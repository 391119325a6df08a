"""Conditions: quoted CEL over the outputs of earlier steps, judged by the official binding.

The binding's hazard: a failed evaluation is a *value* of type ERROR or UNKNOWN, which is true in an ``if``. Here it is
``ConditionFailed``, never a branch. ``has(step.output)`` is the guard of an output that may not be there; as the names
are declared whole (``"form.severity": INT``), the binding's own ``has`` would answer with the value, so the guard is
rewritten, column by column, into a variable of its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from domain.base import Json

LONGEST = 500
"""Characters of a condition: a head doctor must be able to read it aloud."""

TYPES: dict[str, cel.Type] = {
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "bool": cel.Type.BOOL,
    "string": cel.Type.STRING,
    "list": cel.Type.LIST,
    "list(string)": cel.Type.List(cel.Type.STRING),
    "list(int)": cel.Type.List(cel.Type.INT),
    "dyn": cel.Type.DYN,
}
"""The types an output may have, by the word a kind declares."""

TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+|//[^\n]*)
    |(?P<string>[rR]?"(?:\\.|[^"\\\n])*"|[rR]?'(?:\\.|[^'\\\n])*')
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
    |(?P<number>[0-9][0-9A-Za-z.]*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)
HAS = re.compile(r"has\(([a-z][A-Za-z0-9_]*(?:\.[a-z][A-Za-z0-9_]*)*)\)")
REASON = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
WORDS = frozenset({"true", "false", "null", "in", "has", "size"})


class ConditionFailed(Exception):
    """A condition gave no yes or no. It halts the step and opens an administrator's task; it is never a branch.

    Its text names outputs and types, never a value.
    """


@dataclass(frozen=True)
class Problem:
    """What is wrong with a condition, by line and column (from 1) inside its own text."""

    line: int
    column: int
    what: str


@dataclass(frozen=True)
class Token:
    """One word of a condition and where it begins (from 0)."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """The words of a condition, blanks and comments left out."""
    for found in TOKEN.finditer(text):
        if found.lastgroup != "space":
            yield Token(found.lastgroup or "sign", found.group(), found.start())


def names(text: str) -> set[str]:
    """Every dotted or plain name a condition mentions outside of strings, calls of functions left out."""
    words = list(tokens(text))
    found = set()
    for place, word in enumerate(words):
        if word.kind != "name" or word.text in WORDS or (place and words[place - 1].text == "."):
            continue
        called = place + 1 < len(words) and words[place + 1].text == "("
        name = word.text.rpartition(".")[0] if called else word.text
        if name and name != "has":
            found.add(name)
    return found


def compile_condition(text: str, types: Mapping[str, str]) -> list[Problem]:
    """Judge a condition against the declared types (``{"form.severity": "int"}``); no problem means it is sound.

    The binding names line, column and reason; a condition that is not a yes or no is a problem as well.
    """
    if len(text) > LONGEST:
        return [Problem(1, 1, f"the condition is longer than {LONGEST} characters")]
    try:
        found = _compile(_rewrite(text), tuple(sorted(types.items()))).return_type()
    except RuntimeError as error:
        problems = [
            Problem(int(line), int(column), _in_words(reason)) for line, column, reason in REASON.findall(str(error))
        ]
        if problems and problems[0].what.startswith("Syntax error"):
            return problems[:1]  # The others are what the parser made of the first.
        return problems or [Problem(1, 1, "the condition is too deeply nested to be read")]
    if found != cel.Type.BOOL:
        return [Problem(1, 1, f"a condition answers yes or no, this one gives {found.name().lower()}")]
    return []


def evaluate(condition: str, outputs: Mapping[str, Mapping[str, Json]]) -> bool:
    """Whether a condition holds on the outputs of the steps so far (``{"form": {"severity": 4, "outcome": "done"}}``).

    The types are those of the values, so a value of a type the condition was not written for fails. An output that
    is None counts as absent.

    Raises:
        ConditionFailed: It cannot be told; never a branch.
    """
    return holds(condition, {f"{step}.{name}": value for step, own in outputs.items() for name, value in own.items()})


def holds(condition: str, values: Mapping[str, Json]) -> bool:
    """Whether a condition holds on values by their whole names (``{"form.severity": 4}``, or a form's own answers).

    Raises:
        ConditionFailed: It cannot be told.
    """
    types: dict[str, str] = {}
    data: dict[str, Any] = {}
    wanted, text = _prepared(condition)
    for name in wanted:
        value = values.get(name)
        types[name] = "dyn" if value is None else _type_of(value)
        if value is not None:
            data[name] = value
        data[f"has.{name}"] = value is not None
    try:
        answer = _compile(text, tuple(types.items())).eval(data=data)
    except RuntimeError as error:
        reasons = "; ".join(reason for _, _, reason in REASON.findall(str(error)))
        raise ConditionFailed(reasons or "it does not compile") from None
    if answer.type() != cel.Type.BOOL:
        # The binding's reason may quote a value of the patient's: only its first word, the status, is told.
        kind = answer.type().name()
        status = str(answer.value()).partition(":")[0] if answer.type() == cel.Type.ERROR else ""
        raise ConditionFailed(f"it gives {kind} {status}".strip())
    return bool(answer.value())


def _type_of(value: Json) -> str:
    """The word of a JSON value's type."""
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "double"
        case str():
            return "string"
        case list() | tuple():
            return "list(string)" if value and all(isinstance(item, str) for item in value) else "list"
        case _:
            return "dyn"


def _in_words(reason: str) -> str:
    """The binding's reason without its own terms."""
    unknown = re.match(r"undeclared reference to '(?:has\.)?([^']*)'", reason)
    if unknown:
        return f"there is nothing called '{unknown.group(1)}' to read here"
    return reason.removesuffix(" [INVALID_ARGUMENT]")


def _rewrite(text: str) -> str:
    """``has(a.b)`` as the variable ``has.a.b``, of the same length, so that columns stay true."""
    parts, last = [], 0
    for word in tokens(text):
        if word.text == "has" and word.start >= last and (guard := HAS.match(text, word.start)):
            parts += [text[last : word.start], f"has.{guard.group(1)} "]
            last = guard.end()
    return "".join([*parts, text[last:]])


@lru_cache(maxsize=1024)
def _prepared(condition: str) -> tuple[tuple[str, ...], str]:
    """The names a condition reads, in order, and its text as the binding gets it."""
    return tuple(sorted(names(condition))), _rewrite(condition)


@lru_cache(maxsize=1024)
def _compile(text: str, types: tuple[tuple[str, str], ...]) -> Any:
    """A compiled condition; making its environment costs far more than asking it."""
    variables = {name: TYPES[word] for name, word in types}
    variables.update({f"has.{name}": cel.Type.BOOL for name, _ in types})
    return cel.NewEnv(variables=variables).compile(text)
