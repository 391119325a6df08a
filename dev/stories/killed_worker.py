"""(g) The same follow-up; the worker that runs it is killed, twice, and it ends as it should all the same."""

import os
import signal

from dev.stories import follow_up
from dev.stories.scene import HOUSE, Scene, Story, Told
from domain.base import Text

WORKER = "worker-flow"


async def play(scene: Scene) -> Told:
    """Story (a) with a kill while the protocol is half written, and one a moment before the doctor signs."""
    scene.moments = {**scene.moments, "half_written": kill, "before_signature": kill}
    return await follow_up.play(scene)


async def kill(scene: Scene) -> None:
    """End the worker by SIGKILL; the stack's supervisor starts another, and the people only wait a little."""
    os.kill(scene.stack.pid(WORKER), signal.SIGKILL)
    scene.say(HOUSE, "процесс-исполнитель убит (SIGKILL)", "the worker is killed (SIGKILL)")


STORY = Story(
    "g",
    Text(
        ru="Та же повторная консультация, исполнитель дважды убит посреди неё",
        en="The same follow-up, its worker killed twice in the middle",
    ),
    "completed",
    play,
    alone=True,
)
