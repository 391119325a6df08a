"""The same story on the core and on a real Temporal: one timeline, moment by moment."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dev.simulate.stage import Stage, own_stage
from pathways.stories.play import play_on_core
from tests.pathways.language.base import PATHWAY, broken
from tests.pathways.stories.bench import (
    REAL,
    TO_THE_END,
    TO_THE_LINE,
    TO_THE_NOTE,
    shelf,
    sound,
    written,
)

SIGNED = (
    TO_THE_NOTE + "  - {who: doctor, does: submit, on: note, with: {diagnosis: I10, orders: 2, prescriptions: 1}}\n"
)

STORIES = {
    "the-good-end": written(TO_THE_END),
    "children": written(
        SIGNED
        + "  - {who: doctor, does: sign, on: sign}\n"
        + "  - {who: doctor, does: sign, on: rx}\n"
        + "  - {from: registry, event: rejected, on: sign.registration, with: {errors: [NO_DOCTOR]}}\n"
        + "  - {who: patient, does: choose, on: labs}\n"
        + "  - {wait: 1d}\n"
        + "  - {who: doctor, does: acknowledge, on: labs}\n"
        + "  - {who: doctor, does: resubmit, on: sign.registration}\n"
        + "  - {wait: 1d}\n"
        + "  - {expect: {step: sign.registration, outcome: registered}}\n"
        + "  - {expect: {step: labs, outcome: done}}\n",
    ),
    "failures": written(
        "  - {fails: eligibility.find}\n"
        "  - {fails: payment.authorise, error: Refused, once: true}\n"
        "  - {fails: notify.tell, error: Refused}\n"
        "  - {who: patient, does: accept, on: agree}\n"
        "  - {who: registrar, does: decide, on: papers}\n"
        "  - {who: patient, does: submit, on: form}\n"
        "  - {who: patient, does: pay, on: pay}\n"
        "  - {who: patient, does: pay, on: pay}\n"
        "  - {fails: video.open, error: Unavailable}\n"
        "  - {who: doctor, does: accept, on: line}\n"
        "  - {expect: {step: talk, outcome: technical}}\n",
        rest="open: true\n",
    ),
    "stuck": written(
        TO_THE_NOTE
        + "  - {fails: payment.capture, error: Uncertain, once: true}\n"
        + "  - {who: doctor, does: submit, on: note}\n"
        + "  - {who: doctor, does: sign, on: sign}\n"
        + "  - {expect: {task: stuck, for: clinic_admin}}\n"
        + "  - {expect: {state: ending}}\n"
        + "  - {who: clinic_admin, does: retry, on: stuck}\n"
        + "  - {expect: {state: closed}}\n"
    ),
    "silence": written(
        f"{TO_THE_NOTE}  - {{who: doctor, does: submit, on: note}}\n  - {{wait: 2d}}\n", rest="ends: unsigned\n"
    ),
    "alarm": written(
        TO_THE_LINE.replace("severity: 5", "severity: 5, pain: now")
        + "  - {wait: 20m}\n"
        + "  - {who: head_doctor, does: acknowledge, on: call_back}\n"
        + "  - {who: head_doctor, does: record, on: call_back, with: {text: ложная тревога, verdict: false_alarm}}\n"
        + "  - {who: patient, does: leave, on: line}\n",
        rest="ends: away\n",
    ),
    "refused": written(
        TO_THE_LINE
        + "  - {who: colleague, does: accept, on: line}\n"
        + "  - {who: doctor, does: accept, on: line, refused: too_late}\n"
        + "  - {who: patient, does: cancel}\n"
        + "  - {who: patient, does: cancel, refused: closed}\n",
        rest="ends: cancelled\n",
    ),
}


PAY = "  - {id: pay, kind: payment, "
EARLY = "  - {id: early, kind: survey, wait: false, within: 3d}\n"


@pytest.fixture(scope="module")
async def temporal_stage() -> AsyncIterator[Stage]:
    """Workers on a real server of their own, whose activities wait for the story."""
    async with own_stage() as found:
        yield found


@pytest.mark.parametrize("name", sorted(STORIES))
async def test_both_worlds_tell_the_same_timeline(temporal_stage: Stage, tmp_path: Path, name: str) -> None:
    found = shelf(tmp_path, STORIES[name].replace("story: check", f"story: {name}"))
    story, pathway = sound(found, 0)
    clinic = found.compiled.clinic.clinic
    core = play_on_core(story, pathway, clinic, real=REAL)
    real = await temporal_stage.play(story, pathway, clinic)
    assert core.failure is None, core.failure
    assert real.failure is None, real.failure
    assert real.timeline == core.timeline
    assert (real.end, real.closed, real.duties) == (core.end, core.closed, core.duties)


async def test_a_child_reports_to_a_parent_that_is_open_in_both(temporal_stage: Stage, tmp_path: Path) -> None:
    says = TO_THE_LINE + "  - {who: patient, does: score, on: early}\n"
    found = shelf(tmp_path, written(says, rest="open: true\n"), visit=broken(PATHWAY, PAY, EARLY + PAY))
    story, pathway = sound(found, 0)
    core = play_on_core(story, pathway, found.compiled.clinic.clinic, real=REAL)
    real = await temporal_stage.play(story, pathway, found.compiled.clinic.clinic)
    assert (core.failure, real.failure) == (None, None)
    assert [entry.detail["source"] for entry in core.timeline if entry.code == "fact"] == ["child"]
    assert real.timeline == core.timeline


async def test_a_story_that_fails_fails_in_both_at_the_same_line(temporal_stage: Stage, tmp_path: Path) -> None:
    found = shelf(tmp_path, written(TO_THE_LINE + "  - {expect: {task: sign, for: doctor}}\n"))
    story, pathway = sound(found, 0)
    core = play_on_core(story, pathway, found.compiled.clinic.clinic, real=REAL)
    real = await temporal_stage.play(story, pathway, found.compiled.clinic.clinic)
    assert core.failure is not None
    assert real.failure == core.failure


async def test_a_clock_that_stands_arms_no_timer(temporal_stage: Stage, tmp_path: Path) -> None:
    found = shelf(tmp_path, written(SIGNED, rest="open: true\n"))
    story, pathway = sound(found, 0)
    real = await temporal_stage.play(story, pathway, found.compiled.clinic.clinic)
    assert real.failure is None
    consultation = temporal_stage.consultations[-1]
    history = await temporal_stage.client.get_workflow_handle(consultation).fetch_history()
    fired = [event for event in history.events if event.HasField("timer_started_event_attributes")]
    assert len(history.events) > 100
    assert fired == []
