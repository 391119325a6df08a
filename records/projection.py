"""A snapshot's tasks and transitions as the JSON that one statement unfolds into rows."""

import json

from domain.people import Owner
from domain.state import ConsultationState, Transition
from domain.tasks import Task
from records.visibility import owner_key


def tasks_json(state: ConsultationState) -> str:
    """The open tasks, each with all its owners."""
    return json.dumps([_task(task) for task in state.tasks.values()], ensure_ascii=False)


def transitions_json(transitions: tuple[Transition, ...]) -> str:
    """The transitions."""
    return "[" + ",".join(transition.model_dump_json() for transition in transitions) + "]"


def _task(task: Task) -> dict[str, object]:
    row = task.model_dump(mode="json", exclude={"owner", "also"})
    owners: tuple[Owner, ...] = (task.owner, *task.also)
    return row | {"owner": owner_key(task.owner), "owners": sorted({owner_key(owner) for owner in owners})}
