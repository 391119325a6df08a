"""What a kind of step is: fields, outcomes, outputs, actions and behaviour, all in its one file."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from domain.acts import Act, Fact
from domain.base import Json, Text, Value
from domain.pathway import Step
from domain.people import Actor
from domain.state import Pending
from domain.tasks import Task

if TYPE_CHECKING:
    from pathways.core.draft import StepDraft

KINDS: dict[str, type["Kind"]] = {}


class NoFields(Value):
    """For kinds or actions that take nothing."""


@dataclass(frozen=True)
class Action:
    """One thing a person may do with a task of this kind.

    The same row judges an act and lists what a caller may do: ``guard`` raises ``Refusal`` where the actor may not
    (whatever the body), ``do`` carries it out and may raise ``Refusal`` for what the body says.
    """

    name: str
    body: type[Value]
    do: Callable[[Any, "StepDraft", Task, Act, Any], None]
    guard: Callable[[Any, "StepDraft", Task, Actor], None] | None = None


def action(
    body: type[Value] = NoFields, *, guard: Callable[[Any, "StepDraft", Task, Actor], None] | None = None
) -> Callable[[Callable[[Any, "StepDraft", Task, Act, Any], None]], Action]:
    """Declare a method ``(self, step, task, act, body)`` as the action of its name (a trailing ``_`` is dropped)."""

    def declare(do: Callable[[Any, "StepDraft", Task, Act, Any], None]) -> Action:
        return Action(do.__name__.rstrip("_"), body, do, guard)

    return declare


class Kind:
    """Base of all kinds. Instances hold nothing: all state is in the ``StepDraft``.

    Class attributes:
        name: The word of the language.
        fields: The kind's own YAML fields, strict.
        good: The good outcome; it falls to the next step.
        others: The closed list of the other outcomes, each of which must stand in ``then``.
        outputs: What later conditions may read, by name, with its CEL type
            (``int``, ``string``, ``bool``, ``list(string)``); ``outcome`` is always there.
        needs_doctor: Rule 8: an assigned doctor on every path to it.
        meets: A good end of it means doctor and patient have met (rule 4).
        live: They meet at one time: nobody cuts it once they have met. Letters may rest over a weekend.
        waits_for_people: Must have ``within`` (no wait without a deadline).
        assigns: A good end of it assigns a doctor (rule 8).
        never_met: Outcomes that say doctor and patient did not meet (rule 4).
        stays: The way itself needs what it gives: it cannot be left behind with ``wait: false``.
        passes: Left behind, what it asks of a doctor is another's once he answers for the consultation.
        skippable: An administrator may skip it with a reason (design section 5).
    """

    name: ClassVar[str]
    fields: ClassVar[type[Value]] = NoFields
    good: ClassVar[str] = "done"
    others: ClassVar[tuple[str, ...]] = ()
    outputs: ClassVar[dict[str, str]] = {}
    needs_doctor: ClassVar[bool] = False
    meets: ClassVar[bool] = False
    live: ClassVar[bool] = False
    waits_for_people: ClassVar[bool] = True
    assigns: ClassVar[bool] = False
    never_met: ClassVar[frozenset[str]] = frozenset()
    stays: ClassVar[bool] = False
    passes: ClassVar[bool] = False
    skippable: ClassVar[bool] = False
    title: ClassVar[Text] = Text(ru="", en="")
    """What people read as the stage they are in."""
    task_titles: ClassVar[dict[str, Text]] = {}
    """What people read as the duty, by the task's name."""
    internal: ClassVar[bool] = False
    """Not a word of the language: only the core opens it."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__:
            if cls.name in KINDS and KINDS[cls.name].__qualname__ != cls.__qualname__:
                raise TypeError(f"two kinds are called {cls.name}")
            KINDS[cls.name] = cls

    @classmethod
    @cache
    def actions(cls) -> dict[str, Action]:
        """The table of this kind's actions, by name; made once, never changed."""
        found = {}
        for base in reversed(cls.__mro__):
            for value in vars(base).values():
                if isinstance(value, Action):
                    found[value.name] = value
        return found

    @classmethod
    def outcomes(cls, fields: Any) -> tuple[str, tuple[str, ...]]:
        """The good outcome and the others; ``task`` reads them from its ``choices``."""
        return cls.good, cls.others

    @classmethod
    def outputs_of(cls, step: Step, forms: dict[str, Any]) -> dict[str, str]:
        """Outputs of one step with their CEL types; ``intake`` reads them from its form."""
        return cls.outputs

    @classmethod
    def may_be_skipped(cls, fields: Any) -> bool:
        """Whether this step may be skipped: a ``skippable`` kind, and nothing the gate decides by."""
        return cls.skippable and getattr(fields, "gives", None) is None

    def open(self, step: "StepDraft") -> None:
        """The step begins: open tasks, ask effects, or finish at once."""
        raise NotImplementedError

    def settled(self, step: "StepDraft", pending: Pending, result: Any) -> None:
        """An effect of this step was done; ``result`` is its typed answer."""

    def late(self, step: "StepDraft", pending: Pending, result: Any) -> None:
        """An effect was done after its step had ended: ask what takes it back. The memory is gone."""

    def gave_up(self, step: "StepDraft", pending: Pending, error: str) -> bool:
        """An effect could not be done in its patience or was refused (``error``: the type name).

        Return True when the kind dealt with it; False holds the effect and opens an administrator's task.
        """
        return False

    def fact(self, step: "StepDraft", fact: Fact) -> None:
        """A machine reported something about this occurrence."""

    def timer(self, step: "StepDraft", name: str) -> None:
        """A timer the kind set by ``step.timer`` is due."""

    def expired(self, step: "StepDraft") -> None:
        """``within`` is over. May leave the step open (nothing hangs up a live call)."""
        step.finish("timed_out")

    def close(self, step: "StepDraft") -> None:
        """The step is ended from outside (cancel, emergency, a joined branch, a skip): ask what frees the world."""

    def withdrawn(self, step: "StepDraft", purpose: str) -> bool:
        """A consent was taken back, by its ``purpose``: stop at once what it permitted here.

        Return True when the step dealt with it: then the consultation goes on without what was permitted.
        """
        return False

    def doctor_changed(self, step: "StepDraft") -> None:
        """The consultation has another doctor: ``step.former`` was it, ``step.doctor`` is it now.

        What the former one had to do here the new one has to; called on every open step.
        """
        for task in step.state.tasks.values():
            if task.step == step.run.step and step.former is not None and task.owner.person == step.former:
                task.owner, task.claimed_by = step.doctor, None
                step.note("task.changed", task=task.id)


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by name, one instance each."""
    import pathways.kinds as room

    for module in pkgutil.iter_modules(room.__path__, room.__name__ + "."):
        importlib.import_module(module.name)
    return {name: kind() for name, kind in KINDS.items()}


def kind_of(step: Step) -> Kind:
    """The kind of a step."""
    return kinds()[step.kind]


def fields_of(step: Step) -> Any:
    """A step's own fields as its kind's typed value."""
    return type(kind_of(step)).fields.model_validate(step.fields)


__all__ = ["Action", "Json", "Kind", "NoFields", "action", "fields_of", "kind_of", "kinds"]
