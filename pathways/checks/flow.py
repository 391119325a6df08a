"""Every path through a pathway, followed at once: what surely happened before a step, and with which outcomes.

An abstract run. A state is split by the few facts that rules ask for (has the patient been met, is there a doctor)
and keeps for each of them which outcomes every step may have had; so 'the protocol is written when the talk was done'
is understood. Repeats are followed until nothing new turns up; the sets are finite, so that comes soon.
"""

from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from pathways.conditions import Token
from pathways.guards import ABSENT, OPEN, Known, Outcomes, Part, joined, only
from pathways.outline import StepOutline
from pathways.reader import Node


class Facts(NamedTuple):
    """What the rules ask for. ``met``: no, owed (met, no protocol), noted (no signature), signed."""

    met: str = "no"
    doctor: bool = False
    gate: bool = False
    address: bool = False


State = dict[Facts, Outcomes]

WORST = {"no": 0, "signed": 1, "noted": 2, "owed": 3}
NEEDED_IN_EMERGENCY = frozenset({"present_address", "callback_phone"})
GOES_ON = frozenset({"skipped", "left_behind"})


def merged(*states: State) -> State:
    """Any of some states."""
    result: State = {}
    for state in states:
        for facts, outcomes in state.items():
            known = result.get(facts)
            result[facts] = outcomes if known is None else joined([known, outcomes]) or {}
    return result


@dataclass
class Exits:
    """How a sequence is left."""

    fall: State = field(default_factory=dict)
    again: State = field(default_factory=dict)
    leave: State = field(default_factory=dict)


@dataclass
class Ending:
    """One way to an end: where it is written, and in which states it is taken."""

    end: str
    node: Node
    state: State


@dataclass
class Flow:
    """The run and what it saw."""

    known: Known
    conditions: dict[str, Part]
    """Of steps whose ``when`` is well-formed."""
    before: dict[str, State] = field(default_factory=dict)
    """The states in which each step begins to run (its condition held)."""
    unsafe: dict[str, dict[int, Token]] = field(default_factory=dict)
    """Words of conditions that read what may not be there, by place."""
    endings: list[Ending] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)
    traces: list[set[Facts]] = field(default_factory=list)

    def follow(self, steps: list[StepOutline], root: Node) -> None:
        """The whole pathway; falling off its end is ``completed``."""
        fall = self.sequence(steps, {Facts(): {}}).fall
        if fall:
            self.endings.append(Ending("completed", steps[-1].mark("id") if steps else root, fall))

    def sequence(self, steps: list[StepOutline], entry: State) -> Exits:
        """A list of steps from its first one on."""
        exits = Exits()
        inbox: list[State] = [entry, *({} for _ in steps)]
        places = {step.id: place for place, step in enumerate(steps)}
        for place, step in enumerate(steps):
            if not inbox[place]:
                continue
            self.entered.add(step.id)
            for outcome, state in self.step(step, inbox[place]).items():
                if not state:
                    continue
                for trace in self.traces:
                    trace.update(state)
                jump = step.envelope.then.get(outcome)
                if outcome == step.good or outcome in GOES_ON:
                    way = "next"
                elif jump is not None:
                    way = jump.to
                else:
                    continue  # It leads nowhere, which is told (CP301): nothing follows from it.
                if way == "go" and jump is not None and places.get(jump.target or "", -1) > place:
                    target = places[jump.target or ""]
                    inbox[target] = merged(inbox[target], state)
                elif way == "end" and jump is not None:
                    self.endings.append(Ending(jump.target or "", step.mark("then", outcome), state))
                elif way == "again":
                    exits.again = merged(exits.again, state)
                elif way == "leave":
                    exits.leave = merged(exits.leave, state)
                else:
                    inbox[place + 1] = merged(inbox[place + 1], state)
        exits.fall = inbox[len(steps)]
        return exits

    def step(self, step: StepOutline, entry: State) -> dict[str, State]:
        """One step: its outcomes and the states they leave."""
        run, skipped = self.opened(step, entry)
        self.before[step.id] = merged(self.before.get(step.id, {}), run)
        result: dict[str, State] = {"skipped": _with(skipped, step.id, "skipped")}
        if not run:
            return result
        match step.envelope.kind:
            case "end":
                self.endings.append(Ending(str(getattr(step.fields, "name", "")), step.mark("as"), run))
                return result
            case "repeat":
                return result | self.repeat(step, run)
            case "parallel":
                return result | self.parallel(step, run)
        if not step.envelope.wait:
            return result | {"left_behind": _with(run, step.id, "left_behind")}
        for outcome in step.outcomes:
            after: State = {}
            for facts, outcomes in run.items():
                after = merged(after, {changed(facts, step, outcome): {**outcomes, step.id: frozenset({outcome})}})
            result[outcome] = after
        return result

    def opened(self, step: StepOutline, entry: State) -> tuple[State, State]:
        """Where the step runs and where it is passed by: its own condition, and what it is ``of``."""
        run: State = {}
        skipped: State = {}
        of = getattr(step.fields, "of", None)
        part = self.conditions.get(step.id)
        for facts, outcomes in entry.items():
            here: Outcomes | None = outcomes
            away: list[Outcomes | None] = []
            if isinstance(of, str):
                gone = frozenset({"skipped", ABSENT})
                away.append(only(outcomes, of, gone))
                here = only(outcomes, of, outcomes.get(of, frozenset({ABSENT})) - gone)
            if part is not None and here is not None:
                for word in self.known.unsafe(part, here):
                    self.unsafe.setdefault(step.id, {})[word.start] = word
                away.append(self.known.narrow(part, False, here))
                here = self.known.narrow(part, True, here)
            if here is not None:
                run[facts] = here
            if (left := joined(away)) is not None:
                skipped[facts] = left
        return run, skipped

    def repeat(self, step: StepOutline, entry: State) -> dict[str, State]:
        """Turns until no state is new. With ``every`` falling off and ``again`` both end only the turn."""
        once = getattr(step.fields, "times", 1) == 1
        timed = step.every is not None
        state = _with(entry, step.id, OPEN)
        while True:
            exits = self.sequence(step.steps, state)
            over = merged(exits.fall, exits.again) if timed else exits.again
            wider = state if once else merged(state, over)
            if wider == state:
                break
            state = wider
        if timed:
            return {"done": _with(merged(over, exits.leave), step.id, "done")}
        done = merged(exits.fall, exits.leave)
        return {"done": _with(done, step.id, "done"), "exhausted": _with(exits.again, step.id, "exhausted")}

    def parallel(self, step: StepOutline, entry: State) -> dict[str, State]:
        """Branches side by side; one that is closed early may have come anywhere."""
        done: State = entry
        closed: set[Facts] = set(entry)
        inner: dict[str, frozenset[str]] = {}
        for steps in step.branches.values():
            trace: set[Facts] = set()
            self.traces.append(trace)
            ended = self.sequence(steps, entry).fall
            self.traces.pop()
            closed |= {one._replace(met=_worse(one, other)) for one in entry for other in trace}
            mine = {inside.id for inside in _inside(steps)}
            for inside in _inside(steps):
                inner[inside.id] = frozenset({*inside.outcomes, "skipped", "closed", ABSENT})
            both: State = {}
            for (one, so_far), (other, new) in product(done.items(), ended.items()):
                outcomes = {**so_far, **{name: seen for name, seen in new.items() if name in mine}}
                both = merged(both, {_both(one, other): outcomes})
            done = both
        base = joined(list(entry.values())) or {}
        early: State = {facts: {**base, **inner} for facts in closed}
        first = getattr(step.fields, "join", "all") == "first"
        return {
            "done": _with(early if first else done, step.id, "done"),
            "timed_out": _with(early, step.id, "timed_out"),
        }


