"""Whatever is wrong with a story is told with a code and its line, all at once, and nothing that is wrong is played."""

from pathlib import Path

import pytest

from pathways.stories.codes import BOOK
from tests.pathways.stories.bench import HEAD, TO_THE_LINE, reading, shelf, written

ROOT = Path(__file__).resolve().parents[3]
FIRST = 6
"""The line of a story's first line."""


def line(text: str) -> str:
    return written(f"  - {text}\n")


BROKEN: list[tuple[str, str, int]] = [
    (line("{patient: submit}"), "CS101", FIRST),
    (line("{who: patient, on: form}"), "CS101", FIRST),
    (line("wait"), "CP204", FIRST),
    (line("{wait: 2h, until: deadline}"), "CS102", FIRST),
    (line("{expect: {end: completed}, wait: 2h}"), "CS102", FIRST),
    (line("{expect: {task: fill, end: completed}}"), "CS102", FIRST),
    (line("{expect: {outcome: done}}"), "CS103", FIRST),
    (written("", rest="").replace("says:\n", "says: [{wait: 1h}]\n"), "CS104", 1),
    (written("  - {wait: 1h}\n", rest="ends: completed\nopen: true\n"), "CS104", 8),
    (line("{wait: 1h}").replace("pathway: visit", "pathway: visits"), "CS105", 2),
    (line("{who: patient, does: submit, on: from}"), "CS106", FIRST),
    (line("{expect: {step: talks, outcome: done}}"), "CS106", FIRST),
    (line("{expect: {task: sign, on: note.registration.two}}"), "CS106", FIRST),
    (line("{who: patient, does: sign, on: form}"), "CS107", FIRST),
    (line("{who: patient, does: explode}"), "CS107", FIRST),
    (line("{who: shift_supervisor, does: sign, on: call_back}"), "CS107", FIRST),
    (line("{who: patient, does: submit, on: form, with: {severity: 11}}"), "CS108", FIRST),
    (line("{who: patient, does: submit, on: form, with: {sevrity: 1}}"), "CS108", FIRST),
    (line("{who: patient, does: score, on: nps, with: {score: eleven}}"), "CS108", FIRST),
    (line("{who: doctor, does: submit, on: note, with: {prescriptions: many}}"), "CS108", FIRST),
    (line("{who: head_doctor, does: record, on: call_back, with: {text: done}}"), "CS108", FIRST),
    (line("{fails: payment.autorise}"), "CS109", FIRST),
    (line("{works: payment.autorise}"), "CS109", FIRST),
    (line("{expect: {did: payment.autorise}}"), "CS109", FIRST),
    (line("{world: {eligibility.find: {outcome: maybe}}}"), "CS109", FIRST),
    (line("{world: {eligibility.find: {outcme: met}}}"), "CS109", FIRST),
    (line("{expect: {step: form, outcome: declined}}"), "CS110", FIRST),
    (line("{expect: {step: meet, outcome: left}}"), "CS110", FIRST),
    (line("{expect: {end: done}}"), "CS111", FIRST),
    (written("  - {wait: 1h}\n", rest="ends: done\n"), "CS111", 7),
    ("title: {ru: а, en: b}\nsays: []\n", "CS112", 1),
    (line("{who: somebody, does: submit, on: form}"), "CP205", FIRST),
    (line("{does: submit, on: form}"), "CP203", FIRST),
    (line("{who: patient, does: submit, on: form, whith: {severity: 1}}"), "CP202", FIRST),
    (line("{wait: 60m}"), "CP206", FIRST),
    (line("{until: tomorrow}"), "CP206", FIRST),
    (line("{wait: 1h}").replace("2026-03-02 09:40", "2026-02-30 09:40"), "CP206", 4),
    (line("{wait: 1h}").replace("story: check", "story: other"), "CP208", 1),
    (written("").replace("says:\n", ""), "CP203", 1),
    (written("").replace("says:\n", "says: nothing\n"), "CP204", 5),
    (line("{wait: 1h}").replace("starts:", "wait: 1h\nstarts:"), "CP202", 4),
]


@pytest.mark.parametrize(("text", "code", "at"), BROKEN, ids=[f"{n}-{one[1]}" for n, one in enumerate(BROKEN)])
def test_what_is_wrong_has_its_code_and_line(tmp_path: Path, text: str, code: str, at: int) -> None:
    name = "check"
    shelf(tmp_path)
    (tmp_path / "stories" / f"{name}.yaml").write_text(text)
    found = shelf(tmp_path).readings[0]
    assert [(finding.code, finding.line) for finding in found.findings] == [(code, at)]
    assert found.story is None


def test_every_code_of_stories_is_met_by_a_broken_one() -> None:
    assert {code for _, code, _ in BROKEN} >= set(BOOK)


def test_several_errors_are_told_at_once(tmp_path: Path) -> None:
    says = "  - {wait: 60m}\n  - {who: patient, does: sign, on: form}\n  - {fails: nothing}\n"
    found = reading(tmp_path, written(says, rest="ends: nowhere\n"))
    assert [(f.code, f.line) for f in found.findings] == [("CP206", 6), ("CS107", 7), ("CS109", 8), ("CS111", 9)]


def test_a_sound_story_keeps_the_line_of_each_of_its_lines(tmp_path: Path) -> None:
    found = reading(tmp_path, written(TO_THE_LINE))
    assert found.findings == []
    assert found.story is not None
    assert [one.at for one in found.story.lines] == [6, 7, 8]


def test_a_pathway_without_a_story_is_known(tmp_path: Path) -> None:
    assert shelf(tmp_path).untold == ["visit"]
    assert shelf(tmp_path, written(TO_THE_LINE)).untold == []


def test_a_story_of_a_pathway_with_findings_has_nothing_to_be_played_on(tmp_path: Path) -> None:
    found = shelf(tmp_path, written(TO_THE_LINE), visit="pathway: visit\n")
    assert [finding.code for finding in found.readings[0].findings] == ["CS105"]


def test_the_page_of_stories_tells_every_code_with_its_example_and_mend() -> None:
    page = (ROOT / "docs" / "stories.md").read_text()
    for rule in BOOK.values():
        for part in (f"### {rule.code}", rule.title, rule.why, rule.mend, rule.example):
            assert part in page, f"{rule.code}: {part}"


def test_the_head_of_a_story_is_four_lines_long() -> None:
    assert HEAD.count("\n") + 2 == FIRST
