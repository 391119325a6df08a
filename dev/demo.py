"""`carepath demo`: whole consultations, played on a stack of their own, told as they happen.

Exits 0 only if every story ended as it says and every effect outside was done once.
"""

import asyncio
import contextlib
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dev.client import Answer, NotInTime
from dev.folder import Folder
from dev.process import StackError
from dev.stack import Stack
from dev.stories import stories
from dev.stories.hours import Hours
from dev.stories.scene import Cast, Line, Scene, Story, StoryFailed, Told, name_of
from domain.base import Text

console = Console(highlight=False, soft_wrap=True)
STACK = "stack"
OWN = "carepath-demo"
"""A file that says that a folder is the demo's own: nothing else is ever made anew."""


@dataclass(frozen=True)
class Played:
    """One story and what became of it."""

    story: Story
    seconds: float
    told: Told | None
    failure: str = ""

    @property
    def well(self) -> bool:
        """It ended as it says."""
        return self.told is not None and self.told.end == self.story.ends


async def main(folder: Path, *, keep: bool = False, language: str = "ru", only: str = "") -> int:
    """Play the stories; the exit code.

    Args:
        folder: Where it runs; made anew.
        keep: Leave the stack running until Ctrl-C.
        language: ``ru`` or ``en``.
        only: The letters to play; empty for all.
    """
    begun = time.monotonic()
    try:
        await fresh(folder)
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    stop, playing = asyncio.Event(), asyncio.create_task(run(folder, begun, language, only))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait({asked, playing}, return_when=asyncio.FIRST_COMPLETED)
    if not playing.done():
        playing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await playing
        console.print(f"\n[dim]{STOPPED.in_(language)}[/]")
        return 130
    stack, code = playing.result()
    if stack is not None:
        if keep:
            console.print(f"\n{KEPT.in_(language)}")
            await asked
        await stack.stop()
    asked.cancel()
    return code


async def fresh(folder: Path) -> None:
    """Make the demo's folder anew; a folder of somebody else, or of a demo that runs, is left alone.

    Raises:
        StackError: It is.
    """
    if is_ours(folder):
        held = Folder(folder / STACK)
        await held.lock()
        held.unlock()
    await asyncio.to_thread(remake, folder)


def is_ours(folder: Path) -> bool:
    """Whether an earlier demo ran there; an empty folder is nobody's.

    Raises:
        StackError: It is somebody else's.
    """
    if not folder.exists() or not any(folder.iterdir()):
        return False
    if not (folder / OWN).exists():
        raise StackError(f"{folder} is not the demo's own: name another one by --data.")
    return True


def remake(folder: Path) -> None:
    """Empty the folder and mark it."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / OWN).touch()


async def run(folder: Path, begun: float, language: str, only: str) -> tuple[Stack | None, int]:
    """Start the stack and play; the running stack and the exit code."""
    stack = Stack(folder / STACK, tell=lambda notice: console.print(f"[dim]{escape(notice)}[/]"), durable=False)
    console.print(f"[dim]{STARTING.in_(language)}[/]")
    try:
        await stack.start()
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return None, 1
    try:
        up = time.monotonic() - begun
        console.print(f"[dim]{STARTED.in_(language)} {up:.1f} s[/]")
        played = await play(stack, folder / "papers", language, only)
        summary(stack, played, language)
        spent = ", ".join(f"({one.story.letter}) {one.seconds:.1f} s" for one in played)
        total = time.monotonic() - begun
        console.print(f"\n[dim]{TIME.in_(language)}: {START.in_(language)} {up:.1f} s, {spent}; {total:.1f} s[/]")
    except BaseException:
        await stack.stop()
        raise
    return stack, 0 if played and all(one.well for one in played) else 1


async def play(stack: Stack, papers: Path, language: str, only: str) -> list[Played]:
    """Play the stories, those of a group at once; one that fails stops none of the others."""
    cast = Cast(stack, language=language)
    chosen = [story for story in stories() if not only or story.letter in only]
    played: list[Played] = []

    def scene(hours: Hours, lines: list[Line]) -> Scene:
        return Scene(stack, cast, papers, lines.append, shared=hours)

    try:
        for group in groups(chosen):
            hours = Hours(stack.settings)
            scenes: list[tuple[Story, list[Line]]] = [(story, []) for story in group]
            at_once = [shown(story, lines, scene(hours, lines), language) for story, lines in scenes]
            played += await asyncio.gather(*at_once)
    finally:
        await cast.close()
    return sorted(played, key=lambda one_: one_.story.letter)


def groups(chosen: list[Story]) -> list[list[Story]]:
    """The stories that are played at once: all but those that somebody's presence would spoil."""
    alone = [[story] for story in chosen if story.alone]
    together = [story for story in chosen if not story.alone]
    return [*([together] if together else []), *alone]


