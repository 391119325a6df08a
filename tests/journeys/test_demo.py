"""The demo says honestly how a story ended, and never empties a folder that is not its own."""

from pathlib import Path

import pytest

from dev import demo
from dev.process import StackError
from dev.stories.scene import Scene, Story, StoryFailed, Told
from domain.base import Text
from tests.journeys.conftest import SceneOf

TITLE = Text(ru="проба", en="trial")
pytestmark = pytest.mark.timeout(300)


async def test_a_story_that_ends_otherwise_is_not_well(scene_of: SceneOf) -> None:
    async def play(scene: Scene) -> Told:
        return Told("c-1", "abandoned")

    played = await demo.one(Story("z", TITLE, "completed", play), scene_of())
    assert not played.well
    assert played.failure == ""


async def test_a_story_that_fails_is_told_with_its_reason(scene_of: SceneOf) -> None:
    async def play(scene: Scene) -> Told:
        raise StoryFailed("the money is taken twice")

    played = await demo.one(Story("z", TITLE, "completed", play), scene_of())
    assert not played.well
    assert "taken twice" in played.failure


async def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(StackError, match="not the demo's own"):
        await demo.fresh(tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "mine"


async def test_the_demos_own_folder_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    await demo.fresh(folder)
    (folder / "papers").mkdir()
    await demo.fresh(folder)
    assert not (folder / "papers").exists()
