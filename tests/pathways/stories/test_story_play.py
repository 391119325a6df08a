"""Stories on the core: acts, silence, failures and what must be seen; and a story that is not so says where and why."""

from pathlib import Path

import pytest

from pathways.stories.timeline import DID, FAILED
from tests.pathways.stories.bench import TO_THE_END, TO_THE_LINE, TO_THE_NOTE, clock, codes, ended, played

OPEN = "open: true\n"


def failed(folder: Path, says: str, rest: str = OPEN) -> tuple[int, str]:
    """The line at which a story fails, and what it says."""
    done = played(folder, says, rest)
    assert done.failure is not None
    return done.failure.line, done.failure.what.en


def goes(folder: Path, says: str, rest: str = OPEN) -> None:
    done = played(folder, says, rest)
    assert done.failure is None, (done.failure.line, done.failure.what.en)


def test_a_consultation_goes_from_its_first_step_to_its_end(tmp_path: Path) -> None:
    done = played(tmp_path, TO_THE_END)
    assert done.failure is None
    assert done.end == "completed"
    assert ended(done, "talk") == [("2026-03-02 09:55", "done")]
    assert codes(done)[0] == "started"
    assert codes(done)[-1] == "closed"


def test_an_end_that_is_another_one_fails_the_story(tmp_path: Path) -> None:
    done = played(tmp_path, TO_THE_END, "ends: away\n")
    assert done.failure is not None
    assert done.failure.what.en == "expected: away; in fact: completed"
    assert failed(tmp_path, TO_THE_END)[1] == "expected: open; in fact: completed"
    assert played(tmp_path, TO_THE_LINE).failure is not None


def test_an_act_that_should_be_refused_and_is_not_fails_and_so_does_the_other_way_round(tmp_path: Path) -> None:
    goes(tmp_path, TO_THE_LINE + "  - {who: registrar, does: accept, on: line, refused: not_yours}\n")
    line, what = failed(tmp_path, TO_THE_LINE + "  - {who: doctor, does: accept, on: line, refused: not_yours}\n")
    assert (line, what) == (9, "taken; not refused as not_yours")
    assert failed(tmp_path, TO_THE_LINE + "  - {who: registrar, does: accept, on: line}\n") == (9, "refused: not_yours")
    _, what = failed(tmp_path, TO_THE_LINE + "  - {who: registrar, does: accept, on: line, refused: too_late}\n")
    assert what == "refused: not_yours"


def test_who_comes_second_is_too_late(tmp_path: Path) -> None:
    goes(
        tmp_path,
        TO_THE_LINE
        + "  - {who: colleague, does: accept, on: line}\n"
        + "  - {who: doctor, does: accept, on: line, refused: too_late}\n"
        + "  - {expect: {doctor: colleague}}\n",
    )


def test_what_nobody_was_asked_cannot_be_done(tmp_path: Path) -> None:
    line, what = failed(tmp_path, "  - {who: doctor, does: accept, on: line}\n")
    assert line == 6
    assert what == "no task of line knows accept; open are: agree.1.agree"


def test_answers_become_facts_and_flags_by_the_function_of_the_facade(tmp_path: Path) -> None:
    flagged = TO_THE_LINE.replace("severity: 5", "severity: 5, pain: now")
    goes(
        tmp_path,
        flagged
        + "  - {expect: {step: form, outcome: done, outputs: {severity: 5, flags: [chest_pain]}}}\n"
        + "  - {expect: {state: emergency}}\n"
        + "  - {expect: {told: shift_supervisor, text: call_back_now}}\n"
        + "  - {until: due}\n"
        + "  - {expect: {task: call_back, for: head_doctor}}\n"
        + "  - {who: head_doctor, does: record, on: call_back, with: {text: приехала скорая, verdict: real}}\n"
        + "  - {expect: {end: emergency}}\n",
        "ends: emergency\n",
    )
    goes(tmp_path, TO_THE_LINE + "  - {expect: {step: form, outputs: {flags: []}}}\n  - {expect: {state: open}}\n")


