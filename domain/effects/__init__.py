"""Effects: what we ask of the world, one typed value each, done by the one activity it names.

A kind's effects stand in the module of the kind's name. ``load()`` imports them all; no list is kept anywhere.
"""

import importlib
import pkgutil
from functools import cache
from typing import Any, ClassVar

from domain.base import Code, Moment, Text, Value
from domain.people import Owner as Owner

REGISTRY: dict[str, type["Effect"]] = {}


class Effect(Value):
    """The base of all effects.

    Class attributes:
        activity: The name of the activity that does it, ``<module>.<verb>``.
        title: A few words for whoever opens the run in Temporal UI.
        queue: ``flow`` (records), ``io`` (the outside) or ``documents`` (CPU).
        result: The type of the activity's answer.
        patience: Real seconds within which it must be done, retries included; then a person decides.
        reads: It only asks: given up after its step ended, nobody has to decide anything.

    ``at`` is domain time, passed on because activities read no clock; ``part`` tells apart several effects
    of one type in one occurrence of a step.
    """

    activity: ClassVar[str]
    title: ClassVar[Text]
    queue: ClassVar[str] = "flow"
    result: ClassVar[type[Value]]
    patience: ClassVar[int] = 900
    reads: ClassVar[bool] = False

    clinic: str
    consultation: str
    workflow: str
    step: Code | None = None
    occurrence: int = 1
    part: str = ""
    at: Moment
    epoch: int = 1
    revision: int = 0

    @property
    def key(self) -> str:
        """The idempotency key: the same on every retry, in every run and after a reset."""
        tail = f":{self.part}" if self.part else ""
        return f"{self.consultation}:{self.step or '_'}:{self.occurrence}:{self.activity}{tail}"

    @property
    def reference(self) -> str:
        """The name of the outside object this effect makes; a fact about it is read back by ``read_reference``."""
        return f"{self.workflow}:{self.step or '_'}:{self.occurrence}"

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        name = cls.__dict__.get("activity")
        if name is not None:
            if name in REGISTRY and REGISTRY[name].__qualname__ != cls.__qualname__:
                raise TypeError(f"two effects name the activity {name}")
            REGISTRY[name] = cls


def read_reference(reference: str) -> tuple[str, str | None, int]:
    """The workflow, step and occurrence an outside object was made for.

    Raises:
        ValueError: Not a reference of ours.
    """
    workflow, step, occurrence = reference.split(":")
    return workflow, None if step == "_" else step, int(occurrence)


class Done(Value):
    """The answer of an effect that has nothing to tell but that it is done."""


@cache
def load() -> dict[str, type[Effect]]:
    """Import every module of this package and return all effect types by activity name."""
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        importlib.import_module(module.name)
    return REGISTRY
