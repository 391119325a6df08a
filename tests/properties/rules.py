"""What must hold at every moment of a play, and when it is over. Told by what happened, not by the core's own flags."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.acts import Refusal
from domain.effects.notify import Tell
from domain.people import Owner, Role
from domain.state import Answered, ConsultationState, Pending, Status, StepRun, Transition
from pathways.checks.bound import bound
from pathways.checks.roles import ON_DUTY
from pathways.clinic import Clinic
from pathways.core import acts, engine
from pathways.core.context import Context
from pathways.core.draft import step_of
from pathways.kinds.video import GRACE, OUTLIVES
from pathways.stories import people
from pathways.view import details, view
from tests.properties.cast import actor
from tests.properties.process import Acted, Input, Passed, Process, Reported
from tests.properties.world import Broken, World, key_of

PEOPLE = frozenset(people.person(who) for who in people.EVERYBODY)
OUTLIVED = timedelta(seconds=OUTLIVES.seconds + GRACE.seconds)
"""How long a live call may go on after ``within``: then its room is gone."""

SELDOM = 20
"""Every so many moments somebody looks: making a view costs as much as an act."""


@dataclass
class Beside:
    """What comes on top of the bound of one process (rule 2), as it really was in the play."""

    held: timedelta = timedelta()
    """Paused, or an emergency was open."""
    answers: timedelta = timedelta()
    """A step was over but for the answer of an effect of its own."""
    late: timedelta = timedelta()
    """Something was due and nobody's worker ran."""
    moved: timedelta = timedelta()
    """Deadlines were moved away by people."""
    live: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Seconds a call went on after its deadline, by the step and its turn."""

    @property
    def whole(self) -> timedelta:
        """All of it."""
        return self.held + self.answers + self.late + self.moved + timedelta(seconds=sum(self.live.values()))


class Rules:
    """Watches a play."""

    def __init__(self, process: Process, world: World, clinic: Clinic) -> None:
        self.process, self.world, self.clinic = process, world, clinic
        self.beside: dict[str, Beside] = {}
        self.was: ConsultationState | None = None
        self.judged: str | None = None
        self.answers: dict[tuple[str, str], Answered] = {}
        """What each act was answered that was not stopped at the door."""
        self.facts: set[tuple[str, str]] = set()
        self.wrote_off: Pending | None = None
        self.looks = 0
        self.used: set[str] = set()
        """Bookings whose time came: they are used, not given back."""

    # --- one input -----------------------------------------------------------------------------------------------

    def before(self, given: Input) -> None:
        """What stands before something happens."""
        if isinstance(given, Passed):
            for state in self.process.open():
                self.count_time(state, self.process.now, given.to)
            return
        self.was = self.process.states[given.workflow]
        if isinstance(given, Acted):
            self.judged = self.judge(given)
            task = self.was.tasks.get(given.act.task or "")
            written_off = given.act.action == "write_off" and task is not None
            self.wrote_off = self.was.pending.get(str(task.data["key"])) if written_off and task is not None else None

    def judge(self, given: Acted) -> str | None:
        """What the door's guard says of an act before it is tried."""
        state = self.process.states[given.workflow]
        try:
            engine.check(self.process.pathways[given.workflow], state, given.act, self.process.now)
        except Refusal as refusal:
            return refusal.code
        return None

    def after(self, given: Input | None, answered: Answered | None = None) -> None:
        """What must hold after it.

        Raises:
            Broken: It does not.
        """
        if isinstance(given, Acted) and answered is not None:
            self.answered(given, answered)
        elif isinstance(given, Reported) and self.was is not None:
            name = (given.workflow, given.fact.name)
            if name in self.facts and self.process.states[given.workflow] != self.was:
                raise Broken(f"a fact seen before moved something: {given}")
            self.facts.add(name)
        for workflow in dict.fromkeys(self.process.changed) if given is not None else list(self.process.states):
            state = self.process.states[workflow]
            for pending in state.pending.values():
                self.world.ask(pending)
            self.used |= {str(o["booking"]) for o in state.outputs.values() if o.get("booking")}
            self.sound(state)
            self.looks += 1
            if self.looks % SELDOM == 0:
                self.shown(state)

    def shown(self, state: ConsultationState) -> None:
        """Whoever looks can be shown what is so."""
        pathway = self.process.pathways[state.workflow]
        for who in ("patient", "doctor", "clinic_admin"):
            view(pathway, state, actor(who), now=self.process.now)
        details(pathway, state)

    def answered(self, given: Acted, answered: Answered) -> None:
        """A refused act changes nothing; one sent again gets the same answer and changes nothing."""
        was, now = self.was, self.process.states[given.workflow]
        assert was is not None
        name = (given.workflow, given.act.id)
        if name in self.answers:
            if answered != self.answers[name] or now != was:
                raise Broken(f"the same act was answered otherwise: {given}")
            return
        if not (self.process.shelled and self.judged is not None):
            self.answers[name] = answered
        if answered.refusal is not None:
            if now.model_copy(update={"answered": was.answered}) != was:
                raise Broken(f"a refused act changed something: {given} {answered.refusal}")
            if self.judged is not None and answered.refusal["code"] != self.judged:
                raise Broken(f"the guard said {self.judged}, the answer {answered.refusal}: {given}")
        elif self.judged is not None:
            raise Broken(f"taken though the guard said {self.judged}: {given}")
        elif self.wrote_off is not None:
            self.world.by_hand.add(key_of(self.wrote_off))

    # --- time ----------------------------------------------------------------------------------------------------

    def count_time(self, state: ConsultationState, now: datetime, to: datetime) -> None:
        """Whose time it is that passes: the path's, or what comes beside it."""
        if state.status is not Status.OPEN:
            return
        beside, due = self.beside.setdefault(state.workflow, Beside()), state.due()
        if due is not None and to > due:
            beside.late += to - max(due, now)
            to = max(due, now)
        length = to - now
        if state.paused is not None or state.emergency is not None:
            beside.held += length
            return
        over = [run for run in state.runs.values() if self.past(state, run)]
        if any(waits_for_answer(state, run) for run in over):
            beside.answers += length
            return
        live = [run for run in over if run.memory.get("over")]
        for run in live[:1]:
            beside.live[run.step, run.occurrence] += int(length.total_seconds()) + 1

    def past(self, state: ConsultationState, run: StepRun) -> bool:
        """Whether a step is open though its deadline is over, or has none of its own."""
        step = step_of(self.process.pathway, state, run.step)
        return run.deadline is None and step.kind not in ("repeat", "registration")

    # --- at every moment -----------------------------------------------------------------------------------------

    def sound(self, state: ConsultationState) -> None:
        """No step without an owner, nothing that nobody and nothing will ever move.

        Raises:
            Broken: There is.
        """
        if state.status is Status.CLOSED:
            things = [state.runs, state.tasks, state.pending, state.undos]
            if any(things) or any((state.emergency, state.paused, state.hand_over)):
                raise Broken(f"{state.workflow} is closed and something is open")
            return
        offered = state.hand_over
        if offered is not None and offered.step not in state.runs:
            raise Broken(f"a hand-over was offered in {offered.step}, which is over")
        for task in state.tasks.values():
            run = state.runs.get(task.step or "")
            if task.step is not None and (run is None or run.occurrence != task.occurrence):
                raise Broken(f"{task.id} is open and its step is not")
            for owner in (task.owner, *task.also):
                if not self.exists(state, owner):
                    raise Broken(f"{task.id} is the duty of nobody there is: {owner}")
        if any(run.halted for run in state.runs.values()):
            raise Broken(f"a condition the checker accepted cannot be told: {[*state.runs]}")
        held = {key for key, pending in state.pending.items() if pending.held}
        stuck = {task.data["key"] for task in state.tasks.values() if task.step is None and task.name == "stuck"}
        if held != stuck:
            raise Broken(f"held is {held}, and the tasks about it are {stuck}")
        if (state.emergency is not None) != any(t.name == "call_back" for t in state.tasks.values()):
            raise Broken("an emergency without a call back, or a call back without an emergency")
        if state.due() is None and len(held) == len(state.pending) and not self.somebody_can(state):
            raise Broken(f"nobody and nothing will ever move {state.workflow}: {[*state.runs]} {[*state.tasks]}")

    def exists(self, state: ConsultationState, owner: Owner) -> bool:
        """Whether somebody is there whose duty something can be."""
        return (
            owner.person in PEOPLE
            or (owner.patient is not None and owner.patient == state.patient)
            or owner.role in ON_DUTY
            or owner.role is Role.PATIENT
            or owner.pool in self.clinic.pools
        )

    def somebody_can(self, state: ConsultationState) -> bool:
        """Whether anybody may do anything with a task."""
        context = Context(self.process.pathways[state.workflow], state, self.process.now)
        tasks = state.tasks.values()
        return any(acts.allowed(context, task, actor(who)) for task in tasks for who in people.EVERYBODY)

    # --- when all is over ----------------------------------------------------------------------------------------

    def at_the_end(self) -> None:
        """Everything has ended, in time, signed for, and gave back what it took.

        Raises:
            Broken: It has not.
        """
        for workflow, state in self.process.states.items():
            if state.status is not Status.CLOSED:
                raise Broken(f"{workflow} is not over")
            self.in_time(state)
            self.signed(state)
        self.world.all_back(self.used)

    def in_time(self, state: ConsultationState) -> None:
        """It ended within its printed bound and what came beside it."""
        known = bound(self.process.pathway)
        beside = self.beside.get(state.workflow, Beside())
        beside.moved = sum((moved(t) for t in self.process.happened[state.workflow]), timedelta())
        for (step, turn), seconds in beside.live.items():
            if timedelta(seconds=seconds) > OUTLIVED + beside.late + timedelta(seconds=60):
                raise Broken(f"the call {step}.{turn} went on for {seconds} s after its deadline")
        if state.inner is not None:
            return  # The duty to register does not end by waiting.
        most = known.left_behind if state.root is not None else known.longest
        assert state.ended_at is not None
        took = state.ended_at - self.process.born[state.workflow]
        if took > most + beside.whole:
            raise Broken(f"{state.workflow} took {took}; its bound is {most}, and beside it came {beside}")

    def signed(self, state: ConsultationState) -> None:
        """From the meeting on no end without a protocol and its signature but ``unsigned``."""
        owed, written = False, set[str]()
        for one in self.process.happened[state.workflow]:
            step = self.process.pathway.index.get(one.step or "")
            outcome = one.detail.get("outcome")
            if one.code == "met":
                owed, written = True, set()
            elif one.code == "step.ended" and step is not None and outcome == "done":
                if step.kind == "protocol":
                    written.add(step.id)
                elif step.kind == "signature" and step.fields["of"] in written:
                    owed = False
            elif one.code == "ending" and owed and one.detail["end"] != "unsigned":
                raise Broken(f"they met, nobody signed, and it ended as {one.detail['end']}")


def moved(transition: Transition) -> timedelta:
    """By how much a deadline was moved away."""
    if transition.code != "deadline.changed":
        return timedelta()
    was, until = (datetime.fromisoformat(str(transition.detail[name])) for name in ("was", "until"))
    return max(timedelta(), until - was)


def waits_for_answer(state: ConsultationState, run: StepRun) -> bool:
    """Whether an effect of a step, other than a message, is on its way."""
    return any(
        (pending.step, pending.occurrence) == (run.step, run.occurrence)
        and not pending.held
        and pending.effect != Tell.activity
        for pending in state.pending.values()
    )
