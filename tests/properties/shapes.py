"""Pathways as Hypothesis draws them: every kind, repeats and parallels in each other, every way on.

What is drawn follows the rules a clinic's author knows (a doctor before a meeting, a protocol after it), so that most
of it is accepted; it is not careful enough to be accepted always, and the checker alone decides what becomes a case.
"""

from dataclasses import replace

from hypothesis import strategies as st

from pathways.core.kind import kinds
from tests.properties.author import GO, LONG, SHORT, Author, Draw, Place
from tests.properties.clinic import CODE
from tests.properties.leaves import LEAVES, kinds_at
from tests.properties.tree import Written, ends_of, every

MUST = "_must"
"""Marks a step that no jump may pass by: what comes after needs what it gives. Not written."""


class Composer(Author):
    """Puts steps together: structures in each other, a meeting with its papers, a whole pathway."""

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


@st.composite
def pathways(draw: Draw) -> Written:
    """A pathway as it is written; the checker has not seen it."""
    return Composer(draw).pathway()
