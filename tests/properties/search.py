"""One run of Hypothesis by a seed: pathways drawn, judged and played; what fails is made small and told.

A run is a pure function of its seed: whoever sees one fail sees the same with ``python -m tests.properties.play SEED``.
"""

import hashlib
import re
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import seed as seeded

from domain.pathway import Pathway
from tests.properties.clinic import house
from tests.properties.player import Player
from tests.properties.process import Input
from tests.properties.shapes import pathways
from tests.properties.table import Row, effects_of, held
from tests.properties.tree import ends_of, every
from tests.properties.writing import written

PATHWAYS = 50
"""Accepted pathways of one run."""
PLAYS = 7
"""Plays of each of them."""
PATIENCE = 60.0
"""Seconds for making a failure smaller; it is told as it is then."""


@dataclass
class Found:
    """What one run found."""

    seed: int
    drawn: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    """Codes of the checker, by how many pathways they rejected."""
    pathways: int = 0
    plays: int = 0
    inputs: int = 0
    calls: int = 0
    counts: Counter[Row] = field(default_factory=Counter)
    seconds: float = 0.0
    failure: str | None = None

    def add(self, other: "Found") -> None:
        """Two runs as one."""
        for name in ("drawn", "pathways", "plays", "inputs", "calls", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.rejected += other.rejected
        self.counts += other.counts

    def __str__(self) -> str:
        share = 100 * self.pathways // max(1, self.drawn)
        codes = ", ".join(f"{code} {number}" for code, number in self.rejected.most_common()) or "none"
        return (
            f"{self.drawn} pathways were drawn, {self.pathways} accepted by the checker "
            f"({share} %; the others: {codes})\n{self.plays} plays of them, {self.inputs} inputs, "
            f"{self.calls} uses of the core, {self.seconds:.0f} s of work"
        )


@dataclass
class Failing:
    """A play in which a rule does not hold."""

    pathway: dict[str, Any]
    text: str
    seed: int
    error: BaseException
    inputs: list[Input]


def seed_of(text: str, number: int) -> int:
    """The seed of one play of a pathway: of its text alone, so that nothing else decides what is played."""
    return int(hashlib.sha256(f"{number} {text}".encode()).hexdigest()[:12], 16)


def drawn(seed: int, number: int) -> list[tuple[str, Pathway]]:
    """Some accepted pathways, with their texts."""
    found: list[tuple[str, Pathway]] = []

    @seeded(seed)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(pathways())
    def draw(pathway: dict[str, Any]) -> None:
        text = written(pathway)
        judged = house().judge(text).pathway
        assume(judged is not None)
        assert judged is not None
        found.append((text, judged))

    draw()
    return found


def search(seed: int, pathways_: int = PATHWAYS, plays: int = PLAYS) -> Found:
    """Draw, judge, play."""
    found, failing, began = Found(seed), dict[str, Failing](), time.process_time()
    first_failed: list[float] = []

    @seeded(seed)
    @settings(
        max_examples=pathways_,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(pathways())
    def all_rules_hold(pathway: dict[str, Any]) -> None:
        text = written(pathway)
        if text in failing:
            raise failing[text].error
        if first_failed and time.monotonic() - first_failed[0] > PATIENCE:
            return
        judged = house().judge(text)
        found.drawn += 1
        if judged.pathway is None:
            found.rejected.update({finding.code for finding in judged.findings})
            assume(False)
        assert judged.pathway is not None
        found.pathways += 1
        for number in range(plays):
            player = Player(judged.pathway, seed_of(text, number))
            try:
                player.play()
            except Exception as error:
                first_failed.append(time.monotonic())
                failing[text] = Failing(pathway, text, seed_of(text, number), error, player.inputs)
                raise
            found.plays += 1
            found.inputs += len(player.inputs)
            found.calls += player.process.calls
            found.counts.update(held(player.process) | effects_of(player.world.asked))

    try:
        all_rules_hold()
    except Exception:
        smallest = min(failing.values(), key=lambda one: len(one.text), default=None)
        if smallest is None:
            raise
        found.failure = told(smallest, seed)
    found.seconds = time.process_time() - began
    return found


# --- a failure, made small -------------------------------------------------------------------------------------------


def word_of(error: BaseException) -> str:
    """What went wrong without the names and numbers of this play."""
    return f"{type(error).__name__} {re.sub(r'[0-9]+|_[a-z]+', '', str(error))[:30]}"


def told_again(failing: Failing, inputs: list[Input], pathway: dict[str, Any] | None = None) -> Failing | None:
    """The same play with fewer inputs, or in a smaller pathway, where the same still goes wrong."""
    written_ = failing.pathway if pathway is None else pathway
    text = written(written_)
    judged = house().judge(text).pathway
    if judged is None:
        return None
    player = Player(judged, failing.seed)
    try:
        player.retell(inputs)
    except Exception as error:
        if word_of(error) == word_of(failing.error):
            return Failing(written_, text, failing.seed, error, player.inputs)
    return None


def smaller(failing: Failing, *, until: Callable[[], bool]) -> Failing:
    """Drop inputs, many at once and then one by one, as long as the same goes wrong."""
    inputs, size = failing.inputs, max(1, len(failing.inputs) // 2)
    while not until():
        for start in range(0, len(inputs), size):
            fewer = told_again(failing, [*inputs[:start], *inputs[start + size :]])
            if fewer is not None and len(fewer.inputs) < len(inputs):
                failing, inputs = fewer, fewer.inputs
                break
        else:
            if size == 1:
                break
            size = max(1, size // 2)
    return failing


def pruned(failing: Failing, *, until: Callable[[], bool]) -> Failing:
    """Drop steps, as long as the checker accepts it and the same goes wrong."""
    for name in [step["id"] for step in every(failing.pathway["steps"])]:
        if until():
            break
        fewer = told_again(failing, failing.inputs, without(failing.pathway, name))
        failing = failing if fewer is None else fewer
    return failing


def without(pathway: dict[str, Any], name: str) -> dict[str, Any]:
    """A pathway without one step, and without the ends nobody comes to any more."""

    def kept(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for step in steps:
            if step["id"] != name:
                inner = {"steps": kept(step["steps"])} if "steps" in step else {}
                branches = {key: kept(inside) for key, inside in step.get("branches", {}).items()}
                found.append({**step, **inner, **({"branches": branches} if branches else {})})
        return found

    steps = kept(pathway["steps"])
    return {**pathway, "steps": steps, "ends": {k: v for k, v in pathway["ends"].items() if k in ends_of(steps)}}


def told(failing: Failing, seed: int) -> str:
    """A failure as it is printed: the smallest story, and how to see it again."""
    limit = time.monotonic() + PATIENCE
    for make in (smaller, pruned, smaller):
        failing = make(failing, until=lambda: time.monotonic() > limit)
    return "\n".join(lines(failing, seed))


def lines(failing: Failing, seed: int) -> Iterator[str]:
    """What is printed of a failure."""
    pathway = house().judge(failing.text).pathway
    assert pathway is not None
    player = Player(pathway, failing.seed)
    yield f"{type(failing.error).__name__}: {failing.error}"
    yield ""
    yield failing.text
    yield f"from {player.start.started_at.isoformat()} on, patient in {player.start.zone}:"
    yield from (f"  {given}" for given in failing.inputs)
    yield ""
    yield from traceback.format_exception(failing.error)[-3:]
    yield f"again: python -m tests.properties.play {seed}"
