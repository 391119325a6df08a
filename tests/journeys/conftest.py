"""Whole stories on the whole house: real servers, workers, relay, API and stands, nothing between us and them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from dev.stack import Stack
from dev.stories.scene import Cast, Hook, Line, Scene

SceneOf = Callable[..., Scene]


@pytest.fixture
def scene_of(house: Stack, cast: Cast, tmp_path: Path) -> SceneOf:
    """A scene in the house; keywords name what happens at which moment."""

    def make(**moments: Hook) -> Scene:
        return Scene(house, cast, tmp_path, told, moments)

    return make


def told(line: Line) -> None:
    """Show the timeline of a story that failed."""
    print(f"{line.at:7.2f}  {line.who:<12} {line.what.en}")


@pytest.fixture(autouse=True)
async def alive(house: Stack) -> AsyncIterator[None]:
    """A house that died for good fails the test that killed it."""
    yield
    died = asyncio.create_task(house.failure())
    await asyncio.sleep(0)
    assert not died.done(), str(died.result())
    died.cancel()
