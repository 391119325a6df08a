"""What a rule looks at: the pathway as written and the clinic it is for."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from domain.pathway import Pinned
from pathways.clinic import Clinic
from pathways.outline import Outline, StepOutline
from pathways.reader import Node, Source


@dataclass
class Papers:
    """The papers of the folder: those that are sound, and the names of those that are there but broken."""

    forms: dict[str, Pinned] = field(default_factory=dict)
    consents: dict[str, Pinned] = field(default_factory=dict)
    texts: dict[str, Pinned] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)
    """(word, name): reported in their own file, so a pathway that uses one hears nothing more."""


@dataclass
class Case:
    """One pathway to judge. ``clinic`` is None where clinic.yaml is broken: then nothing is said of its names."""

    outline: Outline
    clinic: Clinic | None
    papers: Papers
    on: date
    """The day the law is read for."""

    @property
    def source(self) -> Source:
        """The file."""
        return self.outline.source

    @cached_property
    def steps(self) -> dict[str, StepOutline]:
        """Every step by id."""
        return {step.id: step for step in reversed(list(self.outline.walk()))}

    def report(self, code: str, node: Node, what: str, mend: str | None = None) -> None:
        """Add a finding."""
        self.source.report(code, node, what, mend)

    def of_kind(self, *names: str) -> list[StepOutline]:
        """The steps of some kinds, in order."""
        return [step for step in self.outline.walk() if step.envelope.kind in names]

    def setting(self, step: StepOutline, name: str) -> object:
        """One of a step's own fields, None where it has none."""
        return getattr(step.fields, name, None)
