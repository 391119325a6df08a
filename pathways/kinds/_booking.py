"""What an appointment keeps of a booked time, and what it says of it. No kind."""

from datetime import datetime, timedelta

from domain.base import Json
from domain.effects.appointment import Booked
from pathways.core.draft import StepDraft


def kept(part: str, result: Booked) -> Json:
    """A booking as the step keeps it; ``doctor`` is whose time it is in the MIS. Only of one that is ``usable``."""
    assert result.starts is not None
    ends = result.ends or result.starts
    times = {"starts": result.starts.isoformat(), "ends": ends.isoformat()}
    return {"reference": result.booking, "part": part, "doctor": result.doctor, **times}


def usable(step: StepDraft, result: Booked) -> bool:
    """Whether this is a time the step can use: of a doctor, in time, and not of who pays for the patient."""
    if result.booking is None or result.doctor is None or result.starts is None:
        return False
    in_time = step.run.deadline is None or result.starts < step.run.deadline
    return in_time and result.doctor != step.state.payer


def starts(step: StepDraft) -> datetime:
    """When the agreed time begins."""
    return datetime.fromisoformat(step.memory["booking"]["starts"])


def opens(step: StepDraft) -> datetime:
    """When the agreed time has come: a little before it."""
    return starts(step) - timedelta(seconds=step.fields.early.seconds)


def reached(step: StepDraft) -> bool:
    """Whether a time is agreed and has come."""
    return step.memory["booking"] is not None and step.now >= opens(step)
