"""`docs/pathways.md`: the language, from the kinds themselves and the book of findings."""

import inspect
import sys
from typing import get_args

from api.access import row_of
from dev.docs.access import routes, who
from dev.docs.markdown import code, first_line, table
from dev.docs.types import fields, type_of, whole
from pathways.core.kind import Kind, kinds
from pathways.described import described
from pathways.fields import AnyField
from pathways.fields import Field as Question
from pathways.findings import book
from pathways.grammar import INSIDE, STRUCTURE, STRUCTURE_TOLD, Envelope, Header
from pathways.schema import FILES

HEAD = """# The pathway language

<!-- This page is made by `make docs` from `pathways/`: change the code, then make it again. -->

A pathway is one YAML file that a head doctor can read aloud. `carepath check FOLDER` proves what can be proved of it
before any patient meets it; the demo clinic's folder, [`pathways/shipped`](../pathways/shipped), is the best example.

- [Tools](#tools): check, see, compare
- [From a folder to patients](#from-a-folder-to-patients): how a change goes live
- [A file](#a-file): the head of a pathway
- [Any step](#any-step): what every step may say
- [Kinds](#kinds): every kind of step
- [Structure](#structure): `repeat`, `parallel`, `end`
- [The clinic's other files](#the-clinics-other-files): clinic.yaml, forms, consents, texts
- [Findings](#findings): every code of `carepath check`, with an example and how to mend it

Lengths of time are written `20m`, `3h`, `30d`, or `1h working` (the hours of the pool, else of the clinic, alone
count). A way on is `next`, `go STEP` (forward, same level), `end NAME`, and inside a `repeat` also `again` and `leave`.
Conditions are [CEL](https://cel.dev): they read the outputs of earlier steps, such as `size(note.orders) > 0`.
"""
PUBLISH = """
## Tools

```sh
carepath check my-clinic
carepath check my-clinic/pathways/visit.yaml --json
carepath schema
carepath diagram my-clinic/pathways/visit.yaml
carepath diff my-clinic-as-it-was my-clinic --language en
```

- `check` tells all that is wrong at once, each finding once, with file, line, column and how to mend it; `--json` tells
  it to a machine (`code`, `file`, `line`, `column`, `what`, `mend`). It exits with 1 where it found something. Of a
  sound pathway it prints the longest it can take. A single file is read with the nearest clinic.yaml above it.
- `schema` prints the JSON Schema of all these files; in an editor that knows it, keys and words are completed, told and
  checked while one types. `carepath schema pathway` prints that of one kind of file.
- `diagram` draws a pathway as a [Mermaid](https://mermaid.js.org) flowchart.
- `diff` tells in words what a new version changes for patients, for doctors and for staff; files and folders alike.

## From a folder to patients

Raise `version` in the file you changed (a published version never changes, and running consultations keep theirs),
check the folder and put it up as drafts; another person, a head doctor, looks at what it changes and publishes it:

```sh
carepath check my-clinic
carepath pathways draft my-clinic --as author
carepath pathways publish visit 2 --as head
```
"""
EVERY_TOLD = "; none with `every`, whose last turn ends it well"
OTHER_FILES = ("clinic", "form", "consent", "text")
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
    parts = [HEAD, PUBLISH, "\n## A file\n", first_line(Header.__doc__) + "\n", whole(Header)]
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
    parts += ["## The clinic's other files\n", *map(file_told, OTHER_FILES)]
    parts += ["## Findings\n", "A code never changes its meaning. Each is followed by why it matters.\n", findings()]
    return "\n".join(parts).rstrip() + "\n"


def kind_told(name: str, kind: type[Kind]) -> str:
    """One kind."""
    told = (inspect.getdoc(sys.modules[kind.__module__]) or "").replace("``", "`")
    found = [f"### {name}\n", f"*{kind.title.ru} · {kind.title.en}*\n", told + "\n"]
    if kind.fields.model_fields:
        found.append(whole(kind.fields))
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
        (kind.stays or kind.meets, "cannot be left behind"),
        (kind.assigns, "its good end assigns a doctor"),
        (kind.needs_doctor, "a doctor is assigned on every way to it"),
        (kind.meets, "doctor and patient have met after it, so protocol and signature must follow" + unmet(kind)),
        (kind.skippable, "an administrator may skip it with a reason"),
    )


def unmet(kind: type[Kind]) -> str:
    """After which outcomes they have not met."""
    return f"; not after {code(sorted(kind.never_met))}" if kind.never_met else ""


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
    found = [f"### {name}\n", STRUCTURE_TOLD[name].replace("'", "`") + "\n", fields(model) + "\n"]
    if name in INSIDE:
        found.append(f"Beside these `{INSIDE[name][0]}`: {INSIDE[name][1][0].lower()}{INSIDE[name][1][1:]}\n")
    if name != "end":
        found.append(f"- **Outcomes:** `done`; otherwise {code(others)}{EVERY_TOLD if name == 'repeat' else ''}")
    if name == "repeat":
        found.append("- **Outputs:** `count`, `missed`, `missed_in_a_row` (int), inside a turn too; `outcome` (string)")
    return "\n".join([*found, ""])


def file_told(word: str) -> str:
    """One of the files beside pathways, with what stands in it."""
    model, words = FILES[word]
    found = [f"### {word}\n", f"{words}\n", whole(model)]
    if word == "form":
        found += ["Each question, whatever its `type`:\n", fields(Question) + "\n", "By its `type`:\n", questions()]
    return "\n".join(found)


def questions() -> str:
    """The types of questions: what each asks for, and the keys of its own."""
    lines = []
    for model in get_args(get_args(AnyField)[0]):
        told = described(model)
        own = [name for name in model.model_fields if name not in Question.model_fields and name != "type"]
        word = get_args(model.model_fields["type"].annotation)[0]
        lines.append((f"`{word}`", told["type"], code(own), model.cel or "never"))
    return table(("type", "what it asks for", "keys of its own", "read in conditions as"), lines) + "\n"


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
