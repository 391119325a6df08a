"""``carepath simulate`` and ``carepath test``, as a clinic uses them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app
from tests.pathways.stories.bench import TO_THE_END, TO_THE_LINE, shelf, written

Run = Callable[..., Result]
SHIPPED = Path(__file__).resolve().parents[3] / "pathways" / "shipped"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_a_folder_whose_stories_go_as_they_say_is_good(run: Run, tmp_path: Path) -> None:
    shelf(tmp_path, written(TO_THE_END))
    told = run("test", tmp_path, "--language", "en")
    assert told.exit_code == 0
    assert "✓ visit · check: A check" in told.output
    assert "Stories: 1, failed: 0." in told.output
    assert "Not a single story" not in told.output


def test_one_that_does_not_is_told_with_its_timeline_and_line(run: Run, tmp_path: Path) -> None:
    wrong = written(f"{TO_THE_LINE}  - {{expect: {{task: sign, for: doctor}}}}\n", name="wrong")
    shelf(tmp_path, written(TO_THE_END), wrong)
    told = run("test", tmp_path, "--language", "en")
    assert told.exit_code == 1
    assert "✓ visit · check" in told.output
    assert "✗ visit · wrong" in told.output
    assert "FAILED (line 9): expected: sign / doctor; in fact: line.1.accept, line.1.wait" in told.output
    assert "step «Waiting for a doctor» (line) opens" in told.output


def test_a_story_that_cannot_be_read_is_no_good_either(run: Run, tmp_path: Path) -> None:
    shelf(tmp_path, written("  - {wait: 60m}\n"))
    told = run("test", tmp_path, "--language", "en")
    assert told.exit_code == 1
    assert "check.yaml:6:" in told.output
    assert "CP206" in told.output


def test_a_pathway_nobody_tells_of_is_mentioned(run: Run, tmp_path: Path) -> None:
    shelf(tmp_path)
    told = run("test", tmp_path)
    assert told.exit_code == 0
    assert "Нет ни одной истории: visit" in told.output


def test_a_broken_pathway_fails_its_stories(run: Run, tmp_path: Path) -> None:
    shelf(tmp_path, written(TO_THE_END), visit="pathway: visit\n")
    told = run("test", tmp_path)
    assert told.exit_code == 1
    assert "CS105" in told.output


def test_without_a_story_the_good_way_is_played_and_said_so(run: Run, tmp_path: Path) -> None:
    shelf(tmp_path)
    told = run("simulate", tmp_path / "pathways" / "visit.yaml", "--language", "en")
    assert told.exit_code == 0
    assert "No story was named: this is the good way" in told.output
    assert "End: completed" in told.output
    assert "Nobody owes anything." in told.output
    russian = run("simulate", tmp_path / "pathways" / "visit.yaml")
    assert "Итог: завершена" in russian.output


def test_a_story_is_told_hour_by_hour_with_what_is_still_owed(run: Run, tmp_path: Path) -> None:
    shelf(tmp_path, written(TO_THE_LINE, rest="open: true\n"))
    told = run("simulate", tmp_path / "pathways" / "visit.yaml", "--story", "check", "--language", "en")
    assert told.exit_code == 0
    assert "Mon 02.03.2026" in told.output
    assert "  09:40  patient: accept · «Consents» (agree)" in told.output
    assert "doctor (therapists): accept the patient, until 02.03.2026 11:40" in told.output
    by_file = run("simulate", tmp_path / "pathways" / "visit.yaml", "--story", tmp_path / "stories" / "check.yaml")
    assert by_file.exit_code == 0


def test_the_same_is_played_on_a_real_temporal(run: Run, tmp_path: Path) -> None:
    shelf(tmp_path, written(TO_THE_END), written(TO_THE_LINE, name="wrong"))
    told = run("test", tmp_path, "--temporal", "--language", "en")
    assert told.exit_code == 1
    assert "✓ visit · check" in told.output
    assert "✗ visit · wrong" in told.output
    assert "FAILED: expected: completed; in fact: open" in told.output


def test_what_is_not_there_or_not_sound_is_told_by_findings(run: Run, tmp_path: Path) -> None:
    shelf(tmp_path, visit="pathway: visit\n")
    told = run("simulate", tmp_path / "pathways" / "visit.yaml")
    assert told.exit_code == 1
    assert "CP203" in told.output
    shelf(tmp_path)
    nobody = run("simulate", tmp_path / "pathways" / "visit.yaml", "--story", "nothing")
    assert nobody.exit_code == 1
    assert "CP101" in nobody.output
    form = run("simulate", tmp_path / "forms" / "therapy.yaml", "--language", "en")
    assert form.exit_code == 1
    assert "is no pathway" in form.output


def test_a_pathway_that_stands_still_is_no_good_way(run: Run, tmp_path: Path) -> None:
    told = run("simulate", tmp_path / "no.yaml")
    assert told.exit_code == 1
    assert "Traceback" not in told.output


@pytest.mark.parametrize("file", sorted((SHIPPED / "pathways").glob("*.yaml")), ids=lambda file: file.stem)
def test_the_good_way_of_every_shipped_pathway_comes_to_its_good_end(run: Run, file: Path) -> None:
    told = run("simulate", file, "--language", "en")
    assert told.exit_code == 0
    assert "End: completed" in told.output
    assert "Nobody owes anything." in told.output
