"""The good way through a pathway: what a story would say if everybody did the first good thing he may."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from domain.acts import Refusal
from domain.base import Json, Text
from domain.pathway import Pathway
from domain.state import Status
from domain.tasks import Task
from pathways.clinic import Clinic
from pathways.core.acts import allowed
from pathways.stories import language as say
from pathways.stories.bodies import Unfit, body_of
from pathways.stories.doing import comes, raise_flags, row_of
from pathways.stories.people import EVERYBODY, actor
from pathways.stories.scene import Scene, Wrong
from pathways.stories.world import Setting

NAME = "good-way"
NOT_GOOD = frozenset(
    {"decline", "refuse", "leave", "no_show", "reschedule", "needs_in_person", "needs_video", "phone", "invite"}
    | {"allow_recording", "forbid_recording", "claim", "release", "assign", "write_off", "retry"}
)
"""What nobody does who wants to come to the good end, or to come to it simply."""
MOST = 2_000
"""Moves after which a pathway is going in circles."""
MORNING = time(9)


def header_of(pathway: Pathway, clinic: Clinic, starts: datetime) -> say.Header:
    """The head of the story nobody wrote."""
    return say.Header(
        story=NAME,
        pathway=pathway.code,
        title=Text(
            ru="хороший путь: каждый делает первое, что должен", en="the good way: everybody does what he should"
        ),
        starts=starts.replace(tzinfo=None, second=0, microsecond=0),
        open=True,
    )


def next_morning(now: datetime) -> datetime:
    """The next Monday at nine: a day on which every clinic works, most often."""
    ahead = (7 - now.weekday()) % 7 or 7
    return datetime.combine(now.date() + timedelta(days=ahead), MORNING, now.tzinfo)


async def walk(scene: Scene) -> None:
    """Do what can be done, else let time pass, until the consultation and all it left behind are over.

    Raises:
        Wrong: It never gets there.
    """
    done: set[tuple[str, str, str]] = set()
    await scene.begin()
    for _ in range(MOST):
        if all(state.status is Status.CLOSED for state in scene.world.states.values()):
            return
        if await meet(scene) or await do_something(scene, done):
            continue
        due = scene.due()
        if due is None:
            break
        await scene.advance(due)
    else:
        raise Wrong(Text(ru="путь не кончается", en="the way does not end"))
    left = ", ".join(run.step for _, run in scene.runs())
    raise Wrong(Text(ru=f"дальше ничего не происходит; открыто: {left}", en=f"nothing moves any more; open: {left}"))


async def meet(scene: Scene) -> bool:
    """Doctor and patient come into a room that is open."""
    for _, run in scene.runs():
        if run.memory.get("room") and not run.memory.get("how") and not run.memory.get("in"):
            await comes(scene, say.Comes(comes=("doctor", "patient"), on=run.step))
            return True
    return False


async def do_something(scene: Scene, done: set[tuple[str, str, str]]) -> bool:
    """The first thing somebody should do and has not done."""
    for workflow, task in scene.tasks():
        for action in task.actions:
            if action in NOT_GOOD or (workflow, task.id, action) in done:
                continue
            who = next((who for who in EVERYBODY if may(scene, workflow, task, action, who)), None)
            if who is None:
                continue
            done.add((workflow, task.id, action))
            if await tried(scene, workflow, task, action, who):
                return True
    return False


def may(scene: Scene, workflow: str, task: Task, action: str, who: str) -> bool:
    """Whether somebody may do this now."""
    return action in allowed(scene.context(workflow), task, actor(who, scene.pools))


async def tried(scene: Scene, workflow: str, task: Task, action: str, who: str) -> bool:
    """Do it; False where it needs what cannot be made up, or is refused for whatever it says."""
    moment = scene.moment(workflow, task)
    kind = moment.step.kind if moment.step is not None else ""
    fullest = FULLEST.get((kind, action))
    for given in fullest(scene.answers.setting) if fullest is not None else [{}]:
        try:
            body = body_of(row_of(scene, workflow, task, action).body, given, moment)
        except (Unfit, Refusal):
            return False
        if body.flags:
            await raise_flags(scene, workflow, task, body)
        if await scene.act(workflow, who, action, task.id, body.values) is None:
            return True
    return False


def fullest_protocol(setting: Setting) -> list[dict[str, Json]]:
    """A protocol from which everything follows, then what the law leaves of it where the doctor may do less."""
    papers: dict[str, Json] = {"orders": 1, "referrals": 1}
    named: dict[str, Json] = {"diagnosis": setting.diagnosis, **papers}
    return [{**named, "prescriptions": 1}, named, papers, {}]


FULLEST: dict[tuple[str, str], Callable[[Setting], list[dict[str, Json]]]] = {("protocol", "submit"): fullest_protocol}
"""What is written where more than one thing may be, by kind and action: the first that is taken."""
