"""The outside as a ledger: it honours keys as the ports do, and knows what was taken and what was given back."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from domain.base import Json
from domain.effects import Effect, load
from domain.state import Pending
from pathways.stories.world import Setting, changed, usual

MOMENTS = frozenset({"at", "epoch", "revision"})
"""What of an effect's body says when it was asked, not what is asked."""

OTHERWISE: dict[str, dict[str, dict[str, Json]]] = {
    "identity.check": {"low": {"level": "declared"}},
    "identity.prove": {"low": {"refused": "expired"}, "declared": {"level": "declared"}},
    "consent.find": {"there": {"valid": ["intervention"]}},
    "eligibility.find": {"not_met": {"outcome": "not_met"}, "unknown": {"outcome": "unknown"}},
    "payment.authorise": {"declined": {"declined": "no_funds"}},
    "appointment.find": {"none": {"free": 0}},
    "appointment.book": {"taken": {"booking": "none", "doctor": "none", "starts": "none", "ends": "none"}},
    "lab_order.place": {"refused": {"refused": "no_such_test"}},
    "lab_order.cancel": {"kept": {"cancelled": False}},
    "results.fetch": {
        "none": {"status": "none", "result": "none"},
        "partial": {"status": "partial"},
        "critical": {"status": "partial", "critical": True},
        "alarming": {"critical": True},
    },
    "signature.find_registration": {
        "pending": {"status": "pending", "number": "none"},
        "rejected": {"status": "rejected", "number": "none", "errors": ["no_doctor"]},
    },
    "notify.tell": {"nobody": {"people": 0}},
    "notify.deliver": {"nobody": {"people": 0}},
}
"""Answers that are not the good one, by the effect and a word for it."""


class Broken(AssertionError):
    """A property does not hold."""


@dataclass
class Numbers(Setting):
    """Made-up ids that begin at a number: a play told again makes none that it made before."""

    first: int = 1

    def id(self, prefix: str) -> str:
        """The next id of a kind."""
        return f"{prefix}-{next(self._numbers.setdefault(prefix, count(self.first)))}"


