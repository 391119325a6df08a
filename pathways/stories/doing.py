"""The lines of a story that do something, each carried out on its scene."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import Any

from domain.acts import Refusal
from domain.base import Json, Text, Value
from domain.state import StepRun
from domain.tasks import Task
from pathways.core import acts, own
from pathways.core.kind import kinds
from pathways.stories import language as say
from pathways.stories.bodies import Body, Unfit, body_of
from pathways.stories.people import actor
from pathways.stories.scene import Scene, Wrong

KNOWN_BY = {
    "video": ("video",),
    "labs": ("lab_order",),
    "registry": ("registration",),
    "payments": ("payment",),
    "identity": ("identity",),
    "mis": ("eligibility", "appointment", "referral"),
    "line": ("queue",),
}
"""The kinds of step an outside system reports about."""
SIDES = {
    "doctor": "doctor",
    "colleague": "doctor",
    "patient": "patient",
    "representative": "patient",
    "guest": "invited",
}
"""How the video provider is told who somebody is."""


async def act(scene: Scene, line: say.Act) -> None:
    """Somebody acts.

    Raises:
        Wrong: There is nothing to act on, or the act was answered otherwise than the story says.
    """
    await scene.begin()
    workflow, task = scene.consultation, None
    if line.on is not None:
        workflow, task = find_task(scene, line)
    body = prepared(scene, workflow, task, line)
    if body.flags and task is not None:
        # As the facade does: an alarm never waits for the answer to the act.
        await raise_flags(scene, workflow, task, body)
    refusal = await scene.act(workflow, line.who, line.does, task.id if task else None, body.values)
    met = refusal["code"] if refusal is not None else None
    if met == line.refused:
        return
    if met is None:
        raise Wrong(
            Text(ru=f"действие принято, а должен быть отказ {line.refused}", en=f"taken; not refused as {line.refused}")
        )
    why = {name: value for name, value in (refusal or {}).items() if name != "code"}
    more = f" {why}" if why else ""
    raise Wrong(Text(ru=f"отказ: {met}{more}", en=f"refused: {met}{more}"))


def find_task(scene: Scene, line: say.Act) -> tuple[str, Task]:
    """The task an act is about: an open one that is the person's, an open one, one that was open.

    Raises:
        Wrong: There never was one.
    """
    who = actor(line.who, scene.pools)
    every_task = line.does in own.ANY_TASK

    def meant(task: Task) -> bool:
        return (
            line.on in (task.step, None if task.step else task.name)
            and line.task in (None, task.name)
            and line.turn in (None, task.occurrence)
            and (every_task or line.does in task.actions or acts_on(scene, task, line.does))
        )

    found = [(workflow, task) for workflow, task in scene.tasks() if meant(task)]
    ours = [(workflow, task) for workflow, task in found if task.shown_to(who)]
    past = [(workflow, task) for (workflow, _), task in scene.seen.items() if meant(task)]
    if ours or found:
        return (ours or found)[0]
    if past:
        return past[-1]
    raise Wrong(
        Text(
            ru=f"по шагу {line.on} нет задачи с действием {line.does}; открыто: {what_is_open(scene)}",
            en=f"no task of {line.on} knows {line.does}; open are: {what_is_open(scene)}",
        )
    )


def acts_on(scene: Scene, task: Task, action: str) -> bool:
    """Whether a task could know an action now or at another moment: then the core says why not now."""
    if task.step is None:
        return action in own.OWN_TASKS.get(task.name, {})
    found = scene.pathway.index.get(task.step)
    kind = kinds().get(found.kind) if found is not None else None
    # Kinds with two tasks give each its own actions; only what none of them has now is looked for here.
    named = {name for _, other in scene.tasks() if other.step == task.step for name in other.actions}
    return kind is not None and action not in named and action in type(kind).actions()


def what_is_open(scene: Scene) -> str:
    """The open tasks, for whoever looks for another one."""
    return ", ".join(task.id for _, task in scene.tasks()) or "-"


def prepared(scene: Scene, workflow: str, task: Task | None, line: say.Act) -> Body:
    """The body of an act as the facade would send it.

    Raises:
        Wrong: What the story writes does not fit.
    """
    try:
        model = own.OWN[line.does].body if task is None else row_of(scene, workflow, task, line.does).body
        return body_of(model, line.with_, scene.moment(workflow, task))
    except (KeyError, Refusal):
        return Body({})  # Whatever it is, the core will say that there is no such action.
    except Unfit as unfit:
        raise Wrong(Text(ru=f"with: {unfit}", en=f"with: {unfit}")) from None


def row_of(scene: Scene, workflow: str, task: Task, action: str) -> Any:
    """The row of an action, also of one the task does not offer now."""
    whole = task.model_copy(update={"actions": (*task.actions, action)})
    return acts.row_of(scene.context(workflow), whole, action)


async def raise_flags(scene: Scene, workflow: str, task: Task, body: Body) -> None:
    """Each red flag comes by a fact of the inbox."""
    kept = {name: body.values[name] for name in ("content", "sha256")}
    for flag in body.flags:
        await scene.tell(workflow, "intake", task.step, task.occurrence, {"flag": flag, **kept})


async def comes(scene: Scene, line: say.Comes | say.Leaves) -> None:
    """Somebody enters or leaves the video room.

    Raises:
        Wrong: No room is open.
    """
    await scene.begin()
    event, sides = ("joined", line.comes) if isinstance(line, say.Comes) else ("left", line.leaves)
    for side in (sides,) if isinstance(sides, str) else sides:
        workflow, run = find_run(scene, "video", line.on)
        body = {"event": event, "side": SIDES[side], "participant": f"{side}-1"}
        await scene.fact(workflow, "video", body, run)


async def report(scene: Scene, line: say.Machine) -> None:
    """A machine reports."""
    await scene.begin()
    body: dict[str, Json] = {"event": line.event, **line.with_}
    if line.turn is not None and line.on is not None:
        # Of a past turn, perhaps: the core takes it in and moves nothing.
        workflow = next((w for w, run in scene.runs() if run.step == line.on), scene.consultation)
        await scene.tell(workflow, line.source, line.on, line.turn, body)
        return
    workflow, run = find_run(scene, line.source, line.on)
    await scene.fact(workflow, line.source, body, run)


def find_run(scene: Scene, source: str, step: str | None) -> tuple[str, StepRun]:
    """The open step a machine reports about.

    Raises:
        Wrong: There is none, or more than one and the story does not say which.
    """
    about = KNOWN_BY[source]
    found = [
        (workflow, run)
        for workflow, run in scene.runs()
        if (run.step == step if step is not None else scene.context(workflow).step(run.step).kind in about)
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(run.step for _, run in found)
    if found:
        raise Wrong(Text(ru=f"о каком шаге речь ({names})? допишите on", en=f"which step ({names})? say 'on'"))
    what = step or "/".join(about)
    raise Wrong(Text(ru=f"не открыт шаг {what}", en=f"no step is open: {what}"))


async def wait(scene: Scene, line: say.Wait) -> None:
    """So much time passes."""
    await scene.begin()
    await scene.advance(line.wait.after(scene.now, scene.clinic.calendar))


async def until(scene: Scene, line: say.Until) -> None:
    """Time passes up to a moment.

    Raises:
        Wrong: There is no such moment ahead.
    """
    await scene.begin()
    to = target(scene, line)
    if to is None:
        raise Wrong(Text(ru="впереди нет такого срока", en="there is no such moment ahead"))
    if to < scene.now:
        raise Wrong(Text(ru="этот момент уже прошёл", en="that moment is over already"))
    await scene.advance(to)


def target(scene: Scene, line: say.Until) -> datetime | None:
    """The moment a line means."""
    match line.until:
        case "due":
            return scene.due()
        case "deadline":
            steps = [run.deadline for _, run in scene.runs() if line.on in (None, run.step) and run.deadline]
            return min(steps, default=None)
        case time() as hour:
            today = scene.now.astimezone(scene.zone)
            found = datetime.combine(today.date(), hour, scene.zone)
            return found if found > today else datetime.combine(today.date() + timedelta(days=1), hour, scene.zone)
        case moment:
            return moment.replace(tzinfo=scene.zone)


async def arrange(scene: Scene, line: say.Answer | say.Fails) -> None:
    """The world answers otherwise from now on."""
    scene.answers.said.append(line)


async def works(scene: Scene, line: say.Works) -> None:
    """The world answers as usual again."""
    scene.answers.works(line.works)


DOES: dict[type[Value], Callable[[Scene, Any], Awaitable[None]]] = {
    say.Act: act,
    say.Comes: comes,
    say.Leaves: comes,
    say.Machine: report,
    say.Wait: wait,
    say.Until: until,
    say.Answer: arrange,
    say.Fails: arrange,
    say.Works: works,
}
"""What each form of a line does; the other forms expect something."""
