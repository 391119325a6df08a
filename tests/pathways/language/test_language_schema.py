"""JSON Schema for editors: it takes what the checker takes, refuses what the models refuse, and tells every key."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from typer.testing import CliRunner

from cli import app
from pathways.core.kind import kinds
from pathways.described import described
from pathways.grammar import Envelope, Header
from pathways.reader import read_bytes
from pathways.schema import FILES, schema
from tests.pathways.language.base import FILES as SMALL
from tests.pathways.language.base import MORE
from tests.pathways.language.cases import CASES, Bad

SHIPPED = sorted(Path("pathways/shipped").rglob("*.yaml"))
SEEN = frozenset({"CP202", "CP203", "CP204", "CP205", "CP206", "CP301", "CP302", "CP303", "CP305", "CP306", "CP307"})
"""What an editor can see: keys, types, words, forms, and each kind's own outcomes and deadlines."""
BY_THE_CHECKER_ALONE = frozenset(
    {
        *("span in another spelling", "ages the wrong way round", "step called like a word of CEL", "hours"),
        *("ОГРН", "ИНН", "time zone", "a working reminder", "once in a lifetime"),
        # The choices of a task are its outcomes: a schema cannot read one value into the keys of another.
        "task's own choice without a place",
        # Told with a code of rules beside its own.
        "an appointment left behind",
    }
)
"""Of those what needs a calculation or another place of the file."""
VALIDATOR = Draft202012Validator(schema())


def value(text: str) -> Any:
    source = read_bytes(text.encode(), "file")
    assert source.root is not None
    return source.root.plain()


def keys(here: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every key of every definition; those of ``if``, ``then`` and ``allOf`` only narrow one told beside them."""
    if not isinstance(here, dict):
        return
    for name, inner in here.get("properties", {}).items():
        yield (*path, name), inner
        yield from keys(inner, (*path, name))
    for word in ("items", "additionalProperties"):
        yield from keys(here.get(word), (*path, word))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())
    for word in FILES:
        Draft202012Validator.check_schema(schema(word))


@pytest.mark.parametrize("word", [None, *FILES])
def test_every_key_is_told_in_plain_words(word: str | None) -> None:
    whole = schema(word)
    told = [*keys(whole), *(pair for name, one in whole["$defs"].items() for pair in keys(one, (name,)))]
    assert len(told) > 4
    untold = [".".join(path) for path, inner in told if not str(inner.get("description", "")).strip()]
    assert untold == []


def test_every_field_is_told_in_its_model() -> None:
    models: list[type[BaseModel]] = [
        Envelope,
        Header,
        *(type(kind).fields for kind in kinds().values() if not kind.internal),
    ]
    assert [(m, f) for m in models for f in m.model_fields if f not in described(m)] == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_file_is_taken(path: Path) -> None:
    found = value(path.read_text())
    word = next(iter(found))
    for validator in (VALIDATOR, Draft202012Validator(schema(word))):
        assert [error.message for error in validator.iter_errors(found)] == []


@pytest.mark.parametrize("name", [*SMALL, *MORE])
def test_every_sound_file_is_taken(name: str) -> None:
    found = value({**SMALL, **MORE}[name])
    assert [error.message for error in VALIDATOR.iter_errors(found)] == []


SEEN_CASES = [
    c for c in CASES if c.codes and {code for code, _ in c.codes} <= SEEN and c.name not in BY_THE_CHECKER_ALONE
]


@pytest.mark.parametrize("case", SEEN_CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_what_an_editor_can_see_it_refuses(case: Bad) -> None:
    assert list(VALIDATOR.iter_errors(value(case.text)))


def test_most_of_the_bad_files_can_be_seen_by_an_editor_or_are_about_names_and_paths() -> None:
    assert len(SEEN_CASES) >= 55


@pytest.mark.parametrize("case", [c for c in CASES if c.codes and c.codes[0][0] >= "CP311"], ids=lambda c: c.name)
def test_what_only_the_checker_can_see_an_editor_takes_or_refuses_for_a_reason_of_its_own(case: Bad) -> None:
    told = {code for code, _ in case.codes} & SEEN
    source = read_bytes(case.text.encode(), "file")
    if source.root is not None and not source.findings and not told:
        assert [error.message for error in VALIDATOR.iter_errors(source.root.plain())] == []


def test_the_fault_is_named_where_it_is_not_at_the_whole_file() -> None:
    text = next(case.text for case in CASES if case.name == "mistyped key")
    errors = list(VALIDATOR.iter_errors(value(text)))
    assert {tuple(error.absolute_path) for error in errors} == {("steps", 5, "steps", 1)}
    assert any("whithin" in error.message for error in errors)


def test_an_editor_is_offered_each_kind_with_its_words() -> None:
    step = schema("pathway")["$defs"]["step"]["properties"]["kind"]
    assert set(step["enum"]) == {n for n, k in kinds().items() if not k.internal} | {"repeat", "parallel", "end"}
    assert len(step["enumDescriptions"]) == len(step["enum"])


def test_a_kind_of_file_holds_only_what_it_needs() -> None:
    assert "step" not in schema("text")["$defs"]
    with pytest.raises(KeyError):
        schema("poem")


def test_the_command_prints_it() -> None:
    done = CliRunner().invoke(app, ["schema"])
    assert json.loads(done.stdout) == json.loads(json.dumps(schema()))
    assert json.loads(CliRunner().invoke(app, ["schema", "form"]).stdout)["$ref"] == "#/$defs/form"
    assert CliRunner().invoke(app, ["schema", "poem"]).exit_code == 2
