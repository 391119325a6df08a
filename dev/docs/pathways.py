"""`docs/pathways.md`: the language, from the kinds themselves and the book of findings."""

import inspect
import sys
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from api.access import row_of
from dev.docs.access import routes, who
from dev.docs.markdown import code, first_line, table
from domain.base import Text
from domain.calendar import Span
from domain.people import Role
from pathways.core.kind import Kind, kinds
from pathways.findings import book
from pathways.outline import STRUCTURE, Envelope, Header, WrittenJump
from pathways.written import Ages, SpanKey

HEAD = """# The pathway language

<!-- This page is made by `make docs` from `pathways/`: change the code, then make it again. -->

A pathway is one YAML file that a head doctor can read aloud. `carepath check FOLDER` proves what can be proved of it
before any patient meets it; the demo clinic's folder, [`pathways/shipped`](../pathways/shipped), is the best example.

- [From a folder to patients](#from-a-folder-to-patients): how a change goes live
- [A file](#a-file): the head of a pathway
- [Any step](#any-step): what every step may say
- [Kinds](#kinds): every kind of step
- [Structure](#structure): `repeat`, `parallel`, `end`
- [Findings](#findings): every code of `carepath check`, with an example and how to mend it

Lengths of time are written `20m`, `3h`, `30d`, or `1h working` (the clinic's hours alone count). A way on is `next`,
`go STEP` (forward, same level), `end NAME`, and inside a `repeat` also `again` and `leave`. Conditions are
[CEL](https://cel.dev): they read the outputs of earlier steps, such as `size(note.orders) > 0`.
"""
PUBLISH = """
## From a folder to patients

Raise `version` in the file you changed (a published version never changes, and running consultations keep theirs),
check the folder, then let a clinic administrator publish it whole; what is not new is left as it is:

```sh
carepath check my-clinic
python3 -c 'import json, pathlib
folder = pathlib.Path("my-clinic")
files = {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*.yaml")}
print(json.dumps({"files": files}))' > folder.json
curl -s "$API/pathways" -H "Authorization: Bearer $ADMIN" -H "Idempotency-Key: $(uuidgen)" \\
  -H 'content-type: application/json' -d @folder.json
```
"""
STRUCTURE_TOLD = {
    "repeat": "Its `steps` are gone through at most `times` times; `again` begins the next turn, `leave` ends it well.",
    "parallel": "Its `branches` run side by side; `join: all` waits for every one, `join: first` for one.",
    "end": "The consultation ends as this name of the pathway's `ends`.",
}
GROUPS = {
    "CP1": "Reading the file",
    "CP2": "Keys and values",
    "CP3": "Steps, ways and safety",
    "CP4": "Conditions and papers",
    "CP5": "Names of other things",
    "CP6": "Forms",
    "CP7": "The clinic",
}


def page() -> str:
    """The whole page."""
    parts = [HEAD, PUBLISH, "\n## A file\n", first_line(Header.__doc__) + "\n", fields(Header)]
    parts += ["\n## Any step\n", first_line(Envelope.__doc__) + "\n", fields(Envelope)]
    parts += [
        "\nThe good outcome falls to the next step; every other one needs its place in `then`. With `wait: false` the "
        "step is left behind as a process of its own, and the consultation goes on.",
        "\n## Kinds\n",
    ]
    every = sorted(kinds().items())
    parts += [kind_told(name, type(kind)) for name, kind in every if not kind.internal]
    parts += ["## Structure\n"]
    parts += [structure_told(name) for name in STRUCTURE]
    inner = [(name, type(kind)) for name, kind in every if kind.internal]
    parts += ["## Behind the language\n", "No pathway names these: other kinds leave them behind.\n"]
    parts += [kind_told(name, kind) for name, kind in inner]
    parts += ["## Findings\n", "A code never changes its meaning. Each is followed by why it matters.\n", findings()]
    return "\n".join(parts).rstrip() + "\n"


def kind_told(name: str, kind: type[Kind]) -> str:
    """One kind."""
    told = (inspect.getdoc(sys.modules[kind.__module__]) or "").replace("``", "`")
    found = [f"### {name}\n", f"*{kind.title.ru} · {kind.title.en}*\n", told + "\n"]
    if kind.fields.model_fields:
        found += [fields(kind.fields) + "\n"]
    good = "the first of its `choices`" if name == "task" else f"`{kind.good}`"
    others = f"the other `choices`, {code(kind.others)}" if name == "task" else code(kind.others)
    found.append(f"- **Outcomes:** {good}; otherwise {others}")
    outputs = [f"`{output}` ({type_})" for output, type_ in kind.outputs.items()]
    more = ["the facts of its form"] if name == "intake" else []
    found.append(f"- **Outputs:** {', '.join([*outputs, *more, '`outcome` (string)'])}")
    needs = [text for true, text in needed(kind) if true]
    if needs:
        found.append(f"- **Rules:** {'; '.join(needs)}")
    found.append("")
    if kind.task_titles:
        lines = ((f"`{task}`", title.ru, title.en) for task, title in kind.task_titles.items())
        found += [table(("task", "in Russian", "in English"), lines), ""]
    if kind.actions():
        found += [table(("action", "who", "body of the act", "what it does"), actions(name, kind)), ""]
    return "\n".join(found)


def needed(kind: type[Kind]) -> tuple[tuple[bool, str], ...]:
    """What the rules ask of steps of a kind."""
    return (
        (kind.waits_for_people, "needs `within`"),
        (kind.needs_doctor, "a doctor is assigned on every way to it"),
        (kind.meets, "its good end means that doctor and patient have met: protocol and signature must follow"),
    )


def actions(name: str, kind: type[Kind]) -> list[tuple[str, str, str, str]]:
    """A kind's actions: who may by the table of routes, the act's body, and what it does."""
    doors = {route.path: row_of(route.operation_id or route.path) for route in routes()}
    lines = []
    for action, row in kind.actions().items():
        door = doors.get(f"/tasks/{{workflow}}/{{task}}/{name}/{action}")
        body = [f"{one}: {type_of(field)}" for one, field in row.body.model_fields.items()]
        lines.append(
            (f"`{action}`", who(door) if door else "no route", code(body), first_line(row.do.__doc__).rstrip("."))
        )
    return lines


def structure_told(name: str) -> str:
    """One word of structure."""
    model, others = STRUCTURE[name]
    found = [f"### {name}\n", STRUCTURE_TOLD[name] + "\n", fields(model) + "\n"]
    if name != "end":
        found.append(f"- **Outcomes:** `done`; otherwise {code(others)}\n")
    return "\n".join(found)


def findings() -> str:
    """The book."""
    found: list[str] = []
    for rule in book().values():
        group = GROUPS[rule.code[:3]]
        if f"### {group}\n" not in found:
            found.append(f"### {group}\n")
        found += [
            f"#### {rule.code}: {rule.title}\n",
            f"{rule.why}\n",
            f"```yaml\n{rule.example.rstrip()}\n```\n",
            f"**Mend:** {rule.mend}\n",
        ]
    return "\n".join(found)


def fields(model: type[BaseModel]) -> str:
    """A model's keys: type and whether they must be written."""
    lines = [
        (f"`{field.alias or name}`", f"`{type_of(field)}`", default_of(field))
        for name, field in model.model_fields.items()
    ]
    return table(("key", "value", "without it"), lines)


def default_of(field: FieldInfo) -> str:
    """What holds where the key is not written."""
    if field.is_required():
        return "must be written"
    default = field.get_default(call_default_factory=True)
    if default in (None, (), {}):
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
