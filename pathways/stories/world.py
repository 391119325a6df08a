"""What the outside world answers to each effect when nothing goes wrong, and how a story changes it.

The table is complete: a test walks every effect there is, so that a new one cannot come without its usual answer.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, get_args

from domain.base import Json, Value
from domain.effects import (
    Done,
    Effect,
    appointment,
    consent,
    eligibility,
    identity,
    lab_order,
    load,
    notify,
    payment,
    prescription,
    protocol,
    queue,
    referral,
    results,
    signature,
    video,
)
from domain.people import IdentityLevel
from domain.state import Pending
from pathways.stories.language import Answer, Fails
from pathways.stories.people import person

SLOT = re.compile(r"slot-([0-9]{8}T[0-9]{6}Z)")
VISIT = timedelta(minutes=20)


@dataclass
class Setting:
    """What answers are made of: the visit in person the record knows, and ids that are never the same twice."""

    diagnosis: str
    seen: date
    _numbers: dict[str, "count[int]"] = field(default_factory=dict)

    def id(self, prefix: str) -> str:
        """The next made-up id of a kind."""
        return f"{prefix}-{next(self._numbers.setdefault(prefix, count(1)))}"

    def proof(self, source: str = "record") -> dict[str, Json]:
        """The proof of the visit in person."""
        on, doctor = self.seen.isoformat(), person("doctor")
        return {"evidence": "ev-1", "doctor": doctor, "diagnosis": self.diagnosis, "on": on, "source": source}


def digest(text: str) -> str:
    """sha256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def slot_of(starts: datetime) -> str:
    """The made-up id of a free time: the moment stands in it, so that the booking's answer knows it."""
    return f"slot-{starts.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _booked(setting: Setting, effect: Any) -> Value:
    found = SLOT.fullmatch(effect.slot)
    if found:
        starts = datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    else:
        starts = effect.at + timedelta(days=1)
    return appointment.Booked(booking=setting.id("bk"), doctor=person("doctor"), starts=starts, ends=starts + VISIT)


def _found_evidence(setting: Setting, effect: Any) -> Value:
    proof = eligibility.Proof.model_validate(setting.proof())
    return eligibility.EvidenceFound(outcome="met", proofs=(proof,))


def _consents(setting: Setting, effect: Any) -> Value:
    return consent.ConsentsRecorded(consents=tuple(setting.id("cs") for _ in effect.documents))


def _rendered(setting: Setting, effect: Any) -> Value:
    return protocol.Rendered(document=setting.id("d"), sha256=digest(effect.key))


def _issued(setting: Setting, effect: Any) -> Value:
    number = setting.id("rx")
    return prescription.Issued(prescription=number, number=number.removeprefix("rx-"))


def _final(setting: Setting, effect: Any) -> Value:
    return results.ResultsFetched(result=f"rs-{effect.order}", status="final")


Usual = Callable[[Setting, Any], Value]

USUAL: dict[type[Effect], Usual] = {
    identity.CheckIdentity: lambda s, e: identity.IdentityFound(level=IdentityLevel.CONFIRMED),
    identity.ProveIdentity: lambda s, e: identity.IdentityProved(level=IdentityLevel.CONFIRMED),
    consent.FindConsents: lambda s, e: consent.ConsentsFound(valid=()),
    consent.RecordConsents: _consents,
    eligibility.FindEvidence: _found_evidence,
    payment.Authorise: lambda s, e: payment.Authorised(hold=s.id("h")),
    payment.Capture: lambda s, e: payment.Captured(receipt=s.id("receipt")),
    queue.JoinLine: lambda s, e: queue.InLine(low=60, high=300),
    appointment.FindSlots: lambda s, e: appointment.SlotsFound(free=5),
    appointment.Book: _booked,
    video.OpenRoom: lambda s, e: video.RoomOpened(room=s.id("room")),
    video.StartRecording: lambda s, e: video.Recording(recording=s.id("recording")),
    protocol.RenderDocument: _rendered,
    prescription.IssuePrescription: _issued,
    lab_order.PlaceOrder: lambda s, e: lab_order.OrderPlaced(order=s.id("order")),
    lab_order.CancelOrder: lambda s, e: lab_order.OrderCancelled(cancelled=True),
    results.FetchResults: _final,
    referral.RequestVisit: lambda s, e: referral.VisitRequested(reference=s.id("visit")),
    signature.RegisterDocument: lambda s, e: signature.Submitted(request=s.id("request")),
    signature.FindRegistration: lambda s, e: signature.RegistrationFound(status="registered", number=s.id("remd")),
    notify.Tell: lambda s, e: notify.Told(people=1),
    notify.Deliver: lambda s, e: notify.Told(people=1),
}
"""The usual, good answer of every effect that has something to tell; one that only can be done is ``Done``."""


