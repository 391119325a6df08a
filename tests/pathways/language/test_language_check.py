"""`carepath check`: whatever lies at a path, it says what is wrong and where, exits 0 or 1, and never falls over."""

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import app
from pathways.compile import compile_path
from pathways.findings import book
from tests.pathways.language.base import CLINIC, PATHWAY, WATCH, broken, clinic, line_of
from tests.pathways.language.cases import CASES

BOMB = "a: &a [x, x]\n" + "".join(f"{name}: &{name} [*{last}, *{last}]\n" for last, name in pairwise("abcdefghi"))
FILES: dict[str, tuple[bytes, str, int]] = {
    "empty": (b"", "CP116", 1),
    "only-blanks": (b"  \n\n", "CP116", 1),
    "five-megabytes": (b"pathway: x\n" + b"# " + b"x" * 5_000_000, "CP102", 1),
    "windows-1251": ("pathway: x\ntitle: Консультация\n".encode("cp1251"), "CP103", 2),
    "utf-16": ("pathway: x\n".encode("utf-16"), "CP103", 1),
    "binary": (bytes(range(256)) * 10, "CP103", 2),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, "CP103", 1),
    "control-character": (b"pathway: x\x07\n", "CP104", 1),
    "tab": (b"pathway: x\nsteps:\n\t- {id: a}\n", "CP104", 3),
    "nested-lists": (b"pathway: " + b"[" * 5000, "CP110", 1),
    "nested-mappings": (b"pathway:\n" + b"".join(b" " * n + b"a:\n" for n in range(1, 60)), "CP110", 20),
    "bomb": (BOMB.encode(), "CP106", 1),
    "merge-bomb": (b"pathway: x\na: &a {b: 1}\nc: {<<: *a}\n", "CP106", 2),
    "two-documents": (b"pathway: x\n---\npathway: y\n", "CP111", 2),
    "yaml-1.1": (b"%YAML 1.1\n---\npathway: x\n", "CP112", 1),
    "a-list": (b"- pathway\n", "CP201", 1),
    "a-word": (b"pathway\n", "CP201", 1),
    "a-story": (b"story: x\npathway: visit\n", "CP201", 1),
}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, words)])


def told(*words: str | Path) -> list[dict[str, Any]]:
    done = run(*words, "--json")
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    assert done.exit_code == (1 if findings else 0)
    assert all(list(one) == ["code", "file", "line", "column", "what", "mend"] for one in findings)
    return findings


@pytest.mark.parametrize("name", FILES)
def test_a_file_nobody_can_use_is_told_with_its_code_and_line(name: str, tmp_path: Path) -> None:
    raw, code, line = FILES[name]
    path = clinic(tmp_path) / "pathways" / "bad.yaml"
    path.write_bytes(raw)
    for found in (told(path), [one for one in told(tmp_path) if one["file"] == str(path)]):
        assert (code, line) in {(one["code"], one["line"]) for one in found}


def test_a_sound_folder_prints_its_bounds_and_exits_with_0(tmp_path: Path) -> None:
    done = run(clinic(tmp_path, watch=WATCH))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "No findings."
    assert done.stdout.startswith("visit: at most 8 d 32 min")
    assert "watch: at most 75 d 3 h 2 min" in done.stdout


def test_a_sound_file_prints_its_own_bound(tmp_path: Path) -> None:
    done = run(clinic(tmp_path, watch=WATCH) / "pathways/visit.yaml")
    assert done.exit_code == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["visit", "No findings."]


def test_findings_for_people_name_the_place_and_the_mend(tmp_path: Path) -> None:
    done = run(clinic(tmp_path, visit=broken(PATHWAY, "within: 90m", "whithin: 90m")))
    assert done.exit_code == 1
    assert "visit.yaml:37:9: CP202" in done.stdout
    assert "Did you mean 'within'?" in done.stdout


def test_a_folder_and_a_file_of_it_tell_each_finding_once(tmp_path: Path) -> None:
    root = clinic(tmp_path, visit=broken(PATHWAY, "pool: therapists", "pool: dentists"))
    assert [one["code"] for one in told(root, root / "pathways/visit.yaml")] == ["CP502"]


def test_what_is_not_there_is_a_finding_not_a_traceback(tmp_path: Path) -> None:
    assert [one["code"] for one in told(tmp_path / "none.yaml", tmp_path / "no" / "folder")] == ["CP101", "CP101"]


def test_a_folder_without_a_clinic_is_told(tmp_path: Path) -> None:
    assert [one["code"] for one in told(tmp_path)] == ["CP210"]


