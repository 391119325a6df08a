"""What the commands ``simulate`` and ``test`` say, on whichever world they play."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from domain.base import Text
from domain.pathway import Pathway
from pathways.clinic import Clinic
from pathways.compile import compile_path
from pathways.findings import in_order, render
from pathways.stories import good_way, words
from pathways.stories.core import CoreWorld
from pathways.stories.folder import STORIES, open_shelf, story_file
from pathways.stories.language import Header, Story
from pathways.stories.play import play, play_good_way
from pathways.stories.reading import Reading, read_story
from pathways.stories.timeline import Played

Plays = Callable[[Story | Header, Pathway, Clinic], Awaitable[Played]]

PLAYED = Text(
    ru="Сыграно за {seconds:.2f} с, {calls} вызовов процесса.",
    en="Played in {seconds:.2f} s, {calls} calls of the core.",
)
GOOD_WAY = Text(
    ru="Истории не названо: сыгран хороший путь, который составлен по самому пути консультации.",
    en="No story was named: this is the good way, made from the pathway itself.",
)
UNTOLD = Text(ru="Нет ни одной истории: {pathways}", en="Not a single story: {pathways}")
NONE = Text(ru="В папке нет историй ({folder}).", en="There are no stories in this folder ({folder}).")
SUM = Text(ru="Историй: {played}, не сошлось: {failed}.", en="Stories: {played}, failed: {failed}.")
NO_PATHWAY = Text(ru="{file} — не путь консультации.", en="{file} is no pathway.")
BROKEN = Text(ru="История не читается", en="The story cannot be read")


@dataclass(frozen=True)
class Told:
    """A piece of output, and whether what it tells is as it should be."""

    text: str
    good: bool = True


def on_core(real: datetime) -> Plays:
    """Playing on the pure core. ``real`` is real time, which a story never looks at."""

    async def plays(story: Story | Header, pathway: Pathway, clinic: Clinic) -> Played:
        if isinstance(story, Story):
            return await play(story, pathway, clinic, CoreWorld(), real=real)
        return await play_good_way(story, pathway, clinic, CoreWorld(), real=real)

    return plays


async def simulated(file: Path, story: str | None, language: str, plays: Plays, now: datetime) -> Told:
    """One story of a pathway, or its good way, hour by hour."""
    compiled = compile_path(file)
    if len(compiled.pathways) != 1 or compiled.folder is None:
        return Told(render(compiled.findings) or NO_PATHWAY.in_(language).format(file=file), good=False)
    pathway, clinic = compiled.pathways[0], compiled.folder.clinic
    said: Story | Header
    if story is None:
        said = good_way.header_of(pathway, clinic, good_way.next_morning(now.astimezone(ZoneInfo(clinic.zone))))
    else:
        path = story_file(file, story)
        reading = read_story(path, compiled)
        if reading.story is None:
            return Told(render(reading.findings), good=False)
        said = reading.story
    began = perf_counter()
    done = await plays(said, pathway, clinic)
    lines = [words.render(done, pathway, language), ""]
    if story is None:
        lines.append(GOOD_WAY.in_(language))
    lines.append(PLAYED.in_(language).format(seconds=perf_counter() - began, calls=done.calls))
    return Told("\n".join(lines), good=done.failure is None)


async def every_story(folder: Path, language: str, plays: Plays, at_once: int = 1) -> AsyncIterator[Told]:
    """Every story of a folder: a line each in order of name, and the timeline of those that failed.

    ``at_once``: how many are played side by side, where playing means waiting.
    """
    shelf = open_shelf(folder)
    if shelf.compiled.findings:
        yield Told(render(shelf.compiled.findings), good=False)
    free = asyncio.Semaphore(at_once)

    async def one(reading: Reading) -> Told:
        if reading.story is None or reading.pathway is None:
            what = f"✗ {reading.file.stem}: {BROKEN.in_(language)}\n{render(in_order(reading.findings))}"
            return Told(what, good=False)
        async with free:
            return await _verdict(reading.story, reading.pathway, shelf.compiled.clinic.clinic, language, plays)

    failed = 0
    tasks = [asyncio.create_task(one(reading)) for reading in shelf.readings]
    try:
        for task in tasks:
            told = await task
            failed += not told.good
            yield told
    finally:
        for task in tasks:
            task.cancel()
    if not shelf.readings:
        yield Told(NONE.in_(language).format(folder=folder / STORIES))
    if shelf.untold:
        yield Told(UNTOLD.in_(language).format(pathways=", ".join(shelf.untold)))
    yield Told(SUM.in_(language).format(played=len(shelf.readings), failed=failed))


async def _verdict(story: Story, pathway: Pathway, clinic: Clinic, language: str, plays: Plays) -> Told:
    began = perf_counter()
    done = await plays(story, pathway, clinic)
    took = f"{perf_counter() - began:.2f} s"
    name = f"{pathway.code} · {story.header.story}: {story.header.title.in_(language)} ({took})"
    if done.failure is None:
        return Told(f"✓ {name}")
    return Told(f"✗ {name}\n\n{words.render(done, pathway, language)}\n", good=False)
