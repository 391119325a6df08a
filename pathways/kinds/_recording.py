"""The recording of a video meeting: what a kind that records inherits. No kind of its own.

It runs only while doctor and patient are both in the room, both have agreed and no guest is there. Whoever leaves is
asked again when he comes back. An answer may come when it no longer holds: so as soon as it does not, whatever records
the room is stopped, and what was still on its way to begin is stopped once more by its own name.
"""

from typing import Any

from domain.acts import Act, Refusal
from domain.base import Json
from domain.effects.video import OpenRoom, Recording, StartRecording, StopRecording
from domain.people import Actor
from domain.state import Pending
from domain.tasks import Task
from pathways.core.draft import StepDraft
from pathways.core.kind import Kind, NoFields, action
from pathways.kinds._common import count, in_flight, only_doctor
from pathways.kinds._room import BOTH, has_guests, present

PURPOSE = "recording"
"""Of the consents and withdrawals that are about it."""
SIDES = {"meet": "doctor", "join": "patient"}
"""Whose task is which."""


def may_be_asked(kind: Any, step: StepDraft, task: Task, actor: Actor) -> None:
    """Guard: the pathway records, and the patient has not declined the document about it."""
    if task.name == "meet":
        only_doctor(kind, step, task, actor)
    if "record" not in step.fields.may:
        raise Refusal("recording_not_allowed")
    if not consented(step):
        raise Refusal("no_consent")


def consented(step: StepDraft) -> bool:
    """Whether a document about the recording is in force; a pathway that asks for none leaves it to the meeting."""
    asked = {id_ for id_, pinned in step.pathway.consents.items() if pinned.content.get("purpose") == PURPOSE}
    said = [outputs.get(name, ()) for outputs in step.state.outputs.values() for name in ("accepted", "reused")]
    given = {id_ for ids in said for id_ in ids}
    return PURPOSE not in step.state.withdrawn and (not asked or bool(asked & given))


def kept_of(step: StepDraft) -> dict[str, Json]:
    """What is known of it; only read, because who looks for what is allowed changes nothing."""
    return step.memory.get("recording") or {"agreed": [], "state": "off"}


def change(step: StepDraft) -> dict[str, Json]:
    """The same, to be changed."""
    step.memory["recording"] = kept = kept_of(step)
    return kept


def data(step: StepDraft) -> dict[str, Json]:
    """What both sides see of it: a recording nobody is told of is none we make."""
    if "record" not in step.fields.may:
        return {}
    kept = kept_of(step)
    return {"recording": {"state": kept["state"], "agreed": list(kept["agreed"]), "allowed": consented(step)}}


def shown(step: StepDraft) -> dict[str, Json]:
    """What the open tasks show of it."""
    task = step.state.tasks.get(f"{step.run.step}.{step.run.occurrence}.meet")
    return {} if task is None else {name: task.data[name] for name in ("recording",) if name in task.data}


def agree(step: StepDraft, side: str) -> None:
    """A side agrees; one try that failed is made again."""
    kept = change(step)
    kept["agreed"] = sorted({*kept["agreed"], side})
    if kept["state"] == "failed":
        kept["state"] = "off"


def forbid(step: StepDraft, side: str) -> None:
    """A side does not agree, or no longer."""
    if side in kept_of(step)["agreed"]:
        change(step)["agreed"].remove(side)


def wanted(step: StepDraft) -> bool:
    """Whether it may run now. Not while the room is opened anew: the one that is known is no room any more."""
    agreed = set(kept_of(step)["agreed"]) >= BOTH and consented(step)
    alone = present(step) >= BOTH and not has_guests(step)
    return agreed and alone and step.memory["room"] is not None and not in_flight(step, OpenRoom)


def follow(step: StepDraft) -> None:
    """Begin or stop, as it has to be now."""
    kept = kept_of(step)
    if not wanted(step):
        stop(step)
    elif kept["state"] == "off" and not in_flight(step, StartRecording, StopRecording):
        # What stops the whole room must be done before: it would stop the new one too.
        number = str(count(step, "recordings"))
        change(step).update(state="starting", number=number, room=step.memory["room"])
        step.ask(StartRecording, part=number, room=step.memory["room"])


def stop(step: StepDraft) -> None:
    """Stop what runs, by its name; what is on its way to run, whatever it will be called."""
    kept = kept_of(step)
    if kept["state"] == "on":
        step.ask(StopRecording, part=kept["number"], room=kept["room"], recording=kept["id"])
        step.note("recording.stopped", recording=kept["id"])
    elif kept["state"] == "starting":
        step.ask(StopRecording, part=f"{kept['number']}.early", room=kept["room"])
    if kept["state"] in ("on", "starting"):
        kept["state"] = "off"


def started(step: StepDraft, pending: Pending, result: Recording) -> None:
    """It runs. If it may not any more, it is stopped at once."""
    kept = change(step)
    if kept["state"] == "starting" and pending.body["part"] == kept["number"]:
        kept.update(state="on", id=result.recording)
        step.note("recording.started", recording=result.recording)
    else:
        stop_late(step, pending, result)


def stop_late(step: StepDraft, pending: Pending, result: Recording) -> None:
    """Stop a recording that began when nobody wanted it any more."""
    part = f"{pending.body['part']}.late"
    step.ask(StopRecording, part=part, room=pending.body["room"], recording=result.recording)


def failed(step: StepDraft, pending: Pending) -> None:
    """It could not be begun, or its answer was lost: then it may run. Nobody is recorded until somebody asks again."""
    kept = change(step)
    step.ask(StopRecording, part=f"{pending.body['part']}.lost", room=pending.body["room"])
    if kept["state"] == "starting" and pending.body["part"] == kept["number"]:
        kept["state"] = "failed"
        step.note("recording.failed")


class Recorded(Kind):
    """What each side may say of being recorded, and what becomes of it."""

    def tasks(self, step: StepDraft) -> None:
        """The duties, as they stand now."""
        raise NotImplementedError

    @action(guard=may_be_asked)
    def allow_recording(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """This side agrees to be recorded."""
        agree(step, SIDES[task.name])
        self.record(step)

    @action(guard=may_be_asked)
    def forbid_recording(self, step: StepDraft, task: Task, act: Act, body: NoFields) -> None:
        """This side does not, or no longer."""
        forbid(step, SIDES[task.name])
        self.record(step)

    def record(self, step: StepDraft) -> None:
        """Begin or stop, as it has to be now, and show both sides what is so."""
        follow(step)
        if data(step) != shown(step):
            self.tasks(step)

    def recording_settled(self, step: StepDraft, pending: Pending, result: Any) -> None:
        """It runs, or it is stopped: perhaps it may run again."""
        if isinstance(result, Recording):
            started(step, pending, result)
        if pending.effect in (StartRecording.activity, StopRecording.activity):
            self.record(step)

    def recording_failed(self, step: StepDraft, pending: Pending) -> bool:
        """It was not begun. One that may run and could not be stopped waits for a person."""
        if pending.effect != StartRecording.activity:
            return False
        failed(step, pending)
        self.record(step)
        return True

    def withdrawn(self, step: StepDraft, purpose: str) -> bool:
        """The consent to the recording is taken back: it stops, the patient is not asked again, the meeting goes on."""
        if purpose != PURPOSE:
            return False
        forbid(step, "patient")
        self.record(step)
        return True
