"""Pathways as Hypothesis draws them: every kind, repeats and parallels in each other, every way on.

What is drawn follows the rules a clinic's author knows (a doctor before a meeting, a protocol after it), so that most
of it is accepted; it is not careful enough to be accepted always, and the checker alone decides what becomes a case.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from pathways.core.kind import kinds
from tests.properties.clinic import CODE

Draw = Callable[[st.SearchStrategy[Any]], Any]
Written = dict[str, Any]

LONG = ("30m", "2h", "1d", "3d", "1h working", "5h working")
SHORT = ("20m", "1h", "5h")
"""Inside of turns that have their time: none may still run when the next one begins."""
BEFORE = {
    "20m": "5m", "30m": "10m", "1h": "20m", "2h": "45m", "5h": "2h", "1d": "6h", "3d": "20h",
    "1h working": "20m working", "5h working": "2h working",
}  # fmt: skip
"""A moment before each deadline, to remind and to escalate at."""
STAFF = ("registrar", "nurse", "shift_supervisor", "head_doctor")
MUST = "_must"
"""Marks a step that no jump may pass by: what comes after needs what it gives. Not written."""
GO = "go"


@dataclass(frozen=True)
class Place:
    """What is so where a step stands."""

    turn: bool = False
    """In a repeat: ``again`` and ``leave`` mean something."""
    branch: bool = False
    """In a branch of a parallel: nothing ends the consultation."""
    timed: bool = False
    """In a turn that has its time."""
    depth: int = 0
    doctor: bool = False
    note: str | None = None
    """A signed protocol, what papers are ``of``."""

    @property
    def ways(self) -> tuple[str, ...]:
        """Where an outcome may lead when nothing is owed."""
        return (
            "next",
            "next",
            *(() if self.branch else ("end away", "end turned")),
            GO,
            *(("again", "leave") if self.turn else ()),
        )


class Author:
    """Writes one pathway by the choices drawn."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.numbers: dict[str, int] = {}
        self.readable: list[str] = []
        """Conditions on what was written so far."""
        self.labs: list[str] = []
        self.record = self.maybe(3)
        self.care = self.pick("advice", "follow_up", "follow_up", "monitoring")

    # --- drawing -------------------------------------------------------------------------------------------------

    def pick(self, *options: Any) -> Any:
        """One of some options; shrinks to the first."""
        return self.draw(st.sampled_from(options))

    def maybe(self, one_in: int) -> bool:
        """Sometimes True; shrinks to False."""
        return bool(self.draw(st.integers(0, one_in - 1)) == one_in - 1)

    def some(self, most: int) -> range:
        """A few times; shrinks to none."""
        return range(self.draw(st.integers(0, most)))

    def name(self, kind: str) -> str:
        """The next id of a kind."""
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return f"{kind}_{self.numbers[kind]}"

    # --- a step --------------------------------------------------------------------------------------------------

    def step(self, kind: str, place: Place, *, within: bool = True, **fields: Any) -> Written:
        """A step with its deadline and what only tells."""
        made: Written = {"id": self.name(kind), "kind": kind, **fields}
        if not within:
            return made
        span = made["within"] = self.pick(*(SHORT if place.timed else LONG))
        if self.maybe(5):
            made["remind"] = [BEFORE[span]]
        if self.maybe(4):
            made["escalate"] = {BEFORE[span]: self.pick(*STAFF, *(("doctor",) if place.doctor else ()))}
        if self.maybe(6):
            made["alarm"] = self.pick(*STAFF)
        return made

    def ways_on(self, step: Written, ways: tuple[str, ...], **others: tuple[str, ...]) -> Written:
        """Say where each outcome but the good one leads."""
        found = outcomes_of(step)[1]
        if found:
            step["then"] = {outcome: self.pick(*others.get(outcome, ways)) for outcome in found}
        return step

    def free(self, kind: str, place: Place) -> Written:
        """A step that nothing else needs: any way on, perhaps a condition, perhaps left behind."""
        step = LEAVES[kind](self, place)
        if "when" not in step and self.readable and self.maybe(4):
            step["when"] = self.pick(*self.readable[-8:])
        stays = kinds()[kind].stays or kinds()[kind].meets or "gives" in step
        if not stays and step.get("within") and self.maybe(2 if kind == "lab_order" else 6):
            step["wait"] = False
        else:
            self.ways_on(step, place.ways)
        self.tells(step)
        if kind == "lab_order":
            self.labs.append(step["id"])
        return step

    def tells(self, step: Written) -> None:
        """Remember what a later condition may ask of a step."""
        good, others = outcomes_of(step)
        name = step["id"]
        self.readable += [f'has({name}.outcome) && {name}.outcome == "{outcome}"' for outcome in (good, *others)[:3]]
        more = {
            "intake": f"has({name}.severity) && {name}.severity > 3",
            "repeat": f"has({name}.missed) && {name}.missed_in_a_row < {name}.count",
            "protocol": f"has({name}.orders) && size({name}.orders) > 0",
            "chat": f"has({name}.messages) && ({name}.video || {name}.messages > 1)",
            "survey": f"!has({name}.score) || {name}.score >= 7",
        }
        if step["kind"] in more:
            self.readable.append(more[step["kind"]])

    # --- structures ----------------------------------------------------------------------------------------------

    def block(self, place: Place) -> Written:
        """One free step or one structure of them."""
        if place.depth < 3 and self.maybe((3, 2, 4)[place.depth]):
            return self.parallel(place) if self.maybe(2) else self.repeat(place)
        more = ("prescription",) * 4 if place.note and self.care != "advice" else ()
        read = ("results",) * 6 if self.labs else ()
        return self.free(self.pick(*kinds_at(place), *more, *read), place)

    def blocks(self, place: Place, most: int) -> list[Written]:
        """One or more blocks."""
        return [self.block(place) for _ in range(self.draw(st.integers(1, most)))]

    def repeat(self, place: Place) -> Written:
        """Turns at once or each at its time; its turns are readable inside."""
        made: Written = {"id": self.name("repeat"), "kind": "repeat", "times": self.draw(st.integers(1, 3))}
        timed = self.maybe(2)
        days = 1
        if timed:
            # One in another needs an outer rhythm that is slower than all inner turns together.
            days = 1 if place.timed else self.pick(7, 10)
            made["times"] = min(made["times"], 2) if place.timed else made["times"]
            made["every"] = f"{days}d at {self.pick('10:00', '02:30', '23:00')}"
        name = made["id"]
        self.readable.append(f"has({name}.count) && {name}.count > 1")
        inner = replace(place, turn=True, timed=timed or place.timed, depth=place.depth + 1)
        made["steps"] = self.sealed(self.blocks(inner, 2 if place.timed or timed else 3))
        if not timed:
            made["then"] = {"exhausted": self.pick(*place.ways)}
        self.tells(made)
        return made

    def parallel(self, place: Place) -> Written:
        """Two or three branches."""
        made: Written = {"id": self.name("parallel"), "kind": "parallel", "join": self.pick("all", "first")}
        made["within"] = self.pick(*(SHORT if place.timed else LONG))
        inner = replace(place, branch=True, turn=False, depth=place.depth + 1)
        names = ("one", "two", "three")[: self.draw(st.integers(2, 3))]
        made["branches"] = {name: self.sealed(self.blocks(inner, 2)) for name in names}
        made["then"] = {"timed_out": self.pick(*place.ways)}
        self.tells(made)
        return made

    def sealed(self, steps: list[Written]) -> list[Written]:
        """Settle where each 'go' leads: forward, and past nothing that must be."""
        for place, step in enumerate(steps):
            then = step.get("then", {})
            for outcome in [o for o, way in then.items() if way == GO]:
                later = steps[place + 1 :]
                reach = next((n + 1 for n, other in enumerate(later) if other.get(MUST)), len(later))
                targets = [other["id"] for other in later[:reach]]
                then[outcome] = f"go {self.pick(*targets)}" if targets else "next"
        return steps

    # --- the meeting ---------------------------------------------------------------------------------------------

    def doctor(self, place: Place) -> Written:
        """Find a doctor; without one the way does not go on."""
        away = ("end away", "end turned", *(("again",) if place.turn else ()))
        if place.timed or self.maybe(2):
            step = self.step("queue", place, pool=self.pick(*["on_call"] * 8, "by_day", "evening"))
        else:
            step = self.step("appointment", place, within=False, pool=self.pick("on_call", "by_day"))
            step["within"] = self.pick("3d", "10d")
            step["remind_before"] = self.pick(["1h"], ["1d", "2h"], [])
            if self.maybe(3):
                step["early"] = "30m"
        return {**self.ways_on(step, away), MUST: True}

    def meeting(self, place: Place) -> list[Written]:
        """Find a doctor and meet: by video, in writing, or first so and then so."""
        found = [self.doctor(place)]
        place = replace(place, doctor=True)
        never = ("next", "end away", *(("again",) if place.turn else ()))
        after = ("next", *(("leave", "again") if place.turn and not place.timed else ()))
        kind = self.pick("video", "chat")
        step = LEAVES[kind](self, place)
        self.ways_on(step, after, **dict.fromkeys(kinds()[kind].never_met, never))
        self.tells(step)
        found.append({**step, MUST: True})
        if kind == "chat" and self.maybe(3):
            more = LEAVES["video"](self, place)
            more["when"] = f"has({step['id']}.video) && {step['id']}.video"
            self.ways_on(more, ("next",))
            self.tells(more)
            found.append({**more, MUST: True})
        return found

    def papers(self, place: Place) -> list[Written]:
        """The protocol and its signature."""
        note = self.ways_on(self.step("protocol", place), ("end unsigned",))
        sign = self.step("signature", place, of=note["id"], level="qualified")
        self.ways_on(sign, ("end unsigned",))
        self.tells(note)
        return [{**note, MUST: True}, {**sign, MUST: True}]

    def consultation(self, place: Place) -> tuple[list[Written], str]:
        """A meeting and its papers; the protocol's id."""
        steps = self.meeting(place)
        papers = self.papers(replace(place, doctor=True))
        return [*steps, *papers], papers[0]["id"]

    def met(self, place: Place) -> tuple[list[Written], str]:
        """A consultation: plain, with its meeting in turns, or whole in turns that have their time."""
        match self.pick("plain", "plain", "turns", "turns", "timed"):
            case "turns":
                made: Written = {"id": self.name("repeat"), "kind": "repeat", "times": self.draw(st.integers(1, 3))}
                inner = replace(place, turn=True, depth=place.depth + 1)
                before = [self.free(self.pick("task", "notify", "survey"), inner)] if self.maybe(4) else []
                made["steps"] = self.sealed([*before, *self.meeting(inner)])
                # Who was met in a turn that says again is owed a protocol still.
                owed = any(way == "again" for way in made["steps"][-1]["then"].values())
                made["then"] = {"exhausted": "end unsigned" if owed else self.pick("end away", "end turned")}
                papers = self.papers(replace(place, doctor=True))
                return [{**made, MUST: True}, *papers], papers[0]["id"]
            case "timed":
                made = {"id": self.name("repeat"), "kind": "repeat", "times": self.draw(st.integers(1, 2))}
                made["every"] = f"7d at {self.pick('10:00', '18:30')}"
                inner = replace(place, turn=True, timed=True, depth=place.depth + 1)
                steps, note = self.consultation(inner)
                before = [self.free(self.pick("task", "notify", "intake"), inner)] if self.maybe(3) else []
                made["steps"] = self.sealed([*before, *steps])
                return [made], note
        return self.consultation(place)

    # --- the whole -----------------------------------------------------------------------------------------------

    def pathway(self) -> Written:
        """A pathway, as it is written."""
        start = Place()
        steps: list[Written] = []
        if self.record:
            consent = self.step("consent", start, documents=[{"id": "contract", "by": "payer"}, {"id": "recording"}])
            steps.append(self.ways_on(consent, start.ways))
            self.tells(consent)
        steps += [self.block(start) for _ in self.some(2)]
        steps.append(self.address(start))
        meets = not self.maybe(12)
        if meets:
            steps += self.gate(start)
            steps += [self.block(start) for _ in self.some(1)]
            consultation, note = self.met(start)
            steps += consultation
            after = Place(doctor=True, note=note)
            steps += self.blocks(after, 5)
            if self.maybe(8):
                again, _ = self.met(after)
                steps += again
                steps += [self.block(after) for _ in self.some(1)]
        if self.maybe(5):
            last = {"id": self.name("end"), "kind": "end", "as": self.pick("completed", "turned")}
            steps.append({**last, "when": self.pick(*self.readable[-10:])} if self.maybe(2) else last)
        return self.whole(self.sealed(steps))

    def address(self, place: Place) -> Written:
        """The intake that takes where the patient is; without it nobody is met."""
        takes = ["present_address", "callback_phone"]
        step = self.step("intake", place, form="complaints", takes=takes)
        self.ways_on(step, ("end away", "end turned"))
        self.tells(step)
        return {**step, MUST: True}

    def gate(self, place: Place) -> list[Written]:
        """Beyond advice somebody asks for a proof; a registrar looks at papers where nobody knew."""
        if self.care == "advice" and not self.maybe(3):
            return []
        gate = self.step("eligibility", place, requires="in_person_diagnosis")
        if self.maybe(3):
            del gate["within"]
            for key in ("remind", "escalate"):
                gate.pop(key, None)
        papers = LEAVES["task"](self, place) | {"who": "registrar", "gives": "evidence"}
        papers["when"] = f'{gate["id"]}.outcome == "unknown"'
        self.ways_on(gate, ("next", "end turned"))
        self.ways_on(papers, ("next", "end away"))
        self.tells(gate)
        return [{**gate, MUST: True}, papers]

    def whole(self, steps: list[Written]) -> Written:
        """The head of the file, with every end that is reached and no other."""
        inside, ends = every(steps), ends_of(steps)
        charged = any(step["kind"] == "payment" for step in inside)
        for step in inside:
            step.pop(MUST, None)
        return {
            "pathway": CODE,
            "version": 1,
            "title": {"ru": "Путь", "en": "Pathway"},
            "speciality": "therapy",
            "care": self.care,
            "people": {
                "patient": "18+",
                "payer": self.pick("patient", "representative"),
                "doctor": self.pick("any", "attending"),
                "invited": self.pick([], ["interpreter"], ["relative", "interpreter", "colleague"]),
            },
            "emergency": {"call_back": self.pick("shift_supervisor", "nurse"), "within": "3m", "else": "head_doctor"},
            "ends": {name: self.end(charged) for name in sorted(ends)},
            "steps": steps,
        }

    def end(self, charged: bool) -> Written:
        """What an end means."""
        return {
            **({"charge": self.pick("none", "costs", "full")} if charged else {}),
            **({"offer": "rebook"} if self.maybe(3) else {}),
            **({"alarm": "head_doctor"} if self.maybe(3) else {}),
        }


