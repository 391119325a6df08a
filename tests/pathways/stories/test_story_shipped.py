"""The stories of the demo clinic, on the core; and eight weeks in less than two seconds."""

from datetime import datetime
from functools import cache
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from pathways.stories.folder import Shelf, open_shelf, stories_of
from pathways.stories.play import good_way_on_core, play_on_core
from tests.pathways.stories.bench import REAL

SHIPPED = Path(__file__).resolve().parents[3] / "pathways" / "shipped"


@cache
def shipped() -> Shelf:
    return open_shelf(SHIPPED)


@pytest.mark.parametrize("file", stories_of(SHIPPED), ids=lambda file: file.stem)
def test_a_story_of_the_demo_clinic_goes_as_it_says(file: Path) -> None:
    reading = next(one for one in shipped().readings if one.file == file)
    assert reading.findings == []
    assert reading.story is not None
    assert reading.pathway is not None
    done = play_on_core(reading.story, reading.pathway, shipped().compiled.clinic.clinic, real=REAL)
    assert done.failure is None, f"line {done.failure.line}: {done.failure.what.en}"


def test_every_pathway_of_the_demo_clinic_has_a_story() -> None:
    assert shipped().compiled.findings == []
    assert shipped().untold == []


def test_eight_weeks_of_blood_pressure_take_less_than_two_seconds() -> None:
    compiled = shipped().compiled
    pathway, clinic = compiled.pathway("blood-pressure"), compiled.clinic.clinic
    starts = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo(clinic.zone))
    began = perf_counter()
    done = good_way_on_core(pathway, clinic, starts, real=REAL)
    assert perf_counter() - began < 2
    assert done.end == "completed"
    turns = [entry.at for entry in done.timeline if entry.code == "turn.opened" and entry.step == "weeks"]
    assert len(turns) == 8
    assert (turns[-1] - turns[0]).days == 49
    assert done.calls > 50
