"""Each rule by a file that breaks it in one place."""

from pathlib import Path

import pytest

from pathways.findings import book
from tests.pathways.language.base import FORM, compiled, line_of, told
from tests.pathways.language.cases import CASES, FIRST_PAGE, Bad


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name.replace(" ", "-")) for case in CASES])
def test_a_broken_file_is_told_with_its_code_and_line(case: Bad, tmp_path: Path) -> None:
    found = compiled(tmp_path, **{case.file: case.text}).findings
    expected = [(code, f"{case.file}.yaml", line_of(case.text, words)) for code, words in case.codes]
    assert sorted(told(found)) == sorted(expected), "\n".join(map(str, found))


def test_a_form_without_the_phone_on_its_first_page_is_told_where_the_pathway_takes_it(tmp_path: Path) -> None:
    found = compiled(tmp_path, therapy=FIRST_PAGE.text).findings
    assert [(f.code, Path(f.file).name) for f in found] == [("CP354", "visit.yaml")]


def test_the_small_clinic_itself_has_no_findings(tmp_path: Path) -> None:
    found = compiled(tmp_path)
    assert told(found.findings) == []
    assert [pathway.code for pathway in found.pathways] == ["visit"]


def test_a_broken_form_is_told_in_its_own_file_only(tmp_path: Path) -> None:
    found = compiled(tmp_path, therapy=FORM.replace("type: phone", "type: telephone"))
    assert [(f.code, Path(f.file).name) for f in found.findings] == [("CP205", "therapy.yaml")]
    assert found.pathways == ()


def test_every_code_has_its_entry_with_an_example_and_a_mend() -> None:
    rules = book()
    assert len(rules) >= 60
    assert all(rule.title and rule.why and rule.mend and rule.example for rule in rules.values())


def test_nearly_every_code_is_proven_by_a_file() -> None:
    proven = {code for case in CASES for code, _ in case.codes} | {"CP354"}
    elsewhere = {"CP101", "CP102", "CP103", "CP111", "CP116", "CP210"}
    assert set(book()) - proven - elsewhere == set()