# --- the leaves --------------------------------------------------------------------------------------------------


def task(author: Author, place: Place) -> Written:
    who = author.pick("patient", *STAFF, *(("doctor",) if place.doctor else ()))
    choices = author.pick(["fine"], ["fine", "bad"], ["fine", "bad", "worse"])
    return author.step("task", place, who=who, choices=choices)


def consent(author: Author, place: Place) -> Written:
    contract, intervention = {"id": "contract", "by": "payer"}, {"id": "intervention", "reuse": True}
    return author.step("consent", place, documents=author.pick([intervention], [contract], [contract, intervention]))


def notify(author: Author, place: Place) -> Written:
    to = author.pick("patient", "nurse", *(("doctor",) if place.doctor else ()))
    return author.step("notify", place, within=author.maybe(3), to=to, text="hello")


def video(author: Author, place: Place) -> Written:
    may = [word for word in ("phone", "consult", "handover") if author.maybe(2)]
    step = author.step("video", place, may=[*may, *(["record"] if author.record else [])])
    if author.maybe(3):
        step["no_show"] = "5m"
    if author.maybe(3):
        step["plan"] = "15m"
    return step


def chat(author: Author, place: Place) -> Written:
    may = [word for word in ("video", "consult", "handover") if author.maybe(2)]
    step = author.step("chat", place, reply="5m", silence="10m", may=may)
    step["within"] = author.pick("2h", "5h") if place.timed else author.pick("2h", "1d", "5h")
    for key in ("remind", "escalate"):
        step.pop(key, None)
    if not place.timed and author.maybe(2):
        step |= {"reply": "1h", "silence": "90m", "within": "2h"}
    return step


