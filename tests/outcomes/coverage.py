"""What the shipped stories reach: each outcome of each kind, each action, each act without a task."""

import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.pathway import Pathway
from pathways.clinic import Clinic
from pathways.core import own
from pathways.core.kind import kinds
from pathways.stories.folder import open_shelf
from pathways.stories.language import Story
from pathways.stories.play import play_on_core
from pathways.stories.timeline import Entry, Played
from tests.pathways.stories.bench import REAL

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "pathways" / "shipped"
OWN = Path(__file__).parent / "clinic"
"""A pathway and its stories for what no shipped pathway can reach; its clinic and papers are the demo clinic's."""

Row = tuple[str, str, str]
"""``outcome``, kind, outcome; or ``action``, whose, action."""
Told = tuple[Story, Pathway, Clinic]


@cache
def stories() -> tuple[Told, ...]:
    """Every story of both clinics."""
    found = []
    with TemporaryDirectory() as name:
        second = Path(name) / "clinic"
        shutil.copytree(SHIPPED, second, ignore=shutil.ignore_patterns("pathways", "stories"))
        shutil.copytree(OWN, second, dirs_exist_ok=True)
        shelves = [open_shelf(folder) for folder in (SHIPPED, second)]
    for shelf in shelves:
        assert shelf.compiled.findings == []
        assert shelf.compiled.clinic is not None
        for reading in shelf.readings:
            assert reading.findings == [], reading.findings
            assert reading.story is not None
            assert reading.pathway is not None
            found.append((reading.story, reading.pathway, shelf.compiled.clinic.clinic))
    return tuple(found)


@cache
def on_core() -> dict[str, Played]:
    """Every story as the core plays it."""
    return {story.header.story: play_on_core(story, pathway, clinic, real=REAL) for story, pathway, clinic in stories()}


def wanted() -> set[Row]:
    """Everything there is to reach."""
    ours = {name: kind for name, kind in kinds().items() if type(kind).__module__.startswith("pathways.kinds.")}
    rows: set[Row] = set()
    for name, kind in ours.items():
        outcomes = ("good", "another", "timed_out") if name == "task" else (kind.good, *kind.others)
        rows |= {("outcome", name, outcome) for outcome in outcomes}
        rows |= {("action", name, action) for action in type(kind).actions()}
    rows |= {("outcome", "repeat", outcome) for outcome in ("done", "exhausted")}
    rows |= {("outcome", "parallel", outcome) for outcome in ("done", "timed_out")}
    rows |= {("action", "consultation", action) for action in own.OWN}
    rows |= {("action", "any task", action) for action in own.ANY_TASK}
    rows |= {("action", task, action) for task, actions in own.OWN_TASKS.items() for action in actions}
    return rows


def reached(pathway: Pathway, entries: Iterable[Entry]) -> Iterator[Row]:
    """What one timeline reaches."""
    for entry in entries:
        step = pathway.index.get(entry.step or "")
        internal = (entry.step or "").partition(".")[2].partition(".")[0]
        kind = step.kind if step is not None else internal
        if entry.code == "step.ended":
            outcome = str(entry.detail["outcome"])
            if step is not None and kind == "task" and outcome != "timed_out":
                outcome = "good" if outcome == step.fields["choices"][0] else "another"
            yield "outcome", kind, outcome
        elif entry.code.startswith("act."):
            action, task = entry.code.removeprefix("act."), entry.detail.get("task")
            if task is None:
                yield "action", "consultation", action
            elif action in own.ANY_TASK:
                yield "action", "any task", action
            else:
                yield "action", kind or str(task).split(".", 2)[2], action