def changed(facts: Facts, step: StepOutline, outcome: str) -> Facts:
    """What an outcome of a kind's step makes of the facts."""
    kind, good = step.kind, outcome == step.good
    if kind is None:
        return facts
    new: dict[str, Any] = {}
    if kind.meets and outcome not in kind.never_met:
        new["met"] = "owed"
    elif kind.name == "protocol" and good and facts.met == "owed":
        new["met"] = "noted"
    elif kind.name == "signature" and good and facts.met == "noted":
        new["met"] = "signed"
    if kind.assigns:
        # Looking for a doctor lets the one before go, unless they have met: then he owes the papers.
        new["doctor"] = good or (facts.doctor and facts.met != "no")
    if kind.name == "eligibility" or (good and getattr(step.fields, "gives", None) == "evidence"):
        new["gate"] = True
    if kind.name == "intake" and good and set(getattr(step.fields, "takes", ())) >= NEEDED_IN_EMERGENCY:
        new["address"] = True
    return facts._replace(**new)


def _worse(one: Facts, other: Facts) -> str:
    """What is owed when both happened."""
    return max(one.met, other.met, key=WORST.__getitem__)


def _both(one: Facts, other: Facts) -> Facts:
    """Two branches that both ended."""
    return Facts(
        _worse(one, other),
        one.doctor or other.doctor,
        one.gate or other.gate,
        one.address or other.address,
    )


def _with(state: State, step: str, outcome: str) -> State:
    return {facts: {**outcomes, step: frozenset({outcome})} for facts, outcomes in state.items()}


def _inside(steps: list[StepOutline]) -> list[StepOutline]:
    found = []
    for step in steps:
        found.append(step)
        found += _inside(step.steps)
        for branch in step.branches.values():
            found += _inside(branch)
    return found