def lab_order(author: Author, place: Place) -> Written:
    return author.step("lab_order", place, of=place.note, partners=author.pick(["north"], ["north", "south"]))


def results(author: Author, place: Place) -> Written:
    step = author.step("results", place, of=author.pick(*author.labs))
    return step | {"when": f'has({step["of"]}.outcome) && {step["of"]}.outcome in ["done", "left_behind"]'}


def referral(author: Author, place: Place) -> Written:
    of = {"of": place.note} if place.note and author.maybe(2) else {}
    return author.step("referral", place, to="cardiology", **of)


LEAVES: dict[str, Callable[[Author, Place], Written]] = {
    "task": task,
    "identity": lambda a, p: a.step("identity", p, level=a.pick("confirmed", "confirmed", "declared")),
    "consent": consent,
    "intake": lambda a, p: a.step("intake", p, form="complaints"),
    "payment": lambda a, p: a.step("payment", p, service=a.pick("visit", "visit", "visit", "gift")),
    "eligibility": lambda a, p: a.step("eligibility", p, within=a.maybe(2), requires="in_person_diagnosis"),
    "notify": notify,
    "survey": lambda a, p: a.step("survey", p),
    "video": video,
    "chat": chat,
    "referral": referral,
    "lab_order": lab_order,
    "prescription": lambda a, p: a.step("prescription", p, of=p.note, level="qualified"),
    "results": results,
}
"""How each kind is drawn; doctors and papers are drawn with their meeting."""


