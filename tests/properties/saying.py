"""What people say with what they do: as the facade would send it, or spoiled."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from domain.base import Json
from domain.pathway import Step
from domain.state import ConsultationState
from domain.tasks import Task
from pathways.core import own
from pathways.core.draft import step_of
from pathways.core.kind import kind_of
from pathways.stories import bodies, people
from pathways.stories.world import Setting
from tests.properties.cast import DOCTORS, STAFF
from tests.properties.clinic import house
from tests.properties.process import Process

WRONG: tuple[Json, ...] = (None, "", "other", 12345, [], {"x": 1}, -1, "2020-01-01T00:00:00Z", "f" * 64)
"""Values that fit hardly any field."""


class Bodies:
    """Makes the bodies of one play's acts."""

    def __init__(self, process: Process, setting: Setting, dice: Random) -> None:
        self.process, self.setting, self.dice = process, setting, dice

    def body(
        self, state: ConsultationState, task: Task | None, action: str, given: dict[str, Json] | None = None
    ) -> dict[str, Json]:
        """A body as the facade would make it."""
        step = step_of(self.process.pathway, state, task.step) if task is not None and task.step is not None else None
        model = self.model(task, step, action)
        if model is None:
            return {}
        moment = bodies.Moment(self.process.pathway, house().clinic, self.setting, self.process.now, step, task)
        given = {**self.said(state, task, step, action), **(given or {})}
        try:
            return bodies.body_of(model, given, moment).values
        except bodies.Unfit:
            return {}

    def model(self, task: Task | None, step: Step | None, action: str) -> Any:
        """The model of an action's body, None where there is no such action."""
        if task is None:
            return own.OWN[action].body if action in own.OWN else None
        if action in own.ANY_TASK:
            return own.ANY_TASK[action].body
        found: Any = own.OWN_TASKS[task.name] if step is None else type(kind_of(step)).actions()
        return found[action].body if action in found else None

    def said(self, state: ConsultationState, task: Task | None, step: Step | None, action: str) -> dict[str, Json]:
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

    def spoiled(self, body: dict[str, Json]) -> dict[str, Json]:
        """A body with something wrong in it."""
        dice, body = self.dice, dict(body)
        if not body or dice.random() < 0.3:
            return {**body, "more": 1}
        # Who a person is the facade has seen in the record: no body names one there is not.
        name = dice.choice(sorted({*body} - bodies.PEOPLE) or ["more"])
        if dice.random() < 0.3:
            body.pop(name, None)
        else:
            body[name] = dice.choice(WRONG)
        return body

    def written(self, moment: datetime) -> str:
        """A moment as a story writes it, on the clinic's clocks."""
        return f"{moment.astimezone(ZoneInfo(house().clinic.zone)):%Y-%m-%d %H:%M}"
