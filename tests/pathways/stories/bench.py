"""A small clinic with stories of its own, and the way to play one on the core."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.pathway import Pathway
from pathways.stories.folder import Shelf, open_shelf
from pathways.stories.language import Story
from pathways.stories.play import play_on_core
from pathways.stories.reading import Reading
from pathways.stories.timeline import Entry, Played
from tests.pathways.language.base import clinic

REAL = datetime(2026, 11, 25, 12, tzinfo=UTC)

HEAD = """\
story: {name}
pathway: visit
title: {{ru: Проверка, en: A check}}
starts: 2026-03-02 09:40
"""

TO_THE_LINE = """\
  - {who: patient, does: accept, on: agree}
  - {who: patient, does: submit, on: form, with: {severity: 5}}
  - {who: patient, does: pay, on: pay}
"""
TO_THE_NOTE = f"""\
{TO_THE_LINE}\
  - {{who: doctor, does: accept, on: line}}
  - {{comes: [doctor, patient]}}
  - {{wait: 15m}}
  - {{who: doctor, does: finish, on: talk}}
"""
TO_THE_END = f"""\
{TO_THE_NOTE}\
  - {{who: doctor, does: submit, on: note}}
  - {{who: doctor, does: sign, on: sign}}
"""


def written(says: str, rest: str = "ends: completed\n", name: str = "check") -> str:
    """A story's text: its lines between a head and what ends it."""
    return f"{HEAD.format(name=name)}says:\n{says}{rest}"


def shelf(folder: Path, *stories: str, **changed: str | bytes) -> Shelf:
    """The clinic with some stories in it, each called as it says."""
    clinic(folder, **changed)
    (folder / "stories").mkdir(exist_ok=True)
    for text in stories:
        name = text.splitlines()[0].removeprefix("story: ")
        (folder / "stories" / f"{name}.yaml").write_text(text)
    return open_shelf(folder)


def reading(folder: Path, text: str) -> Reading:
    """One story, read."""
    return shelf(folder, text).readings[0]


def played(folder: Path, says: str, rest: str = "ends: completed\n", **changed: str | bytes) -> Played:
    """One story, played on the core; it must be sound."""
    found = shelf(folder, written(says, rest), **changed)
    story, pathway = sound(found, 0)
    return play_on_core(story, pathway, found.compiled.clinic.clinic, real=REAL)


def sound(found: Shelf, place: int) -> tuple[Story, Pathway]:
    """A story without findings and its pathway."""
    one = found.readings[place]
    assert one.findings == []
    assert found.compiled.findings == []
    assert one.story is not None
    assert one.pathway is not None
    return one.story, one.pathway


def codes(done: Played, workflow: str = "") -> list[str]:
    """The codes of what happened in one process."""
    return [entry.code for entry in done.timeline if entry.workflow == workflow]


def ended(done: Played, step: str) -> list[tuple[str, str]]:
    """When a step ended on the clinic's clocks, and how."""
    return [(clock(entry, done), str(entry.detail["outcome"])) for entry in done.timeline if is_end(entry, step)]


def is_end(entry: Entry, step: str) -> bool:
    """Whether a step ended here."""
    return entry.code == "step.ended" and entry.step == step


def clock(entry: Entry, done: Played) -> str:
    """A moment on the clinic's clocks."""
    return f"{entry.at.astimezone(ZoneInfo(done.zone)):%Y-%m-%d %H:%M}"