@dataclass
class World:
    """What was asked of the outside, what it did, and what of it is still taken."""

    setting: Setting
    asked: dict[str, dict[str, Json]] = field(default_factory=dict)
    """The body of every key, as first asked."""
    done: dict[str, dict[str, Json]] = field(default_factory=dict)
    """The answer of every key that was carried out."""
    taken: dict[tuple[str, str], str] = field(default_factory=dict)
    """What was taken (hold, seat, booking, room), and by which key."""
    back: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each was given back, captured or cancelled."""
    running: dict[str, str] = field(default_factory=dict)
    """Recordings that run, and their rooms."""
    lines: set[str] = field(default_factory=set)
    """Pools in whose line the patient stands."""
    by_hand: set[str] = field(default_factory=set)
    """Keys that a person has dealt with: nobody but him knows what became of them."""
    gone: set[tuple[str, str]] = field(default_factory=set)
    """What the outside ended by itself: rooms it closed, or whose answer was lost (they end at their time)."""

    closing: set[str] = field(default_factory=set)
    """Keys of rooms that were closed before anybody heard that they are open."""

    # --- what is asked -------------------------------------------------------------------------------------------

    def ask(self, pending: Pending) -> None:
        """An effect stands in a state.

        Raises:
            Broken: The same key asked for something else before: a port would do the first thing only.
        """
        key = key_of(pending)
        body = {name: value for name, value in pending.body.items() if name not in MOMENTS}
        known = self.asked.setdefault(key, body)
        if known != body:
            differs = {name: (known.get(name), value) for name, value in body.items() if known.get(name) != value}
            raise Broken(f"one key, two bodies: {key} {differs}")

    # --- what is done --------------------------------------------------------------------------------------------

    def answer(self, pending: Pending, word: str | None = None) -> dict[str, Json]:
        """What is answered to an effect: well, or by a word; to one carried out before what was answered then."""
        key = key_of(pending)
        if key in self.done:
            return self.done[key]
        answer = usual(self.setting, load()[pending.effect].model_validate(pending.body))
        if word is not None:
            answer = changed(answer, OTHERWISE[pending.effect][word])
        return answer.model_dump(mode="json")

    def do(self, pending: Pending, answer: dict[str, Json]) -> None:
        """An effect is carried out with this answer; one carried out before is not carried out again."""
        key = key_of(pending)
        if key not in self.done:
            self.done[key] = answer
            self._keep(key, load()[pending.effect].model_validate(pending.body), answer)

    def lose(self, pending: Pending, answer: dict[str, Json]) -> None:
        """It was carried out, and nobody heard the answer."""
        self.do(pending, answer)
        if pending.effect == "video.open":
            self.gone.add(("room", answer["room"]))

    def _keep(self, key: str, effect: Effect, answer: dict[str, Json]) -> None:
        body: Any = effect
        match effect.activity:
            case "payment.authorise" if answer["hold"]:
                self.taken["hold", answer["hold"]] = key
            case "payment.capture" | "payment.cancel":
                self.back["hold", body.hold] += 1
            case "queue.free_seat":
                self.back["seat", body.seat] += 1
            case "queue.join":
                self.lines.add(body.pool)
            case "queue.leave":
                self.lines.discard(body.pool)
            case "appointment.book" if answer["booking"]:
                self.taken["booking", answer["booking"]] = key
            case "appointment.cancel":
                self.back["booking", body.booking] += 1
            case "video.open":
                self.taken["room", answer["room"]] = key
                if key in self.closing:
                    self.gone.add(("room", answer["room"]))
            case "video.close":
                self.back["room", body.room] += 1
            case "video.record":
                self.running[answer["recording"]] = body.room
            case "video.stop_recording":
                for recording, room in list(self.running.items()):
                    if body.recording == recording or (body.recording is None and body.room == room):
                        del self.running[recording]

    def rooms_closed(self, step: str, occurrence: int) -> None:
        """The provider closed the room of a meeting, perhaps one whose answer has not come yet."""
        about = f":{step}:{occurrence}:video.open"
        self.gone |= {thing for thing, key in self.taken.items() if thing[0] == "room" and about in key}
        self.closing |= {key for key in self.asked if about in key and key not in self.done}

    # --- when all is over ----------------------------------------------------------------------------------------

    def all_back(self, used: set[str]) -> None:
        """Everything that was taken is given back once, but for what is used up (bookings of visits that came).

        Raises:
            Broken: Something is kept, or given back twice.
        """
        unknown = {self._about(key) for key in self.by_hand}
        for (what, name), key in self.taken.items():
            times = self.back[what, name] + (what == "booking" and name in used)
            if key in self.by_hand or (what, name) in unknown:
                continue
            if times != 1 and not (times == 0 and (what, name) in self.gone):
                raise Broken(f"the {what} {name} ({key}) was given back {times} times")
        for thing in self.back:
            if thing not in self.taken:
                raise Broken(f"{thing} was given back and never taken")
        stopped = {key for key in self.by_hand if "record" in key}
        if self.running and not stopped:
            raise Broken(f"still recorded: {self.running}")
        if self.lines and not any(":queue." in key for key in self.by_hand):
            raise Broken(f"still in line: {self.lines}")

    def _about(self, key: str) -> tuple[str, str]:
        """What an effect that a person dealt with was about."""
        body = self.asked[key]
        for what in ("hold", "seat", "booking", "room"):
            if what in body:
                return what, str(body[what])
        return "", ""


def key_of(pending: Pending) -> str:
    """The key the ports know an effect by, whatever it is called in the state."""
    body = pending.body
    tail = f":{body['part']}" if body["part"] else ""
    return f"{body['consultation']}:{body['step'] or '_'}:{body['occurrence']}:{pending.effect}{tail}"
