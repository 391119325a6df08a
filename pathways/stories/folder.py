"""The stories of a clinic's folder."""

from dataclasses import dataclass
from pathlib import Path

from pathways.compile import Compiled, compile_folder
from pathways.stories.reading import Reading, read_story

STORIES = "stories"


@dataclass(frozen=True)
class Shelf:
    """A clinic's folder with its stories, read and judged."""

    compiled: Compiled
    readings: tuple[Reading, ...]

    @property
    def untold(self) -> list[str]:
        """Pathways about which there is no story."""
        told = {reading.pathway.code for reading in self.readings if reading.pathway is not None}
        return [pathway.code for pathway in self.compiled.pathways if pathway.code not in told]


def stories_of(folder: Path) -> list[Path]:
    """The story files of a folder, in order of name."""
    return sorted((folder / STORIES).glob("*.yaml"))


def open_shelf(folder: Path) -> Shelf:
    """Read a folder and all its stories."""
    compiled = compile_folder(folder)
    return Shelf(compiled, tuple(read_story(path, compiled) for path in stories_of(folder)))


def story_file(pathway: Path, story: str) -> Path:
    """The file of a story that is named by its own path, or by its name in the folder of a pathway's file."""
    if story.endswith(".yaml"):
        return Path(story)
    return pathway.resolve().parent.parent / STORIES / f"{story}.yaml"
