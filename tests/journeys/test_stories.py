"""The stories of the demo end as they say."""

import pytest

from dev.stories import stories
from dev.stories.scene import Story
from tests.journeys.conftest import SceneOf

pytestmark = pytest.mark.timeout(300)


def test_the_stories_are_found() -> None:
    assert [story.letter for story in stories()] == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]


@pytest.mark.parametrize("story", stories(), ids=lambda story: f"story {story.letter}")
async def test_each_story_ends_as_it_says(story: Story, scene_of: SceneOf) -> None:
    told = await story.play(scene_of())
    assert told.end == story.ends
    assert all(paper.stat().st_size > 5000 for paper in told.papers)
