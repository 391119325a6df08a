"""How a play goes: how good its luck is, what is wished for each step, and what is aimed at."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from domain.pathway import Pathway, Step
from pathways.core.kind import kind_of
from tests.properties.wishes import TOWARDS

RARE = {
    "chat": 3, "video": 2, "prescription": 6, "results": 9, "lab_order": 2, "appointment": 2, "queue": 2, "identity": 4,
    "payment": 4, "referral": 2,
}  # fmt: skip
RARER = {
    "chat: timed_out": 14, "chat: in_person_needed": 7, "prescription: refused": 14, "lab_order: refused": 5,
    "queue: left": 4, "appointment: declined": 4, "results: timed_out": 14, "video: technical": 3,
}  # fmt: skip
"""How much more often the outcomes of a kind, or one of them, are aimed at."""


@dataclass
class Mood:
    """How a play goes, drawn once."""

    good: float
    """How often a good outcome is wished."""
    failing: float
    meddling: float
    chaos: float
    slow: float
    """How often time passes though something could be done."""
    cancels: bool
    flags: bool

    @classmethod
    def drawn(cls, dice: Random) -> "Mood":
        """One mood."""
        return cls(
            good=dice.choice((0.8, 0.9, 0.97)),
            failing=dice.choice((0.0, 0.01, 0.03, 0.15)),
            meddling=dice.choice((0.0, 0.05, 0.15, 0.3)),
            chaos=dice.choice((0.02, 0.05, 0.2)),
            slow=dice.choice((0.0, 0.02, 0.08)),
            cancels=dice.random() < 0.2,
            flags=dice.random() < 0.2,
        )


class Aims:
    """The outcome wished for each step, drawn when it is first asked for.

    ``target`` is a step and the outcome it is to have: until it is come to all goes well, so that what stands late in a
    pathway is tried as often as what stands first.
    """

    def __init__(self, pathway: Pathway, dice: Random, good: float, seen: Counter[str]) -> None:
        self.dice, self.good, self.seen = dice, good, seen
        self.wishes: dict[tuple[str, str, int], str] = {}
        self.target = aimed(pathway, dice) if dice.random() < 0.75 else None
        self.reached = False

    def wish(self, workflow: str, step: Step, occurrence: int) -> str:
        """The outcome wished for one turn of a step."""
        name = (workflow, step.id, occurrence)
        if name not in self.wishes:
            self.wishes[name] = self.drawn(step)
            self.seen[f"{step.id} {self.wishes[name]}"] += 1
        return self.wishes[name]

    def drawn(self, step: Step) -> str:
        """The target, a good one, or one of the others: the one wished least so far most likely."""
        good, others = outcomes(step)
        if self.target is not None and not self.reached:
            self.reached = step.id == self.target[0]
            return self.target[1] if self.reached else good
        if not others or self.dice.random() < self.good:
            return good
        weights = [1 / (1 + self.seen[f"{step.id} {other}"]) for other in others]
        return self.dice.choices(others, weights)[0]


def aimed(pathway: Pathway, dice: Random) -> tuple[str, str] | None:
    """One outcome of one step."""
    steps = [step for step in pathway.index.values() if step.kind in TOWARDS]
    pairs = [(step, outcome) for step in steps for outcome in outcomes(step)[1]]
    if not pairs:
        return None
    step, outcome = dice.choices(pairs, [odds(step, outcome) for step, outcome in pairs])[0]
    return step.id, outcome


def odds(step: Step, outcome: str) -> float:
    """How often an outcome of a step is aimed at: less where it ends all, more where it is seldom come to."""
    ends = outcome in step.then and step.then[outcome].to == "end"
    return RARER.get(f"{step.kind}: {outcome}", RARE.get(step.kind, 0.4 if ends else 1))


def outcomes(step: Step) -> tuple[str, tuple[str, ...]]:
    """The good outcome of a step and the others; a registration has no other end, only a longer way."""
    if step.kind == "registration":
        return "registered", ("rejected", "pending")
    kind = type(kind_of(step))
    return kind.outcomes(kind.fields.model_validate(step.fields))
