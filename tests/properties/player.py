"""One play of a pathway: by the dice of a seed, anybody does anything, machines report, effects fail, nobody does.

A play is a pure function of the pathway and the seed. What was seen least in it weighs most in the next choice.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from domain.acts import Fact
from domain.base import Json
from domain.effects import load
from domain.effects.report import Report
from domain.pathway import Pathway
from domain.state import ConsultationState, Status, StepRun
from domain.tasks import Task
from pathways.core import acts
from pathways.core.context import Context
from pathways.stories import people
from tests.properties.cast import ADMINISTRATORS, actor
from tests.properties.chaos import CROWDS, ENDS_ALL, Chaos
from tests.properties.mood import Aims, Mood
from tests.properties.process import GivenUp, Passed, Settled, first_state
from tests.properties.wishes import FAILS, TOWARDS, Do, Say, words_for
from tests.properties.world import OTHERWISE, Numbers, key_of

MOVES = 240
"""Most moves of a play before everybody does his duty."""
ERRORS = ("Refused", "Uncertain", "Unavailable", "Timeout")
STARTS = (
    datetime(2026, 10, 20, 10, 0, tzinfo=UTC),
    datetime(2026, 10, 23, 14, 50, tzinfo=UTC),
    datetime(2026, 10, 24, 21, 30, tzinfo=UTC),
    datetime(2026, 12, 30, 16, 0, tzinfo=UTC),
    datetime(2027, 3, 26, 15, 40, tzinfo=UTC),
)
"""A plain morning, before a weekend, in the night the clocks change, before the holidays, before summer time."""
ZONES = ("Europe/Berlin", "Europe/Moscow", "Asia/Kamchatka", "America/New_York")
UNSURE = {"video.record": 0.5, "video.stop_recording": 0.05, "appointment.book": 0.05, "report.send": 0.03}
"""Effects that seldom come up and fail more often than others."""
HANDING = frozenset({"take_over", "new_doctor", "opinion"})
"""Duties that soon lapse: whoever has one sees to it first."""
OFTEN = {"hand_over": 4, "consult": 4}
"""How much more often an act is chosen that is seldom possible."""


class Player(Chaos):
    """Plays one consultation to its end and sees that the rules hold."""

    def __init__(
        self, pathway: Pathway, seed: int, *, name: str = "c-story", moves: int = MOVES, shelled: bool = False
    ) -> None:
        dice = Random(seed)
        self.moves, mood = moves, Mood.drawn(dice)
        start = dice.choice(STARTS) + timedelta(minutes=dice.randint(0, 90))
        payer = people.person("representative") if pathway.people.payer == "representative" else None
        state = first_state(pathway, name, start, payer=payer, zone=dice.choice(ZONES))
        super().__init__(state, pathway, dice, Numbers(diagnosis="I10", seen=(start - timedelta(days=14)).date()), mood)
        self.process.shelled = shelled
        self.seen: Counter[str] = Counter()
        self.aims = Aims(pathway, dice, mood.good, self.seen)

    def play(self) -> "Player":
        """Everything, then everybody's duties.

        Raises:
            Broken: A rule does not hold.
        """
        self.begin()
        keep_at = self.dice.randint(0, 60)
        for number in range(self.dice.randint(self.moves // 4, self.moves)):
            if not self.process.open():
                break
            if number == keep_at:
                self.keep()
            self.anything()
        self.duties()
        self.rules.at_the_end()
        self.replayed()
        return self

    def anything(self) -> None:
        """One thing, somewhere."""
        dice, mood = self.dice, self.mood
        state = dice.choice(self.process.open())
        flying = [key for key, pending in state.pending.items() if not pending.held]
        if flying and dice.random() < 0.75:
            self.outside(state, flying[0] if dice.random() < 0.7 else dice.choice(flying))
        elif dice.random() < mood.meddling:
            self.own_act(state)
        elif dice.random() < mood.chaos:
            self.anything_at_all(state)
        elif dice.random() < mood.slow:
            self.time()
        elif not self.purpose(state):
            # Somebody else may still have something to do; only when all wait for time does it pass at once.
            if flying:
                self.outside(state, dice.choice(flying))
            else:
                self.time()

    # --- on purpose ----------------------------------------------------------------------------------------------

    def purpose(self, state: ConsultationState) -> bool:
        """Somebody does what brings a step to the outcome wished for it; False where nobody has anything to do."""
        own = [task for task in state.tasks.values() if task.step is None]
        offered = [task for task in own if task.name in HANDING]
        if own and self.dice.random() < (0.8 if offered else 0.5):
            self.own_task(state, self.dice.choice(offered or own))
            return True
        if self.mood.flags and state.root is None and state.status is Status.OPEN and self.dice.random() < 0.05:
            self.mood.flags = False
            self.red_flag(state)
            return True
        if state.emergency is not None and self.dice.random() < 0.1:
            self.red_flag(state)
            return True
        if self.mood.cancels and state.status is Status.OPEN and self.dice.random() < 0.05:
            self.mood.cancels = False
            self.act(state, None, self.dice.choice(("cancel", "cancel", "withdraw")))
            return True
        if state.paused is not None and self.dice.random() < 0.7:
            return False
        moves = [(run, move) for run in state.runs.values() for move in self.towards(state, run)]
        if not moves:
            return False
        weights = [1 / (1 + self.seen[str(move)]) for _, move in moves]
        run, move = self.dice.choices(moves, weights)[0]
        self.seen[str(move)] += 1
        if isinstance(move, Say):
            self.report(state, run, move.source, move.body)
        else:
            self.act(state, state.tasks[move.task], move.action, move.given)
        return True

    def towards(self, state: ConsultationState, run: StepRun) -> Iterator[Do | Say]:
        """What brings a step to its wish."""
        kind = self.step(state, run.step).kind
        if kind in TOWARDS and not run.halted:
            wish = self.wish(state, run.step, run.occurrence)
            yield from TOWARDS[kind](state, run, wish, self.process.now)

    def wish(self, state: ConsultationState, step: str, occurrence: int) -> str:
        """The outcome wished for a step."""
        return self.aims.wish(state.workflow, self.step(state, step), occurrence)

    def outside(self, state: ConsultationState, key: str) -> None:
        """An effect is done, well or not as one wished, or cannot be done."""
        pending, kind, wish = state.pending[key], "", ""
        if pending.step is not None:
            kind = self.step(state, pending.step).kind
        if kind in TOWARDS and pending.step is not None:
            wish = self.wish(state, pending.step, pending.occurrence)
        failing = 0.6 if FAILS.get((kind, wish)) == pending.effect else self.mood.failing
        failing = max(failing, UNSURE.get(pending.effect, 0))
        if self.dice.random() < failing:
            self.fail(state, key)
            return
        known = OTHERWISE.get(pending.effect, {})
        words = words_for(kind, wish, known)
        word = self.dice.choice(words) if words and self.dice.random() < 0.85 else None
        if known and self.dice.random() < 0.06:
            word = self.dice.choice(list(known))
        self.feed(Settled(state.workflow, key, self.world.answer(pending, word)))

    def fail(self, state: ConsultationState, key: str) -> None:
        """It cannot be done; unless it was refused it may have been done all the same."""
        error, pending = self.dice.choice(ERRORS), state.pending[key]
        if error == "Refused" and key_of(pending) in self.world.done:
            error = "Timeout"  # It was done before: whoever honours keys cannot refuse it now.
        unheard = error != "Refused" and self.dice.random() < 0.5 and pending.effect != Report.activity
        self.feed(GivenUp(state.workflow, key, error, self.world.answer(pending) if unheard else None))

    def own_act(self, state: ConsultationState) -> None:
        """An act without a task that somebody may do; what ends all is for those plays that end so."""
        doctor = "colleague" if state.doctor == people.person("colleague") else "doctor"
        who = self.dice.choice((doctor, *ADMINISTRATORS, "patient"))
        context = Context(self.process.pathways[state.workflow], state, self.process.now)
        known = [a for a in acts.allowed_own(context, actor(who)) if a not in ENDS_ALL]
        known = [action for action in known if action != "flag_emergency" or self.mood.flags]
        if not known:
            return
        weights = [OFTEN.get(action, 1) / (1 + self.seen[f"own {action}"]) for action in known]
        action = self.dice.choices(known, weights)[0]
        self.seen[f"own {action}"] += 1
        if action == "flag_emergency":
            self.mood.flags = False
        self.does(state, who, None, action, self.saying.body(state, None, action))

    def own_task(self, state: ConsultationState, task: Task) -> None:
        """A duty of the consultation itself."""
        actions = [*task.actions, *task.actions, *(CROWDS if task.owner.role is not None else ())]
        weights = [1 / (1 + self.seen[f"{task.name} {action}"]) for action in actions]
        action = self.dice.choices(actions, weights)[0]
        self.seen[f"{task.name} {action}"] += 1
        self.act(state, task, action)

    # --- machines and time ---------------------------------------------------------------------------------------

    def report(self, state: ConsultationState, run: StepRun, source: str, body: dict[str, Json]) -> None:
        """A machine reports about an open step."""
        fact = Fact(source=source, id=self.next_id("f"), step=run.step, occurrence=run.occurrence, body=body)
        self.tell(state, fact)

    def time(self) -> None:
        """Time passes: a little, nearly up to the next moment, up to it, or beyond it (nobody's worker ran)."""
        due, now = self.process.due(), self.process.now
        if due is None:
            self.pass_to(now + timedelta(minutes=self.dice.randint(1, 60)))
            return
        left = max(due - now, timedelta())
        how = self.dice.random()
        if self.holds_on():
            how = 0.2 if how < 0.9 else 1
        if how < 0.15:
            self.pass_to(now + left * self.dice.choice((0.1, 0.5)))
        elif how < 0.35 and left > timedelta(seconds=30):
            self.pass_to(due - timedelta(seconds=30))
        elif how < 0.97:
            self.pass_to(due)
        else:
            self.pass_to(due + timedelta(minutes=self.dice.randint(1, 120)))

    def holds_on(self) -> bool:
        """Whether a chat is to come to its deadline: nobody may fall silent meanwhile."""
        open_chats = [
            (state, run)
            for state in self.process.open()
            for run in state.runs.values()
            if self.step(state, run.step).kind == "chat"
        ]
        return any(self.wish(state, run.step, run.occurrence) == "timed_out" for state, run in open_chats)

    def pass_to(self, moment: datetime) -> None:
        """Up to a moment. No effect takes longer than its patience: it is answered, or given up, on the way."""
        for state in self.process.open():
            for key, pending in list(state.pending.items()):
                patience = timedelta(seconds=load()[pending.effect].patience)
                current = self.process.states[state.workflow]
                if not pending.held and key in current.pending and pending.since + patience < moment:
                    if moment > pending.since + patience > self.process.now and self.dice.random() < 0.5:
                        limit = self.process.due()
                        at = pending.since + patience
                        self.feed(Passed(min(at, limit) if limit is not None else at))
                        return
                    # What it brings about is for people to see before more time is over.
                    self.outside(current, key)
                    return
        if moment > self.process.now or self.process.due() is not None:
            self.feed(Passed(max(moment, self.process.now)))
