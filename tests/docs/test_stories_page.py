"""The stories printed in ``docs/stories.md`` are stories: they can be read, and go as they say."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pathways.compile import compile_folder
from pathways.stories.play import play_on_core
from pathways.stories.reading import read_story

ROOT = Path(__file__).resolve().parents[2]
PRINTED = re.findall(r"```yaml\n(story: .*?)```", (ROOT / "docs" / "stories.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("text", PRINTED, ids=[text.split("\n")[0] for text in PRINTED])
def test_a_printed_story_goes_as_it_says(tmp_path: Path, text: str) -> None:
    path = tmp_path / f"{text.splitlines()[0].removeprefix('story: ')}.yaml"
    path.write_text(text)
    compiled = compile_folder(ROOT / "pathways" / "shipped")
    reading = read_story(path, compiled)
    assert reading.findings == []
    assert reading.story is not None
    assert reading.pathway is not None
    real = datetime.now(UTC)
    assert play_on_core(reading.story, reading.pathway, compiled.clinic.clinic, real=real).failure is None


def test_two_are_printed() -> None:
    assert len(PRINTED) == 2
