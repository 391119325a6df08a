"""ConsultationState: the whole truth about one process, as one serialisable value.

The shell only makes the world agree with it: a timer for the earliest deadline, an activity for each pending
effect, a child for each one not started. So a run resumes from any state, and nothing is kept beside it.
"""

from enum import StrEnum

from domain.base import Code, Draft, Json, Moment, Value, earliest
from domain.clock import Clock
from domain.pathway import Pathway, Step
from domain.tasks import Task

SCHEMA = 1
"""Raised with every change of ConsultationState's shape that an old state does not fit, together with an upgrader."""

TURN = "turn"
"""The timer of a repeat that waits for its next turn."""


class Status(StrEnum):
    """Phases of a process."""

    OPEN = "open"
    ENDING = "ending"
    CLOSED = "closed"


class Transition(Value):
    """One thing that happened, for the record. ``code`` like ``step.opened``; opaque codes and ids only."""

    revision: int
    at: Moment
    code: Code
    step: str | None = None
    occurrence: int | None = None
    actor: str | None = None
    detail: dict[str, Json] = {}


class StepRun(Draft):
    """An open step. Its occurrence is the turn of the repeat around it, counted over the whole consultation."""

    step: Code
    occurrence: int
    opened_at: Moment
    deadline: Moment | None = None
    timers: dict[str, Moment] = {}
    fixed: list[str] = []
    """Timers that stand at a moment of the calendar, not at the end of a span: no pause moves them."""
    set_while_held: dict[str, Moment] = {}
    """Timers set while the clocks stood still, and when: they are given back only what they lost themselves."""
    memory: dict[str, Json] = {}

    @property
    def next_turn(self) -> Moment | None:
        """Of a repeat between its turns: when the next one begins."""
        return self.timers.get(TURN)

    @property
    def halted(self) -> bool:
        """Its condition could not be evaluated: no kind ever opened it, and none may be called about it."""
        return bool(self.memory.get("halted"))


class Pending(Draft):
    """An effect asked of the world and not yet settled. ``body`` is the effect's own JSON."""

    effect: str
    body: dict[str, Json]
    step: str | None
    occurrence: int
    since: Moment
    held: bool = False
    """True while a person must decide (its retries are spent): the shell leaves it alone."""


class Child(Draft):
    """A step left behind (``wait: false``): its own workflow, which reports by fact."""

    workflow: str
    step: Code
    occurrence: int
    inner: Step | None = None
    """The step itself where it is of an internal kind, which no pathway holds."""
    doctor: str | None = None
    """Whose duties it holds: who met the patient when it was left, or to whom he was handed over since."""
    told: str | None = None
    """The doctor it was last told of; it was left with the first one."""
    started: bool = False
    outcome: str | None = None


class Emergency(Draft):
    """An open emergency: a named person's record of what was done closes it."""

    flag: str
    opened_at: Moment
    step: str | None
    rung: list[str] = []
    acknowledged_by: str | None = None
    escalate_at: Moment | None = None


class Pause(Draft):
    """A consultation held back by a person with a reason (code) until a moment."""

    by: str
    reason: str
    since: Moment
    until: Moment


class HandOver(Draft):
    """A doctor gives a consultation to a colleague: offered, accepted, told to the patient, who may refuse.

    The first doctor answers for it until it is done. ``until``: when an offer nobody accepted lapses; once accepted,
    when the patient's silence counts as agreement. It lapses with the occurrence of the step it was made in.
    """

    giver: str
    taker: str
    reason: Code
    step: str
    occurrence: int
    offered_at: Moment
    accepted_at: Moment | None = None
    until: Moment


class Undo(Draft):
    """What takes back an effect that is done, unless it is dropped before the end."""

    effect: str
    body: dict[str, Json]
    step: str | None
    occurrence: int


class Answered(Draft):
    """The recorded answer to an act: the same key gets it again, also after continue-as-new."""

    revision: int
    refusal: dict[str, Json] | None = None


