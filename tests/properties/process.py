"""A consultation and what it leaves behind on the pure core, moved by inputs that can be kept and given again."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.acts import Act, Fact, Refusal
from domain.base import Json
from domain.clock import Clock
from domain.effects.report import Report
from domain.pathway import Pathway
from domain.state import Answered, ConsultationState, Status, Transition
from pathways.core import engine
from pathways.stories import people
from pathways.stories.core import clock_fact, moved

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
"""Until when an act may be late: lateness is the shell's, not the core's."""


@dataclass(frozen=True)
class Acted:
    """A person acts."""

    workflow: str
    act: Act

    def __str__(self) -> str:
        on = f" on {self.act.task}" if self.act.task else ""
        return f"{people.word_of(self.act.actor.person)} does {self.act.action}{on} {self.act.body or ''}".rstrip()


@dataclass(frozen=True)
class Reported:
    """A machine reports."""

    workflow: str
    fact: Fact

    def __str__(self) -> str:
        return f"{self.fact.source} reports on {self.fact.step}.{self.fact.occurrence}: {self.fact.body}"


@dataclass(frozen=True)
class Settled:
    """An effect is done."""

    workflow: str
    key: str
    result: dict[str, Json]

    def __str__(self) -> str:
        return f"done: {self.key} {self.result}"


@dataclass(frozen=True)
class GivenUp:
    """An effect cannot be done; ``lost`` is what the outside answered where it did it and nobody heard."""

    workflow: str
    key: str
    error: str
    lost: dict[str, Json] | None = None

    def __str__(self) -> str:
        unheard = f", though it answered {self.lost}" if self.lost is not None else ""
        return f"not done ({self.error}{unheard}): {self.key}"


@dataclass(frozen=True)
class Passed:
    """Time passes up to a moment."""

    to: datetime

    def __str__(self) -> str:
        return f"until {self.to.isoformat()}"


@dataclass(frozen=True)
class Stopped:
    """An administrator asks Temporal to cancel the run."""

    workflow: str

    def __str__(self) -> str:
        return f"cancelled by administrator: {self.workflow}"


Input = Acted | Reported | Settled | GivenUp | Passed | Stopped


@dataclass
class Process:
    """All runs of one consultation, as the shell would hold them. Nothing moves it but ``feed``.

    Attributes:
        states: By workflow, in the order of birth.
        happened: The transitions of each; they are taken out of the state, as the projector does.
        born: When each was begun.
    """

    pathway: Pathway
    now: datetime
    states: dict[str, ConsultationState] = field(default_factory=dict)
    pathways: dict[str, Pathway] = field(default_factory=dict)
    happened: dict[str, list[Transition]] = field(default_factory=dict)
    born: dict[str, datetime] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    """The processes the last input moved."""
    shelled: bool = False
    """As the shell holds them: each is told that its clock was moved, and what the guard refuses is not kept."""
    calls: int = 0
    _moves: int = 0

    def begin(self, state: ConsultationState) -> None:
        """Begin the consultation."""
        self._born(self.pathway, state)
        self._adopt()

    def feed(self, given: Input) -> Answered | None:
        """One thing happens; an act is answered."""
        self.changed = []
        answered = None
        match given:
            case Acted(workflow, act):
                answered = self._act(workflow, act)
            case Reported(workflow, fact):
                self._fact(workflow, fact)
            case Settled(workflow, key, result):
                self._settle(workflow, key, result)
            case GivenUp(workflow, key, error):
                self._put(engine.give_up(self.pathways[workflow], self.states[workflow], key, error, self.now))
            case Passed(to):
                self._pass(to)
            case Stopped(workflow):
                self._put(engine.cancelled(self.pathways[workflow], self.states[workflow], self.now))
        return answered

    def open(self) -> list[ConsultationState]:
        """Every process that is not over."""
        return [state for state in self.states.values() if state.status is not Status.CLOSED]

    def due(self) -> datetime | None:
        """When the next thing happens by itself."""
        return min((due for state in self.open() if (due := state.due()) is not None), default=None)

    # --- the doors -----------------------------------------------------------------------------------------------

    def _act(self, workflow: str, act: Act) -> Answered:
        if self.shelled and act.id not in self.states[workflow].answered:
            try:
                engine.check(self.pathways[workflow], self.states[workflow], act, self.now)
            except Refusal as refusal:
                refused = {"code": refusal.code, **refusal.params}
                return Answered(revision=self.states[workflow].revision, refusal=refused)
        state, answered = engine.act(self.pathways[workflow], self.states[workflow], act, self.now)
        self._put(state)
        return answered

    def _fact(self, workflow: str, fact: Fact) -> None:
        # Of a consultation that is over its aftermath hears; the run itself is gone.
        if self.states[workflow].status is not Status.CLOSED:
            self._put(engine.fact(self.pathways[workflow], self.states[workflow], fact, self.now))

    def _settle(self, workflow: str, key: str, result: dict[str, Json]) -> None:
        pending = self.states[workflow].pending[key]
        if pending.effect == Report.activity:
            report = Report.model_validate(pending.body)
            self._fact(report.to, report.fact)
        self._put(engine.settle(self.pathways[workflow], self.states[workflow], key, result, self.now))

    def _pass(self, to: datetime) -> None:
        self.now = to
        self._moves += 1
        for workflow in [state.workflow for state in self.open()]:
            if self.shelled:
                self._move_clock(workflow, to)
            due = self.states[workflow].due()
            if due is not None and due <= to:
                self._put(engine.tick(self.pathways[workflow], self.states[workflow], to))
                left = self.states[workflow].due()
                over = self.states[workflow].status is Status.CLOSED
                assert over or left is None or left > to, "what is due does not pass"

    def _move_clock(self, workflow: str, to: datetime) -> None:
        """The run is told its new time; for it that happens at the old one."""
        state = self.states[workflow]
        fact = clock_fact(moved(state.clock, to), self._moves)
        self._put(engine.fact(self.pathways[workflow], state, fact, state.clock.anchor))

    def _born(self, pathway: Pathway, state: ConsultationState) -> None:
        self.pathways[state.workflow] = pathway
        self.happened[state.workflow] = []
        self.born[state.workflow] = self.now
        self._keep(engine.begin(pathway, state, self.now))

    def _put(self, state: ConsultationState) -> None:
        self._keep(state)
        self._adopt()

    def _keep(self, state: ConsultationState) -> None:
        self.calls += 1
        if state.transitions:
            self.happened[state.workflow] += state.transitions
            state = state.model_copy(update={"transitions": []})
        self.states[state.workflow] = state
        self.changed.append(state.workflow)

    def _adopt(self) -> None:
        """Start what was left behind and not started yet."""
        for parent in list(self.states):
            for name, child in list(self.states[parent].children.items()):
                if not self.states[parent].children[name].started:
                    pathway, now = self.pathways[parent], self.now
                    start = engine.child_start(pathway, self.states[parent], child, now)
                    self._born(start.compiled, start.state)
                    self._keep(engine.child_started(pathway, self.states[parent], name, now))
                    self._adopt()

    # --- keeping and going on ------------------------------------------------------------------------------------

    def kept(self) -> dict[str, str]:
        """Every state as it would be carried over."""
        return {workflow: state.model_dump_json() for workflow, state in self.states.items()}

    def resumed(self, kept: dict[str, str]) -> "Process":
        """The same processes, from what was kept."""
        states = {workflow: ConsultationState.model_validate_json(text) for workflow, text in kept.items()}
        return Process(
            pathway=self.pathway,
            now=self.now,
            states=states,
            pathways=dict(self.pathways),
            happened={workflow: list(happened) for workflow, happened in self.happened.items()},
            born=dict(self.born),
            shelled=self.shelled,
            _moves=self._moves,
        )


def first_state(pathway: Pathway, consultation: str, now: datetime, **values: Any) -> ConsultationState:
    """The state a consultation begins with."""
    return ConsultationState(
        workflow=consultation,
        consultation=consultation,
        clinic=people.CLINIC,
        patient=people.PATIENT,
        pathway=pathway.digest,
        started_at=now,
        clock=Clock(anchor=now, real_anchor=now, rate=0),
        **values,
    )
