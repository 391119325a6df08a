"""One play of a pathway: by the dice of a seed, anybody does anything, machines report, effects fail, nobody does.

A play is a pure function of the pathway and the seed. What was seen least in it weighs most in the next choice.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from domain.acts import Act, Fact
from domain.base import Json
from domain.effects import load
from domain.effects.report import Report
from domain.pathway import Pathway, Step
from domain.state import Answered, ConsultationState, Status, StepRun
from domain.tasks import Task
from pathways.core import acts, own
from pathways.core.context import Context
from pathways.core.draft import step_of
from pathways.core.kind import kind_of
from pathways.stories import people
from pathways.stories.bodies import Moment, Unfit, body_of
from tests.properties.clinic import house
from tests.properties.process import (
    NEVER,
    Acted,
    GivenUp,
    Input,
    Passed,
    Process,
    Reported,
    Settled,
    Stopped,
    first_state,
)
from tests.properties.rules import Rules
from tests.properties.wishes import FAILS, TOWARDS, Do, Say, words_for
from tests.properties.world import OTHERWISE, Broken, Numbers, World, key_of

MOVES = 240
"""Most moves of a play before everybody does his duty."""
ENOUGH = 4000
"""Moves after which duties have no end: something is wrong."""
AGAIN = 10_000
"""The first number of what is made up when a play is told again."""
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
PATIENTS_SIDE = ("patient", "representative")
DOCTORS = ("doctor", "colleague")
STAFF = ("registrar", "nurse", "shift_supervisor", "head_doctor", "clinic_admin")
EVERYBODY = ("patient", "representative", *DOCTORS, *STAFF, "call_centre", "cashier")
MAKERS = {
    "cancel": ("patient", "registrar", "clinic_admin"),
    "withdraw": ("patient",),
    "flag_emergency": ("patient", *DOCTORS, "nurse", "shift_supervisor"),
    "hand_over": DOCTORS,
    "consult": DOCTORS,
}
"""Who usually does an act of his own; the others are administrators'."""
ADMINISTRATORS = ("shift_supervisor", "head_doctor", "clinic_admin")
UNSURE = {"video.record": 0.15, "video.stop_recording": 0.05, "appointment.book": 0.05, "report.send": 0.03}
"""Effects that seldom come up and fail more often than others."""
ENDS_ALL = frozenset({"cancel", "withdraw"})
RARE = {"chat": 2, "video": 2, "prescription": 3, "results": 3, "appointment": 2, "queue": 2, "identity": 2, "payment": 2}
"""How much more often an outcome of a kind is aimed at."""
CROWDS = frozenset({"claim", "release", "assign"})


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