class ConsultationState(Draft):
    """One process: a consultation, or a step it left behind (then ``parent`` is set)."""

    schema_version: int = SCHEMA
    workflow: str
    consultation: str
    parent: str | None = None
    clinic: str
    patient: str
    payer: str | None = None
    language: str = "ru"
    zone: str = "Europe/Moscow"
    pathway: str
    """Digest of the compiled pathway."""
    root: str | None = None
    """For a child: the id of the step it runs."""
    inner: Step | None = None
    """For a child of an internal kind: the step itself."""
    started_at: Moment
    clock: Clock
    epoch: int = 1
    revision: int = 0
    status: Status = Status.OPEN
    end: str | None = None
    ended_at: Moment | None = None
    ended_by: str | None = None

    doctor: str | None = None
    """The assigned doctor's person id."""
    met_at: Moment | None = None
    met_by: str | None = None
    """The doctor who met the patient: owes the protocol and its signature."""
    treated_by: list[str] = []
    """The doctors who met the patient before: they signed for an earlier turn, or handed him over."""
    withdrawn: list[str] = []
    """Purposes of consents taken back: what they permitted does not begin any more, until they are given again."""
    signed: bool = False
    address: dict[str, Json] = {}
    """Content id and digest of the form answers that hold the present address and callback phone."""

    runs: dict[str, StepRun] = {}
    tasks: dict[str, Task] = {}
    outputs: dict[str, dict[str, Json]] = {}
    occurrences: dict[str, int] = {}
    pending: dict[str, Pending] = {}
    children: dict[str, Child] = {}
    undos: list[Undo] = []
    wish: str | None = None
    """The end asked for after the meeting: it waits for the protocol and its signature (rule 4)."""
    emergency: Emergency | None = None
    paused: Pause | None = None
    hand_over: HandOver | None = None

    reported: bool = False
    """A child has asked for its report to the parent."""
    charged: bool = False
    """The end has decided about the money: never twice."""
    counter: int = 0
    """Numbers the tasks of the consultation itself."""
    answered: dict[str, Answered] = {}
    seen: dict[str, int] = {}
    """Facts already taken, ``<source>:<id>``, with the revision at which they were."""
    transitions: list[Transition] = []
    """Those the record does not hold yet; the projector trims them."""

    def due(self) -> Moment | None:
        """The earliest moment at which something happens by itself; deadlines rest while paused."""
        moments: list[Moment] = []
        if self.emergency is not None and self.emergency.escalate_at is not None:
            moments.append(self.emergency.escalate_at)
        if self.hand_over is not None and self.status is Status.OPEN:
            moments.append(self.hand_over.until)
        if self.paused is not None:
            moments.append(self.paused.until)
        elif self.status is Status.OPEN:
            for run in self.runs.values():
                moments.extend(at for name, at in run.timers.items() if not self.rests(run, name))
                if run.deadline is not None and not self.holds_deadlines:
                    moments.append(run.deadline)
        return earliest(moments)

    @property
    def clocks_stand(self) -> bool:
        """A pause or an open emergency holds the clocks of the steps; what it took is given back."""
        return self.paused is not None or self.holds_deadlines

    @property
    def holds_deadlines(self) -> bool:
        """An open emergency stops the clocks of the steps; a false alarm moves them by the time spent."""
        return self.emergency is not None

    def release_doctor(self) -> None:
        """Who met the patient is no more the one who owes the papers; that he treated him stays known."""
        if self.met_by is not None and self.met_by not in self.treated_by:
            self.treated_by.append(self.met_by)
        self.met_by = None

    def rests(self, run: StepRun, timer: str) -> bool:
        """Whether a timer stands still while an emergency is open.

        What only tells goes on, and so does what was agreed for a moment; no turn begins, and no silence ends a talk.
        """
        tells = timer.startswith(("remind:", "escalate:"))
        return self.holds_deadlines and (timer == TURN or not (tells or timer in run.fixed))


class Start(Value):
    """The start input of a consultation workflow: the compiled pathway by value, a replay reads no file."""

    state: ConsultationState
    compiled: Pathway
    fresh: bool = True
    """False when ``state`` is resumed (continue-as-new, reset recovery): nothing is opened anew."""
    continue_always: bool = False
    """Continue as new at every quiet moment (a test setting)."""
