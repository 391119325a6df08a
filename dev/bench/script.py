"""Story (a) as data: whom it is about, and what people do and machines report, in order.

Ours and the bare workflow play the same script; an act waits for its task, a fact for the effect it answers.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from domain.acts import Act
from domain.people import Actor, Role
from runtime.clock import real_now

ACT_TIME = timedelta(seconds=60)
"""How long an act may wait: the machine is loaded on purpose, and nothing may expire by it."""


@dataclass(frozen=True)
class Cast:
    """Who plays: one patient of his own a consultation, one doctor for all."""

    workflow: str
    clinic: str
    patient: str
    person: str
    doctor: str

    def actor(self, who: Literal["patient", "doctor"]) -> Actor:
        """The person of an act."""
        if who == "patient":
            return Actor(person=self.person, clinic=self.clinic, roles=frozenset({Role.PATIENT}), patient=self.patient)
        return Actor(
            person=self.doctor, clinic=self.clinic, roles=frozenset({Role.DOCTOR}), pools=frozenset({"therapists"})
        )


@dataclass(frozen=True)
class Do:
    """A person's act. ``prop``: what the facade would write first (a stage makes it); ``take``: of the task's data."""

    task: str
    action: str
    who: Literal["patient", "doctor"]
    where: str = ""
    """The end of the workflow's id: which child. The bare workflow has none."""
    body: dict[str, Any] = field(default_factory=dict)
    prop: Literal["", "intake", "protocol", "signature"] = ""
    take: tuple[str, ...] = ()

    def act(self, cast: Cast, id_: str, body: dict[str, Any]) -> Act:
        """The act, with room for a loaded machine."""
        return Act(
            id=id_,
            actor=cast.actor(self.who),
            action=self.action,
            task=self.task,
            body=body,
            not_after=real_now() + ACT_TIME,
        )


@dataclass(frozen=True)
class Report:
    """A machine's fact. ``after``: the effect that must have been done, or nothing to wait for."""

    source: str
    step: str
    body: dict[str, Any]
    where: str = ""
    after: str = ""


JOINED, LEFT = "joined", "left"
Scene = Do | Report


def _room(event: str, side: str, after: str = "") -> Report:
    return Report("video", "talk", {"event": event, "side": side, "participant": f"{side}-1"}, after=after)


def _registered(step: str, where: str) -> Report:
    return Report("registry", step, {"event": "registered", "number": "N-1"}, where=where, after="signature.register")


SCENES: tuple[Scene, ...] = (
    Do("who.1.prove", "prove", "patient", body={"method": "esia", "session": "session-1"}),
    Do("agree.1.agree", "accept", "patient", take=("documents",)),
    Do("form.1.fill", "submit", "patient", prop="intake"),
    Do("pay.1.pay", "pay", "patient", body={"means": "token-1"}),
    Do("line.1.accept", "accept", "doctor", body={"seat": "seat-1"}),
    _room(JOINED, "doctor", after="video.open"),
    _room(JOINED, "patient"),
    Do("talk.1.meet", "finish", "doctor"),
    _room(LEFT, "doctor"),
    _room(LEFT, "patient"),
    Do("note.1.write", "submit", "doctor", prop="protocol"),
    Do("sign.1.sign", "sign", "doctor", prop="signature"),
    _registered("sign.registration", ".sign.1.registration"),
    Do("rx.1.sign_0", "sign", "doctor", prop="signature"),
    _registered("rx.registration.0", ".rx.1.registration.0"),
    Do("labs.1.choose", "choose", "patient", where=".labs.1", body={"partner": "helix"}),
    Report("labs", "labs", {"event": "material_taken"}, where=".labs.1", after="lab_order.place"),
    Report("labs", "labs", {"event": "result"}, where=".labs.1"),
    Do("labs.1.acknowledge", "acknowledge", "doctor", where=".labs.1"),
    Do("nps.1.score", "score", "patient", where=".nps.1", body={"score": 9}),
)

CHILDREN = tuple(dict.fromkeys(scene.where for scene in SCENES if scene.where))
ACTS = sum(isinstance(scene, Do) for scene in SCENES)
FACTS = sum(isinstance(scene, Report) for scene in SCENES)