def kinds_at(place: Place) -> tuple[str, ...]:
    """The kinds that may stand freely at a place."""
    before = ("task", "identity", "consent", "intake", "payment", "notify", "survey", "eligibility", "referral")
    after = (
        "task",
        "notify",
        "survey",
        "lab_order",
        "lab_order",
        "lab_order",
        "referral",
        "referral",
        "payment",
        "intake",
    )
    return before if place.note is None else after


def outcomes_of(step: Written) -> tuple[str, tuple[str, ...]]:
    """The good outcome of a written step and the others."""
    match step["kind"]:
        case "task":
            return step["choices"][0], (*step["choices"][1:], "timed_out")
        case "repeat":
            return "done", () if "every" in step else ("exhausted",)
        case "parallel":
            return "done", ("timed_out",)
        case "end":
            return "done", ()
    kind = kinds()[step["kind"]]
    return kind.good, kind.others


def every(steps: list[Written]) -> list[Written]:
    """Every step of a tree."""
    found = []
    for step in steps:
        found.append(step)
        found += every(step.get("steps", []))
        for inner in step.get("branches", {}).values():
            found += every(inner)
    return found


def ends_of(steps: list[Written]) -> set[str]:
    """Every end that is come to."""
    inside = every(steps)
    ends = {way.removeprefix("end ") for step in inside for way in step.get("then", {}).values() if "end " in way}
    ends |= {step["as"] for step in inside if step["kind"] == "end"}
    ends |= {"cancelled", "cancelled_by_us", "emergency"}
    if any(step["kind"] in ("video", "chat") for step in inside):
        ends.add("unsigned")
    if steps and (steps[-1]["kind"] != "end" or "when" in steps[-1]):
        ends.add("completed")
    return ends


@st.composite
def pathways(draw: Draw) -> Written:
    """A pathway as it is written; the checker has not seen it."""
    return Author(draw).pathway()