async def shown(story: Story, lines: list[Line], scene: Scene, language: str) -> Played:
    """Play one story in a scene that tells into ``lines``; they are printed together, when it is over."""
    played = await one(story, scene)
    timeline(played, lines, language)
    return played


async def one(story: Story, scene: Scene) -> Played:
    """Play one story."""
    died = asyncio.create_task(scene.stack.failure())
    async with scene.hours.played():
        playing = asyncio.create_task(story.play(scene))
        try:
            await asyncio.wait({died, playing}, return_when=asyncio.FIRST_COMPLETED)
            spent, lost = time.monotonic() - scene.began, not playing.done()
        finally:
            # Also when somebody has had enough: nothing goes on talking to a house that is being stopped.
            for task in (died, playing):
                task.cancel()
            await asyncio.gather(died, playing, return_exceptions=True)
    return Played(story, spent, None, str(died.result())) if lost else ending(story, spent, playing)


def ending(story: Story, spent: float, playing: "asyncio.Task[Told]") -> Played:
    """How a story that was played to its end ended."""
    try:
        return Played(story, spent, playing.result())
    except (Answer, NotInTime, StoryFailed) as failure:
        return Played(story, spent, None, f"{type(failure).__name__}: {failure}")


def timeline(played: Played, lines: list[Line], language: str) -> None:
    """What happened in one story, as it happened."""
    console.print(f"\n[bold]({played.story.letter}) {escape(played.story.title.in_(language))}[/]")
    for line in lines:
        who = f"{name_of(line.who, language):<14}"
        console.print(f"  [dim]{line.at:6.2f}[/]  [cyan]{escape(who)}[/] {escape(line.what.in_(language))}")
    if played.failure:
        console.print(f"  [red]{escape(played.failure)}[/]")


def summary(stack: Stack, played: list[Played], language: str) -> None:
    """What ended how, and where to look."""
    settings = stack.settings
    table = Table(box=None, title_justify="left", pad_edge=False)
    for heading in ("", COLUMN_STORY, COLUMN_SAYS, COLUMN_ENDED):
        table.add_column(heading if isinstance(heading, str) else heading.in_(language))
    for one_ in played:
        end = one_.told.end if one_.told else FAILED.in_(language)
        mark = "[green]✓[/]" if one_.well else "[red]✗[/]"
        table.add_row(mark, f"({one_.story.letter}) {one_.story.title.in_(language)}", one_.story.ends, end)
    console.print()
    console.print(table)
    console.print()
    for one_ in played:
        if one_.told is None:
            continue
        run_ = f"/namespaces/{settings.temporal_namespace}/workflows/{one_.told.consultation}"
        console.print(f"({one_.story.letter}) Temporal UI  {settings.temporal_ui_url}{run_}")
        for paper in one_.told.papers:
            console.print(f"    PDF          {paper}")
    console.print(f"OpenAPI          {settings.public_url}/docs")
    console.print(f"{AGAIN.in_(language):<16} .venv/bin/carepath up --data {stack.folder.path}")
    console.print(f"{LOGS.in_(language):<16} {stack.folder.logs}")


STARTING = Text(ru="Запускаю Temporal, PostgreSQL, Redis, стенды, исполнителей и API ...", en="Starting everything ...")
STARTED = Text(ru="Всё готово за", en="All is up after")
KEPT = Text(ru="Стек работает; Ctrl-C остановит его.", en="The stack keeps running; Ctrl-C stops it.")
TIME = Text(ru="Время", en="Time")
START = Text(ru="запуск", en="start")
AGAIN = Text(ru="Открыть снова", en="Look again")
STOPPED = Text(ru="Остановлено.", en="Stopped.")
LOGS = Text(ru="Журналы", en="Logs")
FAILED = Text(ru="сбой", en="failed")
COLUMN_STORY = Text(ru="История", en="Story")
COLUMN_SAYS = Text(ru="Должна", en="Must end")
COLUMN_ENDED = Text(ru="Кончилась", en="Ended")
