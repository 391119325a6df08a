"""Finding activities: every class of the room ``activities`` with an activity on it, built from the wiring."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import activities
from domain import effects
from domain.names import FLOW, QUEUES

_MARK = "__temporal_activity_definition"

Activity = Callable[..., Any]


class WiringMismatch(TypeError):
    """An activity class asks for something the wiring does not have."""


def name_of(activity: Activity) -> str:
    """The name an activity is called by."""
    return str(getattr(activity, _MARK).name)


def classes() -> Iterator[type]:
    """Every class of the room that has an activity, in order of module and place."""
    for module in pkgutil.walk_packages(activities.__path__, activities.__name__ + "."):
        found = importlib.import_module(module.name)
        for _, value in sorted(inspect.getmembers(found, inspect.isclass)):
            if value.__module__ == module.name and any(hasattr(member, _MARK) for member in vars(value).values()):
                yield value


def make(class_: type, wiring: object) -> object:
    """Build one class: each parameter of its ``__init__`` is the wiring's attribute of that name.

    Raises:
        WiringMismatch: The wiring has no such attribute.
    """
    parameters = list(inspect.signature(class_).parameters)
    for name in parameters:
        # Statically: looking must not build anything yet.
        if inspect.getattr_static(wiring, name, None) is None:
            raise WiringMismatch(f"{class_.__qualname__} asks for {name}, which the wiring does not have")
    return class_(**{name: getattr(wiring, name) for name in parameters})


def all_activities(wiring: object) -> dict[str, list[Activity]]:
    """Every activity, by queue: an effect's is on the effect's, the others are on ``flow``.

    Raises:
        WiringMismatch: A class cannot be built.
        ValueError: Two activities have one name, or a method does not take its effect and return its result.
    """
    known = effects.load()
    found: dict[str, list[Activity]] = {queue: [] for queue in QUEUES}
    seen: set[str] = set()
    for class_ in classes():
        instance = make(class_, wiring)
        for _, method in inspect.getmembers(instance, lambda member: hasattr(member, _MARK)):
            name = name_of(method)
            if name in seen:
                raise ValueError(f"two activities are called {name}")
            seen.add(name)
            effect = known.get(name)
            if effect is not None:
                _fits(method, effect)
            found[effect.queue if effect else FLOW].append(method)
    return found


def doing(wiring: object, effect: type[effects.Effect]) -> Activity:
    """The activity that does an effect, for who must do it without a workflow.

    Raises:
        LookupError: None does.
    """
    for activity in all_activities(wiring)[effect.queue]:
        if name_of(activity) == effect.activity:
            return activity
    raise LookupError(effect.activity)


def _fits(method: Activity, effect: type[effects.Effect]) -> None:
    hints = get_type_hints(method)
    returns = hints.pop("return", None)
    if list(hints.values()) != [effect] or returns is not effect.result:
        raise ValueError(f"{name_of(method)} takes {effect.__name__} and returns {effect.result.__name__}")
