"""Whole consultations, told as stories: one module a story, each played through the API alone.

A module here with a ``STORY`` is a story; `carepath demo` plays them all, ``tests/journeys`` play them under fire.
"""

import importlib
import pkgutil

from dev.stories.scene import Story


def stories() -> list[Story]:
    """Every story, in the order of their letters; no list is kept anywhere."""
    found = []
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        story = getattr(importlib.import_module(module.name), "STORY", None)
        if isinstance(story, Story):
            found.append(story)
    return sorted(found, key=lambda story: story.letter)