def test_links_that_lead_nowhere_or_in_a_circle_are_told(tmp_path: Path) -> None:
    root = clinic(tmp_path)
    (root / "forms/gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (root / "texts/loop.yaml").symlink_to(root / "texts/loop.yaml")
    found = told(root, root / "forms/gone.yaml", root / "texts/loop.yaml")
    assert [(one["code"], Path(one["file"]).name) for one in found] == [("CP101", "gone.yaml"), ("CP101", "loop.yaml")]


def test_a_folder_called_like_a_file_and_a_file_called_like_a_folder_are_told(tmp_path: Path) -> None:
    root = clinic(tmp_path)
    (root / "forms/folder.yaml").mkdir()
    (root / "texts/rebook.yaml").unlink()
    (root / "texts/hello.yaml").unlink()
    (root / "texts").rmdir()
    (root / "texts").write_text("no folder")
    found = told(root)
    assert {(one["code"], Path(one["file"]).name) for one in found} == {
        ("CP101", "folder.yaml"),
        ("CP101", "texts"),
        ("CP505", "visit.yaml"),
    }


def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert [one["code"] for one in told("/dev/zero", tmp_path / "pipe.yaml")] == ["CP101", "CP101"]


def test_a_folder_that_may_not_be_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = clinic(tmp_path)
    real = os.scandir

    def closed(path: Any) -> Any:
        # Tests may run as root, whom no permission stops.
        if Path(path).name == "forms":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    found = told(root)
    assert ("CP101", str(root / "forms")) in {(one["code"], one["file"]) for one in found}


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = clinic(tmp_path)
    real = Path.read_bytes

    def closed(path: Path) -> bytes:
        if path.name == "contract.yaml":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", closed)
    assert [(one["code"], one["line"]) for one in told(root)] == [("CP101", 1)]


def test_a_name_that_is_no_text_is_shown_as_far_as_it_is_one(tmp_path: Path) -> None:
    root = clinic(tmp_path)
    (root / "forms" / os.fsdecode(b"\xff\xfe.yaml")).write_text("form: other")
    (root / "forms" / "upper.YAML").write_text("form: upper")
    found = told(root)
    assert any(one["file"].endswith("\\xff\\xfe.yaml") for one in found)
    assert [one["code"] for one in found if one["file"].endswith("upper.YAML")] == ["CP208"]
    assert run(root).exit_code == 1


def test_hidden_files_are_not_a_clinics(tmp_path: Path) -> None:
    root = clinic(tmp_path)
    (root / "forms/.#therapy.yaml").symlink_to("somebody@somewhere.1234")
    assert told(root) == []


def test_a_pathway_hears_what_is_wrong_with_the_paper_it_uses(tmp_path: Path) -> None:
    root = clinic(tmp_path, rebook="text: rebook\nversion: 1\ntitle: {ru: Запись, en: Book}\n")
    assert [(one["code"], Path(one["file"]).name) for one in told(root / "pathways/visit.yaml")] == [
        ("CP203", "rebook.yaml")
    ]


def test_a_broken_clinic_is_told_once_beside_the_file(tmp_path: Path) -> None:
    root = clinic(tmp_path, clinic=broken(CLINIC, "zone: Europe/Moscow", "zone: Moscow"))
    assert [one["code"] for one in told(root / "pathways/visit.yaml", root / "forms/therapy.yaml")] == ["CP206"]


def test_a_condition_as_deep_as_its_length_allows_is_told_or_taken(tmp_path: Path) -> None:
    for deep in ("(" * 240 + "true" + ")" * 240, "!" * 490 + "true", "[" * 240 + "]" * 240 + " == []"):
        text = broken(PATHWAY, "form.severity > 3", deep)
        found = compile_path(clinic(tmp_path, visit=text)).findings
        assert {(one.code, one.line) for one in found} <= {("CP401", line_of(text, "id: nps"))}


def test_there_are_bad_files_enough_and_each_list_of_the_language_has_its_own() -> None:
    bad = [case for case in CASES if case.codes]
    assert len({case.name for case in bad}) == len(bad) >= 150
    proven = {code for case in bad for code, _ in case.codes} | {code for _, code, _ in FILES.values()}
    assert set(book()) - proven == {"CP101", "CP210", "CP354"}  # Shown by tests above and beside.


def test_several_errors_of_several_files_are_all_told_at_once_each_once(tmp_path: Path) -> None:
    visit = (
        PATHWAY.replace("version: 1", 'version: "1"')
        .replace("care: follow_up", "care: &c follow_up")
        .replace("service: visit", "service: visits")
        .replace("refused: next", "refused: again")
        .replace("unknown: next", "unknown: go paperz")
        .replace("id: nps", "id: in")
        .replace("title: {ru: Повторный приём, en: Follow-up}", "title: {ru: Повторный приём}")
    )
    watch = WATCH.replace("reply: 1h", "reply: 3d").replace("every: 7d at 10:00", "every: 1d at 10:00")
    found = told(clinic(tmp_path, visit=visit, watch=watch))
    assert sorted((Path(one["file"]).name, one["code"]) for one in found) == [
        ("visit.yaml", "CP106"),
        ("visit.yaml", "CP204"),
        ("visit.yaml", "CP206"),
        ("visit.yaml", "CP207"),
        ("visit.yaml", "CP311"),
        ("visit.yaml", "CP313"),
        ("visit.yaml", "CP503"),
        ("watch.yaml", "CP304"),
        ("watch.yaml", "CP308"),
    ]
