"""The lines of a story that look: each says what is otherwise than expected, or nothing."""

from collections.abc import Callable
from typing import Any

from domain.base import Text, Value
from domain.state import Status
from pathways.core.acts import allowed, allowed_own
from pathways.stories import expectations as say
from pathways.stories.doing import what_is_open
from pathways.stories.people import actor, word_of
from pathways.stories.scene import Scene
from pathways.stories.timeline import DID

Found = Text | None


def differs(expected: str, found: str) -> Text:
    """What was expected and what is."""
    return Text(ru=f"ожидалось: {expected}; на деле: {found}", en=f"expected: {expected}; in fact: {found}")


def is_due(scene: Scene, line: say.TaskThere | say.NoTask) -> list[Any]:
    """The open tasks a line means."""
    who = actor(line.owner, scene.pools) if line.owner is not None else None
    name = line.task if isinstance(line, say.TaskThere) else line.no_task
    return [
        task
        for _, task in scene.tasks()
        if task.name == name
        and line.on in (None, task.step, None if task.step else task.name)
        and (who is None or task.shown_to(who))
    ]


def task(scene: Scene, line: say.TaskThere) -> Found:
    """A task is open, and due then."""
    found = is_due(scene, line)
    if not found:
        whose = f" / {line.owner}" if line.owner else ""
        return differs(f"{line.task}{whose}", what_is_open(scene))
    if line.until is None:
        return None
    moment = line.until.replace(tzinfo=scene.zone)
    dues = [task.due for task in found]
    if any(due is not None and due.replace(second=0, microsecond=0) == moment for due in dues):
        return None
    shown = ", ".join(f"{due.astimezone(scene.zone):%Y-%m-%d %H:%M}" if due else "-" for due in dues)
    return differs(f"{moment:%Y-%m-%d %H:%M}", shown)


def no_task(scene: Scene, line: say.NoTask) -> Found:
    """A task is not open."""
    found = is_due(scene, line)
    return differs(f"{line.no_task}: -", found[0].id) if found else None


def step(scene: Scene, line: say.StepIs) -> Found:
    """A step is open or over, with what it has to tell."""
    state = next((s for s in scene.world.states.values() if s.root == line.step), scene.main)
    is_open = any(run.step == line.step and line.turn in (None, run.occurrence) for _, run in scene.runs())
    if line.open is not None and line.open != is_open:
        return differs(f"{line.step} open: {line.open}".lower(), f"open: {is_open}".lower())
    if line.outcome is not None and (found := outcome_of(scene, line)) != line.outcome:
        return differs(f"{line.step}: {line.outcome}", found or ("open" if is_open else "-"))
    outputs = state.outputs.get(line.step, {})
    for name, value in line.outputs.items():
        if outputs.get(name) != value:
            return differs(f"{line.step}.{name}: {value}", str(outputs.get(name, "-")))
    return None


def outcome_of(scene: Scene, line: say.StepIs) -> str | None:
    """How a step ended last, or in a turn."""
    found = None
    for transitions in scene.world.happened.values():
        for one in transitions:
            if one.step == line.step and line.turn in (None, one.occurrence):
                outcome = one.detail.get("outcome") if one.code == "step.ended" else SILENT.get(one.code)
                found = outcome or found
    return found


SILENT = {"step.skipped": "skipped", "step.left": "left_behind", "step.closed": "closed"}
"""Ways a step may be over that are no outcome of its kind."""


def end(scene: Scene, line: say.EndIs) -> Found:
    """The consultation has come to an end."""
    return None if scene.main.end == line.end else differs(line.end, scene.main.end or "open")


def told(scene: Scene, line: say.Told) -> Found:
    """A message has gone out."""
    sent = [
        str(entry.detail["text"]) for entry in scene.did if entry.code == DID and entry.detail.get("to") == line.told
    ]
    if sent and line.text in (None, *sent):
        return None
    return differs(f"{line.told}: {line.text or '*'}", ", ".join(sent) or "-")


def did(scene: Scene, line: say.Did) -> Found:
    """An effect was carried out."""
    found = sum(entry.code == DID and entry.detail["effect"] == line.did for entry in scene.did)
    if found == line.times or (line.times is None and found):
        return None
    return differs(f"{line.did} × {line.times or 1}", f"× {found}")


def state(scene: Scene, line: say.StateIs) -> Found:
    """What the consultation as a whole is."""
    main = scene.main
    are = {main.status.value}
    if main.status is not Status.CLOSED:
        are |= {word for word, thing in (("paused", main.paused), ("emergency", main.emergency)) if thing is not None}
    return None if line.state in are else differs(line.state, ", ".join(sorted(are)))


def doctor(scene: Scene, line: say.DoctorIs) -> Found:
    """Who the doctor is."""
    found = word_of(scene.main.doctor) or "nobody"
    return None if found == line.doctor else differs(line.doctor, found)


def may(scene: Scene, line: say.MayDo) -> Found:
    """Somebody may do something."""
    actions = actions_of(scene, line.who, line.on)
    return None if line.may in actions else differs(line.may, ", ".join(sorted(actions)) or "-")


def may_not(scene: Scene, line: say.MayNot) -> Found:
    """Somebody may not do something."""
    actions = actions_of(scene, line.who, line.on)
    return differs(f"- {line.may_not}", line.may_not) if line.may_not in actions else None


def actions_of(scene: Scene, who: str, on: str | None) -> set[str]:
    """What somebody may do now, with the tasks of a step or with the consultation itself."""
    person = actor(who, scene.pools)
    if on is None:
        return set(allowed_own(scene.context(scene.consultation), person))
    found: set[str] = set()
    for workflow, one in scene.tasks():
        if on in (one.step, None if one.step else one.name):
            found |= set(allowed(scene.context(workflow), one, person))
    return found


LOOKS: dict[type[Value], Callable[[Scene, Any], Found]] = {
    say.TaskThere: task,
    say.NoTask: no_task,
    say.StepIs: step,
    say.EndIs: end,
    say.Told: told,
    say.Did: did,
    say.StateIs: state,
    say.DoctorIs: doctor,
    say.MayDo: may,
    say.MayNot: may_not,
}
"""How each expectation is looked at."""