def test_silence_lets_what_is_due_happen_one_after_another(tmp_path: Path) -> None:
    signed = TO_THE_NOTE + "  - {who: doctor, does: submit, on: note}\n"
    done = played(tmp_path, f"{signed}  - {{until: deadline, on: sign}}\n", "ends: unsigned\n")
    assert done.failure is None
    told = [clock(e, done) for e in done.timeline if e.code == "step.reminded"]
    assert told == ["2026-03-02 11:55"]
    assert ended(done, "sign") == [("2026-03-03 09:55", "timed_out")]


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("{wait: 90m}", "2026-03-02 11:10"),
        ("{wait: 2h working}", "2026-03-02 11:40"),
        ("{wait: 9h working}", "2026-03-03 09:40"),
        ("{until: 10:00}", "2026-03-02 10:00"),
        ("{until: 08:00}", "2026-03-03 08:00"),
        ("{until: 2026-03-02 12:15}", "2026-03-02 12:15"),
        ("{until: deadline}", "2026-03-03 09:40"),
        ("{until: due}", "2026-03-03 09:40"),
    ],
)
def test_time_passes_as_written_on_the_clinics_clocks(tmp_path: Path, line: str, moment: str) -> None:
    done = played(tmp_path, f"  - {line}\n  - {{who: patient, does: cancel}}\n", "ends: cancelled\n")
    at = "away" if moment >= "2026-03-03 09:40" else "cancelled"
    assert done.end == at
    last = next(e for e in done.timeline if e.code == "ending")
    assert clock(last, done) == min(moment, "2026-03-03 09:40")


def test_what_is_past_cannot_be_waited_for(tmp_path: Path) -> None:
    assert failed(tmp_path, "  - {until: 2026-03-01 10:00}\n") == (6, "that moment is over already")
    assert failed(tmp_path, "  - {until: deadline, on: talk}\n") == (6, "there is no such moment ahead")


def test_how_the_world_is_can_be_said_before_anything_happens_and_changed_later(tmp_path: Path) -> None:
    done = played(
        tmp_path,
        "  - {fails: eligibility.find}\n"
        "  - {fails: payment.authorise, error: Refused, once: true}\n"
        + TO_THE_LINE.replace(
            "  - {who: patient, does: submit",
            "  - {expect: {task: decide, for: registrar, on: papers, until: 2026-03-02 10:40}}\n"
            "  - {who: registrar, does: decide, on: papers}\n"
            "  - {who: patient, does: submit",
        )
        + "  - {expect: {task: pay, for: patient}}\n"
        "  - {who: patient, does: pay, on: pay}\n"
        "  - {expect: {did: payment.authorise, times: 1}}\n"
        "  - {expect: {task: accept, for: doctor}}\n",
        OPEN,
    )
    assert done.failure is None, done.failure
    assert [e.detail["error"] for e in done.timeline if e.code == FAILED] == ["Timeout", "Refused"]


def test_steps_left_behind_are_acted_on_by_their_own_names(tmp_path: Path) -> None:
    wrote = TO_THE_NOTE + "  - {who: doctor, does: submit, on: note, with: {diagnosis: I10, orders: 2}}\n"
    done = played(
        tmp_path,
        wrote
        + "  - {who: doctor, does: sign, on: sign}\n"
        + "  - {expect: {step: labs, outcome: left_behind}}\n"
        + "  - {expect: {step: labs, open: true}}\n"
        + "  - {who: patient, does: choose, on: labs}\n"
        + "  - {from: labs, event: material_taken}\n"
        + "  - {wait: 1d}\n"
        + "  - {expect: {task: acknowledge, for: doctor, on: labs}}\n"
        + "  - {expect: {no_task: acknowledge, for: colleague}}\n"
        + "  - {who: doctor, does: acknowledge, on: labs}\n"
        + "  - {who: patient, does: score, on: nps, with: {score: 10}}\n"
        + "  - {expect: {step: labs, outcome: done}}\n"
        + "  - {expect: {step: sign.registration, outcome: registered}}\n"
        + "  - {expect: {step: nps, outcome: done, outputs: {score: 10}}}\n",
    )
    assert done.failure is None, done.failure
    assert done.duties == ()
    assert {entry.workflow for entry in done.timeline} == {"", "labs.1", "nps.1", "sign.1.registration"}
    assert "report.send" in {e.detail.get("effect") for e in done.timeline if e.code == DID}


