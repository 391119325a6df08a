"""A consultation while it is played: everything goes through ``feed``, and the rules watch it.

Whoever plays decides what happens; here is how it happens, how all is brought to its end, and that the same inputs come
to the same.
"""

from collections.abc import Iterable
from random import Random

from domain.acts import Act
from domain.base import Json
from domain.pathway import Pathway, Step
from domain.state import Answered, ConsultationState, Status
from domain.tasks import Task
from pathways.core.draft import step_of
from tests.properties.cast import actor, makers
from tests.properties.clinic import house
from tests.properties.process import NEVER, Acted, GivenUp, Input, Passed, Process, Reported, Settled
from tests.properties.rules import Rules
from tests.properties.saying import Bodies
from tests.properties.world import Broken, Numbers, World

ENOUGH = 4000
"""Moves after which duties have no end: something is wrong."""
AGAIN = 10_000
"""The first number of what is made up when a play is told again."""
OWED = frozenset({"call_back", "alarm", "stuck", "halted", "mend"})
"""Duties that outlive steps: nobody's silence ends them."""


class Telling:
    """One consultation, its outside and the rules."""

    def __init__(self, start: ConsultationState, pathway: Pathway, dice: Random, setting: Numbers) -> None:
        self.start, self.pathway, self.dice, self.setting = start, pathway, dice, setting
        self.world = World(setting)
        self.process = Process(pathway, start.started_at)
        self.inputs: list[Input] = []
        self.rules = Rules(self.process, self.world, house().clinic)
        self.saying = Bodies(self.process, setting, dice)
        self.ids = 0
        self.kept: tuple[int, Process] | None = None

    def begin(self) -> None:
        """The consultation begins."""
        self.process.begin(self.start.model_copy(deep=True))
        self.rules.after(None)

    def feed(self, given: Input) -> Answered | None:
        """One thing happens, in the process and outside of it."""
        self.inputs.append(given)
        match given:
            case Settled(workflow, key, result):
                self.world.do(self.process.states[workflow].pending[key], result)
            case GivenUp(workflow, key, lost=dict(lost)):
                self.world.lose(self.process.states[workflow].pending[key], lost)
            case Reported(_, fact) if fact.body.get("event") == "closed":
                self.world.rooms_closed(str(fact.step), fact.occurrence)
        self.rules.before(given)
        answered = self.process.feed(given)
        if isinstance(given, Acted) and answered is not None and answered.refusal is None:
            seat = given.act.body.get("seat")
            if given.act.action == "accept" and seat is not None:
                self.world.taken.setdefault(("seat", str(seat)), given.act.id)
        self.rules.after(given, answered)
        return answered

    def act(
        self, state: ConsultationState, task: Task | None, action: str, given: dict[str, Json] | None = None
    ) -> str:
        """Somebody who may acts; the refusal's code, nothing where it was taken."""
        who = self.dice.choice(makers(task, action))
        return self.does(state, who, task, action, self.saying.body(state, task, action, given))

    def does(self, state: ConsultationState, who: str, task: Task | None, action: str, body: dict[str, Json]) -> str:
        """One act."""
        self.ids += 1
        act = Act(
            id=f"a-{self.ids}",
            actor=actor(who),
            action=action,
            task=task.id if task else None,
            body=body,
            not_after=NEVER,
        )
        answered = self.feed(Acted(state.workflow, act))
        assert answered is not None
        return "" if answered.refusal is None else str(answered.refusal["code"])

    # --- to the end ----------------------------------------------------------------------------------------------

    def duties(self) -> None:
        """The world works again, people see to what is theirs alone, everybody else is silent until all is over.

        Raises:
            Broken: It is never over.
        """
        for _ in range(ENOUGH):
            states = self.process.open()
            if not states:
                return
            for state in states:
                self.duty(state.workflow)
            if self.process.open() and not self.owed() and self.process.due() is not None:
                due = self.process.due()
                assert due is not None
                self.feed(Passed(max(due, self.process.now)))
        left = {s.workflow: (s.status.value, [*s.runs], [*s.tasks], [*s.pending]) for s in self.process.open()}
        raise Broken(f"it never ends: {left}")

    def owed(self) -> list[tuple[str, Task]]:
        """Duties that outlive steps: nobody's silence ends them."""
        return [(s.workflow, t) for s in self.process.open() for t in s.tasks.values() if t.name in OWED]

    def duty(self, workflow: str) -> None:
        """Everything asked is done; then each duty is."""
        while flying := [k for k, p in self.process.states[workflow].pending.items() if not p.held]:
            pending = self.process.states[workflow].pending[flying[0]]
            self.feed(Settled(workflow, flying[0], self.world.answer(pending)))
        for name, task in self.owed():
            if name != workflow or task.id not in self.process.states[workflow].tasks:
                continue
            state, action = self.process.states[workflow], self.dice.choice(task.actions)
            if task.claimed_by is not None:
                # Whoever took it may be of another role by now: a colleague gives it back for him.
                self.does(state, self.dice.choice(makers(task, "release")), task, "release", {})
                state = self.process.states[workflow]
                task = state.tasks[task.id]
            if task.name == "call_back":
                action = "record"
            refused = self.act(state, task, action)
            if refused:
                raise Broken(f"nobody could see to {task.id}: {action} was refused as {refused}")

    # --- once more -----------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep every state as it would be carried over, to go on from it later."""
        kept = self.process.kept()
        self.kept = (len(self.inputs), self.process.resumed(kept))

    def replayed(self) -> None:
        """From what was kept in the middle, and in every fourth play from the beginning, the same comes of it.

        Raises:
            Broken: Something else does.
        """
        ways = [self.kept] if self.kept is not None else []
        if self.dice.random() < 0.25:
            first = Process(self.pathway, self.start.started_at, shelled=self.process.shelled)
            first.begin(self.start.model_copy(deep=True))
            ways.append((0, first))
        for since, process in ways:
            for given in self.inputs[since:]:
                process.feed(given)
            if process.states != self.process.states or process.happened != self.process.happened:
                raise Broken(f"replayed from input {since} of {len(self.inputs)} it came otherwise")

    def retell(self, inputs: Iterable[Input]) -> None:
        """Other inputs instead of the dice: those that still mean something, and then everybody's duties.

        Raises:
            Broken: A rule does not hold.
        """
        self.setting.first = AGAIN
        self.begin()
        for given in inputs:
            if self.means_something(given):
                self.feed(given)
        self.duties()
        self.rules.at_the_end()

    def means_something(self, given: Input) -> bool:
        """Whether an input can still happen."""
        if isinstance(given, Passed):
            return given.to >= self.process.now and bool(self.process.open())
        state = self.process.states.get(given.workflow)
        if state is None or state.status is Status.CLOSED:
            return False
        if isinstance(given, Settled | GivenUp):
            pending = state.pending.get(given.key)
            return pending is not None and not pending.held
        return True

    # --- small things --------------------------------------------------------------------------------------------

    def next_id(self, prefix: str) -> str:
        """The next id."""
        self.ids += 1
        return f"{prefix}-{self.ids}"

    def step(self, state: ConsultationState, step: str) -> Step:
        """A step of a process."""
        return step_of(self.pathway, state, step)