FOLLOWS: dict[type[Value], tuple[tuple[str, tuple[Json, ...] | None, dict[str, Json]], ...]] = {
    eligibility.EvidenceFound: (("outcome", ("not_met", "unknown"), {"proofs": []}),),
    payment.Authorised: (("declined", None, {"hold": None}),),
    lab_order.OrderPlaced: (("refused", None, {"order": None}),),
    identity.IdentityProved: (("refused", None, {"level": "declared"}),),
}
"""What a written answer says besides: who declines holds nothing. Field, its values (None: any), what follows."""

NOTHING = "none"
"""How a story writes that an answer names nothing (no ``booking``: somebody was faster)."""


class Failed(Exception):
    """An effect could not be done: the name of the error the core is told."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


def usual(setting: Setting, effect: Effect) -> Value:
    """The usual answer to an effect.

    Raises:
        KeyError: An effect with something to tell stands in no row of the table.
    """
    kind = type(effect)
    if kind not in USUAL and kind.result is Done:
        return Done()
    return USUAL[kind](setting, effect)


def changed(answer: Value, written: dict[str, Json]) -> Value:
    """An answer with what a story writes of it.

    Raises:
        pydantic.ValidationError: The effect cannot be answered so.
    """
    kind = type(answer)
    values = answer.model_dump(mode="json")
    for name, when, besides in FOLLOWS.get(kind, ()):
        if name in written and (when is None or written[name] in when):
            values.update(besides)
    values.update({name: None if _is_nothing(kind, name, value) else value for name, value in written.items()})
    return kind.model_validate(values)


def _is_nothing(kind: type[Value], name: str, value: Json) -> bool:
    field = kind.model_fields.get(name)
    return value == NOTHING and field is not None and type(None) in get_args(field.annotation)


@dataclass
class Answers:
    """The world of one story: the usual answers, and what the story has said of them."""

    setting: Setting
    said: list[Answer | Fails] = field(default_factory=list)

    def works(self, effect: str) -> None:
        """Forget what was said of an effect."""
        kept: list[Answer | Fails] = []
        for one in self.said:
            if isinstance(one, Answer):
                rest = {name: fields for name, fields in one.world.items() if name != effect}
                if rest:
                    kept.append(one.model_copy(update={"world": rest}))
            elif one.fails != effect:
                kept.append(one)
        self.said = kept

    def answer(self, pending: Pending) -> dict[str, Json]:
        """What is answered to a pending effect.

        Raises:
            Failed: It cannot be done.
        """
        effect = load()[pending.effect].model_validate(pending.body)
        said = self._said_of(pending)
        if isinstance(said, Fails):
            raise Failed(said.error)
        answer = usual(self.setting, effect)
        if said is not None:
            answer = changed(answer, said.world[pending.effect])
        return answer.model_dump(mode="json")

    def _said_of(self, pending: Pending) -> Answer | Fails | None:
        """The first thing said of its next time only, else the last that holds from then on."""
        about = [one for one in self.said if _is_about(one, pending)]
        for one in about:
            if one.once:
                self._use_up(one, pending.effect)
                return one
        return about[-1] if about else None

    def _use_up(self, one: Answer | Fails, effect: str) -> None:
        place = next(n for n, other in enumerate(self.said) if other is one)
        rest = {name: fields for name, fields in one.world.items() if name != effect} if isinstance(one, Answer) else {}
        self.said[place : place + 1] = [one.model_copy(update={"world": rest})] if rest else []


def _is_about(said: Answer | Fails, pending: Pending) -> bool:
    effects = said.world if isinstance(said, Answer) else (said.fails,)
    return pending.effect in effects and said.on in (None, pending.step)
