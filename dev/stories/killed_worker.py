"""(g) The same follow-up; the worker that runs it is killed, twice, and it ends as it should all the same."""

import os
import signal
from dataclasses import replace

from dev.stories import follow_up
from dev.stories.scene import HOUSE, Scene, Story, Told
from domain.base import Text

WORKER = "worker-flow"


async def play(scene: Scene) -> Told:
    """Story (a) with a kill while the protocol is half written, and one right after the signature."""
    killed = replace(scene, moments={"half_written": kill, "after_signature": kill})
    told = await follow_up.play(killed)
    scene.must(killed.consultation == told.consultation, "it is one consultation")
    return told


async def kill(scene: Scene) -> None:
    """End the worker by SIGKILL; nobody but the supervisor notices, who starts another."""
    process = scene.stack.pid(WORKER)
    os.kill(process, signal.SIGKILL)
    scene.say(HOUSE, "процесс-исполнитель убит (SIGKILL)", "the worker is killed (SIGKILL)")


STORY = Story(
    "g",
    Text(
        ru="Та же повторная консультация, исполнитель дважды убит посреди неё",
        en="The same follow-up, its worker killed twice in the middle",
    ),
    "completed",
    play,
)
