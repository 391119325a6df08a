"""What happens without any purpose: anybody tries anything, machines report what they like, things come twice."""

from random import Random

from domain.acts import Fact
from domain.base import Json
from domain.pathway import Pathway
from domain.state import ConsultationState
from pathways.core import own
from pathways.core.kind import kind_of
from tests.properties.cast import DOCTORS, EVERYBODY, STAFF, makers
from tests.properties.mood import Mood
from tests.properties.process import Acted, Reported, Stopped
from tests.properties.telling import Telling
from tests.properties.world import Numbers

ENDS_ALL = frozenset({"cancel", "withdraw"})
CROWDS = ("assign", "claim", "release")
EVENTS = (
    "joined", "left", "closed", "near", "material_taken", "result", "refused", "rejected", "registered", "?",
)  # fmt: skip
SOURCES = ("video", "labs", "registry", "line", "identity", "mis", "payments")


class Chaos(Telling):
    """A telling in which anything may happen."""

    def __init__(self, start: ConsultationState, pathway: Pathway, dice: Random, setting: Numbers, mood: Mood) -> None:
        super().__init__(start, pathway, dice, setting)
        self.mood = mood

    def anything_at_all(self, state: ConsultationState) -> None:
        """One thing that nobody meant."""
        self.dice.choice((self.chaos, self.noise, self.again, self.serialise, self.stop))(state)

    def chaos(self, state: ConsultationState) -> None:
        """Anybody tries anything, with whatever body."""
        dice, tasks = self.dice, list(state.tasks.values())
        if not tasks or dice.random() < 0.3:
            action = dice.choice([name for name in own.OWN if name not in ENDS_ALL] + ["no_such_act"])
            if action == "flag_emergency" and not self.mood.flags:
                action = "resume"
            who = dice.choice(("cashier", "call_centre", *DOCTORS, *STAFF))
            self.does(state, who, None, action, self.saying.spoiled(self.saying.body(state, None, action)))
            return
        task = dice.choice(tasks)
        step = self.step(state, task.step) if task.step is not None else None
        actions = [*task.actions, *CROWDS]
        if step is not None and dice.random() < 0.3:
            actions = [*type(kind_of(step)).actions()]
        action = dice.choice(actions)
        who = dice.choice(makers(task, action)) if dice.random() < 0.6 else dice.choice(EVERYBODY)
        body = self.saying.body(state, task, action)
        self.does(state, who, task, action, self.saying.spoiled(body) if dice.random() < 0.6 else body)

    def noise(self, state: ConsultationState) -> None:
        """A machine reports about any step and any turn of it."""
        dice = self.dice
        steps = [*state.runs, *state.occurrences] or ["nowhere"]
        step = dice.choice(steps)
        known = state.runs.get(step)
        turn = known.occurrence if known is not None and dice.random() < 0.7 else dice.randint(1, 3)
        event = dice.choice(EVENTS)
        who = dice.choice(("doctor", "patient", "invited", "nobody"))
        body: dict[str, Json] = {"event": event, "side": who}
        if dice.random() < 0.8:
            body["participant"] = f"{who}-{dice.randint(1, 2)}"
        source = dice.choice(SOURCES)
        self.tell(state, Fact(source=source, id=self.next_id("f"), step=step, occurrence=turn, body=body))

    def again(self, state: ConsultationState) -> None:
        """Something is sent once more: an act with its id, a fact with its own."""
        recent = [given for given in self.inputs[-20:] if isinstance(given, Acted | Reported)]
        recent = [given for given in recent if given.workflow == state.workflow]
        if recent:
            self.feed(self.dice.choice(recent))

    def serialise(self, state: ConsultationState) -> None:
        """Every state is carried over."""
        self.process.states = self.process.resumed(self.process.kept()).states

    def stop(self, state: ConsultationState) -> None:
        """An administrator asks Temporal to cancel; rarely, for it ends everything."""
        if self.mood.cancels and state.root is None:
            self.mood.cancels = False
            self.feed(Stopped(state.workflow))

    def red_flag(self, state: ConsultationState) -> None:
        """A form raises a red flag, or a person does."""
        if self.dice.random() < 0.5:
            self.act(state, None, "flag_emergency")
            return
        body = {"flag": "chest_pain", **({"content": "ct-0", "sha256": "0" * 64} if self.dice.random() < 0.5 else {})}
        self.tell(state, Fact(source="intake", id=self.next_id("f"), step=None, body=body))

    def tell(self, state: ConsultationState, fact: Fact) -> None:
        """One fact."""
        self.feed(Reported(state.workflow, fact))
