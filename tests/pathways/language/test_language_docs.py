"""The reference of the language holds every word of it, and is fresh."""

import re
from pathlib import Path

import pytest

from dev.docs import pathways
from pathways.core.kind import Kind, kinds
from pathways.findings import Rule, book
from pathways.grammar import STRUCTURE
from pathways.schema import FILES

PAGE = Path("docs/pathways.md").read_text()
KINDS = [type(kind) for kind in kinds().values()]


def section(head: str) -> str:
    found = re.search(rf"^### {head}\n(.*?)(?=^### |^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, head
    return found[1]


def test_the_page_is_what_the_code_says_now() -> None:
    assert pathways.page() == PAGE, "run `make docs`"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_field_outcome_output_task_and_action_of_a_kind_is_told(kind: type[Kind]) -> None:
    told = section(kind.name)
    words = [*kind.fields.model_fields, kind.good, *kind.others, *kind.outputs, *kind.task_titles, *kind.actions()]
    if kind.name == "task":
        words.remove(kind.good)  # The first of its choices.
    for word in words:
        assert f"`{word}`" in told, word


@pytest.mark.parametrize("name", STRUCTURE)
def test_every_key_of_a_structure_is_told(name: str) -> None:
    model, others = STRUCTURE[name]
    for word in (*(field.alias or key for key, field in model.model_fields.items()), *others):
        assert f"`{word}`" in section(name)


@pytest.mark.parametrize("rule", book().values(), ids=lambda rule: rule.code)
def test_every_finding_is_told_with_an_example_and_its_mend(rule: Rule) -> None:
    at = PAGE.index(f"#### {rule.code}: {rule.title}\n")
    told = PAGE[at : at + 1500].split("\n#### ")[0]
    assert rule.why in told
    assert f"```yaml\n{rule.example.rstrip()}\n```" in told
    assert f"**Mend:** {rule.mend}" in told


def test_every_kind_of_file_but_stories_has_its_keys() -> None:
    assert set(pathways.OTHER_FILES) == {*FILES} - {"story", "pathway"}