class Player:
    """Plays one consultation to its end and sees that the rules hold."""

    def __init__(
        self, pathway: Pathway, seed: int, *, name: str = "c-story", moves: int = MOVES, shelled: bool = False
    ) -> None:
        self.pathway, self.dice, self.moves = pathway, Random(seed), moves
        self.mood = Mood.drawn(self.dice)
        start = self.dice.choice(STARTS) + timedelta(minutes=self.dice.randint(0, 90))
        payer = people.person("representative") if pathway.people.payer == "representative" else None
        zone = self.dice.choice(ZONES)
        self.start = first_state(pathway, name, start, payer=payer, zone=zone)
        self.setting = Numbers(diagnosis="I10", seen=(start - timedelta(days=14)).date())
        self.world = World(self.setting)
        self.process = Process(pathway, start, shelled=shelled)
        self.inputs: list[Input] = []
        self.rules = Rules(self.process, self.world, house().clinic)
        self.wishes: dict[tuple[str, str, int], str] = {}
        self.seen: Counter[str] = Counter()
        self.ids = 0
        self.pools = frozenset(house().clinic.pools)
        self.target = self.aim() if self.dice.random() < 0.6 else None
        """A step and the outcome it is to have; until then all goes well."""
        self.reached = False
        self.kept: tuple[int, Process] | None = None

    # --- the play ------------------------------------------------------------------------------------------------

    def play(self) -> "Player":
        """Everything, then everybody's duties.

        Raises:
            Broken: A rule does not hold.
        """
        self.process.begin(self.start.model_copy(deep=True))
        self.rules.after(None)
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

    def retell(self, inputs: list[Input]) -> None:
        """Other inputs instead of the dice: those that still mean something, and then everybody's duties.

        Raises:
            Broken: A rule does not hold.
        """
        self.setting.first = AGAIN
        self.process.begin(self.start.model_copy(deep=True))
        self.rules.after(None)
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

    def aim(self) -> tuple[str, str] | None:
        """One outcome of one step, so that what comes late in a pathway is tried as often as what comes first."""
        steps = [step for step in self.pathway.index.values() if step.kind in TOWARDS]
        pairs = [(step, outcome) for step in steps for outcome in outcomes(step)[1]]
        weights = [odds(step, outcome) for step, outcome in pairs]
        aimed = self.dice.choices(pairs, weights)[0] if pairs else None
        return None if aimed is None else (aimed[0].id, aimed[1])

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
            dice.choice((self.chaos, self.noise, self.again, self.serialise, self.stop))(state)
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
        if own and self.dice.random() < 0.5:
            self.own_task(state, self.dice.choice(own))
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

    def wish(self, state: ConsultationState, step_id: str, occurrence: int) -> str:
        """The outcome wished for a step, drawn when it is first asked for."""
        name = (state.workflow, step_id, occurrence)
        if name not in self.wishes:
            step = self.step(state, step_id)
            good, others = outcomes(step)
            if self.target is not None and not self.reached:
                self.wishes[name] = self.target[1] if step_id == self.target[0] else good
                self.reached = step_id == self.target[0]
            elif not others or self.dice.random() < self.mood.good:
                self.wishes[name] = good
            else:
                weights = [1 / (1 + self.seen[f"{step_id} {other}"]) for other in others]
                self.wishes[name] = self.dice.choices(others, weights)[0]
            self.seen[f"{step_id} {self.wishes[name]}"] += 1
        return self.wishes[name]

    # --- the outside ---------------------------------------------------------------------------------------------

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

    # --- people --------------------------------------------------------------------------------------------------

    def act(self, state: ConsultationState, task: Task | None, action: str, given: dict[str, Json] | None = None) -> str:
        """Somebody who may acts; the refusal's code, nothing where it was taken."""
        makers = MAKERS.get(action, ADMINISTRATORS) if task is None else self.owners(task, action)
        return self.does(state, self.dice.choice(makers), task, action, self.body(state, task, action, given))

    def does(
        self, state: ConsultationState, who: str, task: Task | None, action: str, body: dict[str, Json]
    ) -> str:
        """One act."""
        self.ids += 1
        actor = people.actor(who, self.pools)
        act = Act(
            id=f"a-{self.ids}", actor=actor, action=action, task=task.id if task else None, body=body, not_after=NEVER
        )
        answered = self.feed(Acted(state.workflow, act))
        assert answered is not None
        return "" if answered.refusal is None else str(answered.refusal["code"])

    def owners(self, task: Task, action: str) -> tuple[str, ...]:
        """Who may act on a task, as far as its owners say."""
        if action == "assign":
            return ADMINISTRATORS
        owners = (task.owner, *task.also)
        found = tuple(who for who in EVERYBODY if any(o.admits(people.actor(who, self.pools)) for o in owners))
        claimed = tuple(who for who in found if people.person(who) == task.claimed_by and action != "release")
        return claimed or found or EVERYBODY

    def body(
        self, state: ConsultationState, task: Task | None, action: str, given: dict[str, Json] | None = None
    ) -> dict[str, Json]:
        """A body as the facade would make it."""
        step = self.step(state, task.step) if task is not None and task.step is not None else None
        model = self.model(task, step, action)
        if model is None:
            return {}
        moment = Moment(self.pathway, house().clinic, self.setting, self.process.now, step, task)
        given = {**self.said(state, task, step, action), **(given or {})}
        try:
            return body_of(model, given, moment).values
        except Unfit:
            return {}

    def model(self, task: Task | None, step: Step | None, action: str) -> Any:
        """The model of an action's body, None where there is no such action."""
        if task is None:
            return own.OWN[action].body if action in own.OWN else None
        if action in own.ANY_TASK:
            return own.ANY_TASK[action].body
        found: Any = own.OWN_TASKS[task.name] if step is None else type(kind_of(step)).actions()
        return found[action].body if action in found else None

    def said(
        self, state: ConsultationState, task: Task | None, step: Step | None, action: str
    ) -> dict[str, Json]:
        """What a person says with an act, where it is his to say."""
        dice = self.dice
        if task is None:
            return self.said_of_it_all(state, action)
        match action:
            case "record":
                return {"verdict": dice.choice(("real", "false_alarm", "false_alarm"))}
            case "assign":
                return {"to": dice.choice(STAFF), "reason": "busy"}
            case "invite":
                return {"guest": dice.choice(task.data["may_invite"])} if task.data.get("may_invite") else {}
            case "score":
                return {"score": dice.randint(0, 10)}
            case "choose" | "reschedule" if step is not None and step.kind == "appointment":
                due = task.due or self.process.now
                starts = self.process.now + (due - self.process.now) * dice.choice((0.05, 0.5, 0.9))
                return {"starts": self.written(starts)}
            case "submit" if step is not None and step.kind == "intake":
                return {"severity": dice.randint(0, 10), "pain": "none"}
            case "submit" if step is not None and step.kind == "protocol":
                return self.facts(state)
        return {}

    def facts(self, state: ConsultationState) -> dict[str, Json]:
        """What stands in a protocol: at times more than this doctor may."""
        counts: dict[str, Json] = {name: self.dice.choice((0, 1, 2)) for name in ("orders", "referrals")}
        if state.met_by == people.person("doctor") and self.dice.random() < 0.8:
            counts |= {"diagnosis": "I10", "prescriptions": self.dice.choice((0, 1, 1, 2))}
        return counts

    def said_of_it_all(self, state: ConsultationState, action: str) -> dict[str, Json]:
        """What is said with an act on the consultation itself."""
        dice = self.dice
        until = self.written(self.process.now + timedelta(minutes=dice.choice((5, 90, 2000))))
        step = dice.choice([*state.runs] or ["nowhere"])
        other = next(who for who in DOCTORS if people.person(who) != state.doctor)
        other = dice.choice(DOCTORS) if dice.random() < 0.1 else other
        match action:
            case "withdraw":
                return {"purpose": dice.choice(("recording", "disclosure", "intervention"))}
            case "pause":
                return {"reason": "repair", "until": until}
            case "skip":
                return {"step": step, "reason": "free"}
            case "change_deadline":
                return {"step": step, "reason": "asked", "until": until}
            case "reassign":
                return {"doctor": other, "reason": "ill"}
            case "hand_over":
                return {"to": other, "reason": "shift_over"}
            case "consult":
                return {"colleague": other}
        return {}

    def own_act(self, state: ConsultationState) -> None:
        """An act without a task that somebody may do; what ends all is for those plays that end so."""
        doctor = "colleague" if state.doctor == people.person("colleague") else "doctor"
        who = self.dice.choice((doctor, *ADMINISTRATORS, "patient"))
        context = Context(self.process.pathways[state.workflow], state, self.process.now)
        known = [a for a in acts.allowed_own(context, people.actor(who, self.pools)) if a not in ENDS_ALL]
        known = [action for action in known if action != "flag_emergency" or self.mood.flags]
        if not known:
            return
        weights = [1 / (1 + self.seen[f"own {action}"]) for action in known]
        action = self.dice.choices(known, weights)[0]
        self.seen[f"own {action}"] += 1
        if action == "flag_emergency":
            self.mood.flags = False
        self.does(state, who, None, action, self.body(state, None, action))

    def own_task(self, state: ConsultationState, task: Task) -> None:
        """A duty of the consultation itself."""
        actions = [*task.actions, *task.actions, *(CROWDS if task.owner.role is not None else ())]
        weights = [1 / (1 + self.seen[f"{task.name} {action}"]) for action in actions]
        action = self.dice.choices(actions, weights)[0]
        self.seen[f"{task.name} {action}"] += 1
        self.act(state, task, action)

    # --- without any purpose -------------------------------------------------------------------------------------

    def chaos(self, state: ConsultationState) -> None:
        """Anybody tries anything, with whatever body."""
        dice, tasks = self.dice, list(state.tasks.values())
        if not tasks or dice.random() < 0.3:
            action = dice.choice([name for name in own.OWN if name not in ENDS_ALL] + ["no_such_act"])
            if action == "flag_emergency" and not self.mood.flags:
                action = "resume"
            who = dice.choice(("cashier", "call_centre", *DOCTORS, *STAFF))
            self.does(state, who, None, action, self.spoiled(self.body(state, None, action)))
            return
        task = dice.choice(tasks)
        step = self.step(state, task.step) if task.step is not None else None
        actions = [*task.actions, *CROWDS]
        if step is not None and dice.random() < 0.3:
            actions = [*type(kind_of(step)).actions()]
        action = dice.choice(actions)
        who = dice.choice(self.owners(task, action)) if dice.random() < 0.6 else dice.choice(EVERYBODY)
        body = self.body(state, task, action)
        self.does(state, who, task, action, self.spoiled(body) if dice.random() < 0.6 else body)

    def spoiled(self, body: dict[str, Json]) -> dict[str, Json]:
        """A body with something wrong in it."""
        dice, body = self.dice, dict(body)
        if not body or dice.random() < 0.3:
            return {**body, "more": 1}
        name = dice.choice(sorted(body))
        wrong = (None, "", "other", 12345, [], {"x": 1}, -1, "2020-01-01T00:00:00Z", "f" * 64)
        if dice.random() < 0.3:
            del body[name]
        else:
            body[name] = dice.choice(wrong)
        return body

    def noise(self, state: ConsultationState) -> None:
        """A machine reports about any step and any turn of it."""
        dice = self.dice
        steps = [*state.runs, *state.occurrences] or ["nowhere"]
        step = dice.choice(steps)
        known = state.runs.get(step)
        turn = known.occurrence if known is not None and dice.random() < 0.7 else dice.randint(1, 3)
        event = dice.choice(
            ("joined", "left", "closed", "near", "material_taken", "result", "refused", "rejected", "registered", "?")
        )
        who = dice.choice(("doctor", "patient", "invited", "nobody"))
        body: dict[str, Json] = {"event": event, "side": who}
        if dice.random() < 0.8:
            body["participant"] = f"{who}-{dice.randint(1, 2)}"
        source = dice.choice(("video", "labs", "registry", "line", "identity", "mis", "payments"))
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

    # --- machines and time ---------------------------------------------------------------------------------------

    def report(self, state: ConsultationState, run: StepRun, source: str, body: dict[str, Json]) -> None:
        """A machine reports about an open step."""
        fact = Fact(source=source, id=self.next_id("f"), step=run.step, occurrence=run.occurrence, body=body)
        self.tell(state, fact)

    def tell(self, state: ConsultationState, fact: Fact) -> None:
        """One fact."""
        self.feed(Reported(state.workflow, fact))

    def time(self) -> None:
        """Time passes: a little, nearly up to the next moment, up to it, or beyond it (nobody's worker ran)."""
        due, now = self.process.due(), self.process.now
        if due is None:
            self.pass_to(now + timedelta(minutes=self.dice.randint(1, 60)))
            return
        left = max(due - now, timedelta())
        how = self.dice.random()
        if how < 0.15:
            self.pass_to(now + left * self.dice.choice((0.1, 0.5)))
        elif how < 0.35 and left > timedelta(seconds=30):
            self.pass_to(due - timedelta(seconds=30))
        elif how < 0.97:
            self.pass_to(due)
        else:
            self.pass_to(due + timedelta(minutes=self.dice.randint(1, 120)))

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

    # --- duties --------------------------------------------------------------------------------------------------

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
        names = ("call_back", "alarm", "stuck", "halted", "mend")
        return [(s.workflow, t) for s in self.process.open() for t in s.tasks.values() if t.name in names]

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
                self.does(state, self.dice.choice(self.owners(task, "release")), task, "release", {})
                state = self.process.states[workflow]
                task = state.tasks[task.id]
            if task.name == "call_back":
                action = "record"
            refused = self.act(state, task, action)
            if refused:
                raise Broken(f"nobody could see to {task.id}: {action} was refused as {refused}")

    # --- small things --------------------------------------------------------------------------------------------

    def next_id(self, prefix: str) -> str:
        """The next id."""
        self.ids += 1
        return f"{prefix}-{self.ids}"

    def written(self, moment: datetime) -> str:
        """A moment as a story writes it, on the clinic's clocks."""
        return f"{moment.astimezone(ZoneInfo(house().clinic.zone)):%Y-%m-%d %H:%M}"

    def step(self, state: ConsultationState, step: str) -> Step:
        """A step of a process."""
        return step_of(self.pathway, state, step)




def odds(step: Step, outcome: str) -> float:
    """How often an outcome of a step is aimed at: less where it ends all, more where it is seldom come to."""
    ends = outcome in step.then and step.then[outcome].to == "end"
    return RARE.get(step.kind, 0.4 if ends else 1)


def outcomes(step: Step) -> tuple[str, tuple[str, ...]]:
    """The good outcome of a step and the others; a registration has no other end, only a longer way."""
    if step.kind == "registration":
        return "registered", ("rejected", "pending")
    kind = type(kind_of(step))
    return kind.outcomes(kind.fields.model_validate(step.fields))