def test_a_doctor_who_does_not_come_sends_the_patient_back_to_the_line(tmp_path: Path) -> None:
    goes(
        tmp_path,
        TO_THE_LINE
        + "  - {who: colleague, does: accept, on: line}\n"
        + "  - {comes: patient}\n"
        + "  - {wait: 11m}\n"
        + "  - {who: patient, does: no_show, on: talk}\n"
        + "  - {expect: {step: talk, outcome: no_show_doctor, turn: 1}}\n"
        + "  - {expect: {doctor: nobody}}\n"
        + "  - {from: video, event: joined, on: talk, turn: 1, with: {side: doctor}}\n"
        + "  - {who: doctor, does: accept, on: line, turn: 1, refused: too_late}\n"
        + "  - {who: doctor, does: accept, on: line}\n"
        + "  - {comes: [doctor, patient]}\n"
        + "  - {leaves: patient}\n"
        + "  - {expect: {may: finish, who: doctor, on: talk}}\n"
        + "  - {expect: {may_not: finish, who: colleague, on: talk}}\n",
    )


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{expect: {task: accept, for: nurse}}", "expected: accept / nurse; in fact: line.1.accept, line.1.wait"),
        ("{expect: {task: accept, until: 2026-03-02 12:00}}", "expected: 2026-03-02 12:00; in fact: 2026-03-02 11:40"),
        ("{expect: {no_task: wait}}", "expected: wait: -; in fact: line.1.wait"),
        ("{expect: {step: line, outcome: accepted}}", "expected: line: accepted; in fact: open"),
        ("{expect: {step: line, open: false}}", "expected: line open: false; in fact: open: true"),
        ("{expect: {step: form, outputs: {severity: 6}}}", "expected: form.severity: 6; in fact: 5"),
        ("{expect: {step: talk, open: true}}", "expected: talk open: true; in fact: open: false"),
        ("{expect: {end: away}}", "expected: away; in fact: open"),
        ("{expect: {told: doctor}}", "expected: doctor: *; in fact: -"),
        ("{expect: {told: patient, text: doctor_waits}}", "expected: patient: doctor_waits; in fact: -"),
        ("{expect: {did: payment.authorise, times: 2}}", "expected: payment.authorise × 2; in fact: × 1"),
        ("{expect: {did: payment.capture}}", "expected: payment.capture × 1; in fact: × 0"),
        ("{expect: {state: paused}}", "expected: paused; in fact: open"),
        ("{expect: {doctor: doctor}}", "expected: doctor; in fact: nobody"),
        ("{expect: {may: accept, who: registrar, on: line}}", "expected: accept; in fact: -"),
        ("{expect: {may_not: cancel, who: patient}}", "expected: - cancel; in fact: cancel"),
    ],
)  # fmt: skip
def test_an_expectation_that_does_not_hold_says_what_is(tmp_path: Path, line: str, what: str) -> None:
    assert failed(tmp_path, f"{TO_THE_LINE}  - {line}\n") == (9, what)


@pytest.mark.parametrize(
    "line",
    [
        "{expect: {task: accept, for: doctor, on: line, until: 2026-03-02 11:40}}",
        "{expect: {no_task: accept, for: patient}}",
        "{expect: {step: line, open: true}}",
        "{expect: {step: gate, outcome: met}}",
        "{expect: {step: papers, outcome: skipped}}",
        "{expect: {state: open}}",
        "{expect: {doctor: nobody}}",
        "{expect: {did: payment.authorise, times: 1}}",
        "{expect: {did: payment.capture, times: 0}}",
        "{expect: {may: leave, who: patient, on: line}}",
        "{expect: {may: cancel, who: patient}}",
        "{expect: {may_not: leave, who: doctor, on: line}}",
    ],
)
def test_an_expectation_that_holds_is_silent(tmp_path: Path, line: str) -> None:
    goes(tmp_path, f"{TO_THE_LINE}  - {line}\n")


def test_a_machine_that_may_mean_two_steps_or_none_must_say_which(tmp_path: Path) -> None:
    assert failed(tmp_path, "  - {from: labs, event: result}\n") == (6, "no step is open: lab_order")
    assert failed(tmp_path, "  - {comes: patient}\n") == (6, "no step is open: video")


def test_a_story_told_twice_is_the_same_story(tmp_path: Path) -> None:
    assert played(tmp_path, TO_THE_END).timeline == played(tmp_path, TO_THE_END).timeline
