"""A consultation in writing: who is waited for, how long, and what ends it."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from domain.calendar import Calendar, Hours
from domain.effects.queue import FreeSeat
from domain.people import Owner, Role
from pathways.core.kind import kinds
from tests.pathways.kinds.desk import COLLEAGUE, DOCTOR, HEAD, HOUR, MOTHER, PATIENT, SHA, START
from tests.pathways.kinds.stage import SUPERVISOR, Stage

SEAT = {"outcome": "accepted", "doctor": "p-doctor", "seat": "s-1"}
COLLEAGUE_POOLS = ["therapists"]


def chat(**more: Any) -> Stage:
    fields = {"reply": "2h", "silence": "1d", **more}
    return Stage("chat", within="3d", state={"doctor": "p-doctor"}, outputs={"line": dict(SEAT)}, **fields)


def says(stage: Stage, who: str, content: str = "ct-1", **more: Any) -> None:
    actor, task = {"doctor": (DOCTOR, "reply"), "patient": (PATIENT, "message")}[who]
    stage.must(actor, "send", task, content=content, sha256=SHA, **more)


def test_the_doctor_is_waited_for_from_the_opening() -> None:
    stage = chat()
    assert stage.tasks() == {"reply", "message"}
    assert stage.timers == {"reply": START + 2 * HOUR}
    assert ("p-doctor", "chat_waits") in stage.told()
    assert stage.task("reply").due == START + 2 * HOUR
    assert stage.task("message").due == START + 72 * HOUR
    assert stage.task("reply").data == {"messages": 0, "met": False, "waits_for": "doctor", "photos": 6}


def test_the_doctors_first_message_is_the_meeting() -> None:
    stage = chat()
    says(stage, "patient")
    assert stage.state.met_at is None
    stage.wait(hours=1)
    says(stage, "doctor")
    assert [stage.state.met_at, stage.state.met_by] == [START + HOUR, "p-doctor"]
    says(stage, "doctor")
    assert stage.state.met_at == START + HOUR
    assert stage.codes().count("met") == 1


def test_who_met_before_the_chat_met_then() -> None:
    state = {"doctor": "p-doctor", "met_at": START - HOUR, "met_by": "p-first"}
    stage = Stage("chat", within="3d", state=state, reply="2h", silence="1d")
    says(stage, "doctor")
    assert [stage.state.met_at, stage.state.met_by] == [START - HOUR, "p-first"]


def test_a_message_is_kept_by_its_id_and_the_other_side_is_told_each_time() -> None:
    stage = chat()
    says(stage, "patient", "ct-1", photos=2)
    says(stage, "doctor", "ct-2")
    says(stage, "doctor", "ct-3")
    kept = [(t.actor, t.detail) for t in stage.state.transitions if t.code == "chat.message"]
    assert kept == [
        ("p-patient", {"content": "ct-1", "side": "patient"}),
        ("p-doctor", {"content": "ct-2", "side": "doctor"}),
        ("p-doctor", {"content": "ct-3", "side": "doctor"}),
    ]
    assert stage.told().count(("pt-1", "new_message")) == 2
    assert stage.told().count(("p-doctor", "chat_waits")) == 2
    assert stage.task("reply").data["messages"] == 3


def test_only_one_side_is_waited_for_at_a_time() -> None:
    stage = chat()
    says(stage, "doctor")
    assert stage.timers == {"silence": START + 24 * HOUR}
    assert stage.task("message").due == START + 24 * HOUR
    says(stage, "patient")
    assert stage.timers == {"reply": START + 2 * HOUR}
    says(stage, "doctor")
    assert stage.timers == {"silence": START + 24 * HOUR}


def test_the_oldest_message_without_an_answer_sets_the_doctors_clock() -> None:
    stage = chat()
    says(stage, "doctor")
    says(stage, "patient")
    stage.wait(hours=1)
    says(stage, "patient")
    assert stage.timers == {"reply": START + 2 * HOUR}
    stage.wait(hours=1)
    assert stage.outcome == "doctor_silent"


def test_the_doctors_last_message_sets_the_patients_clock() -> None:
    stage = chat()
    says(stage, "doctor")
    stage.wait(hours=20)
    says(stage, "doctor")
    stage.wait(hours=23)
    assert stage.outcome is None
    stage.wait(hours=1)
    assert stage.outcome == "patient_silent"


def test_a_patient_who_writes_into_the_void_was_never_met() -> None:
    stage = chat()
    stage.wait(hours=1)
    says(stage, "patient")
    stage.wait(hours=1)
    assert stage.outcome == "unanswered"
    assert stage.state.met_at is None
    assert stage.state.end == "other"


def test_nothing_is_finished_before_the_doctor_has_written() -> None:
    stage = chat(may=["video"])
    for action in ("finish", "needs_in_person", "needs_video"):
        assert stage.act(DOCTOR, action, "reply") == "not_met"


def test_a_finished_chat_tells_how_many_messages_it_had_and_frees_the_seat() -> None:
    stage = chat()
    says(stage, "patient")
    says(stage, "doctor")
    stage.must(DOCTOR, "finish", "reply")
    assert stage.outputs == {"outcome": "done", "video": False, "messages": 2}
    assert stage.asked(FreeSeat)[0]["seat"] == "s-1"


def test_a_chat_goes_on_by_video_where_the_pathway_lets_it() -> None:
    stage = chat(may=["video"])
    says(stage, "doctor")
    stage.must(DOCTOR, "needs_video", "reply")
    assert stage.outputs == {"outcome": "done", "video": True, "messages": 1}
    stage = chat()
    says(stage, "doctor")
    assert "needs_video" not in stage.task("reply").actions
    assert stage.act(DOCTOR, "needs_video", "reply") == "no_such_action"


def test_a_message_has_no_more_photos_than_the_pathway_says() -> None:
    stage = chat(photos=2)
    message = {"content": "ct-1", "sha256": SHA}
    assert stage.act(PATIENT, "send", "message", photos=3, **message) == "too_many_photos"
    assert stage.act(PATIENT, "send", "message", photos=-1, **message) == "bad_body"
    stage.must(PATIENT, "send", "message", photos=2, **message)
    assert stage.act(DOCTOR, "send", "reply", photos=3, **message) == "too_many_photos"


def test_who_acts_for_the_patient_writes_for_him() -> None:
    stage = chat()
    stage.must(MOTHER, "send", "message", content="ct-1", sha256=SHA)
    assert stage.timers == {"reply": START + 2 * HOUR}


def test_nobody_writes_or_ends_it_for_the_doctor() -> None:
    stage = chat()
    stage.task("reply").also = (Owner(role=Role.HEAD_DOCTOR),)  # as an escalation leaves it
    assert stage.act(HEAD, "send", "reply", content="ct-1", sha256=SHA) == "not_yours"
    assert stage.act(HEAD, "finish", "reply") == "not_yours"
    assert stage.act(PATIENT, "send", "reply", content="ct-1", sha256=SHA) == "not_yours"
    assert stage.act(DOCTOR, "send", "message", content="ct-1", sha256=SHA) == "not_yours"


def test_a_deadline_before_the_doctor_wrote_is_no_meeting_and_after_it_is_one() -> None:
    for written, outcome in ((False, "unanswered"), (True, "timed_out")):
        stage = chat()
        if written:
            says(stage, "doctor")
        until = (START + HOUR).isoformat()
        stage.must(SUPERVISOR, "change_deadline", step="step", until=until, reason="clinic_closes")
        stage.wait(hours=1)
        assert stage.outcome == outcome


def test_nobody_falls_silent_while_an_emergency_is_open() -> None:
    for first in (None, "doctor"):
        stage = chat(silence="3h")
        if first:
            says(stage, first)
        stage.flag()
        stage.wait(hours=4)
        assert stage.outcome is None
        says(stage, "patient")
        stage.false_alarm()
        assert set(stage.timers) == {"reply"}
        stage.wait(hours=1)
        assert stage.outcome is None
        says(stage, "doctor")


def test_a_pause_gives_both_clocks_their_time_back() -> None:
    stage = chat()
    stage.must(SUPERVISOR, "pause", reason="system_down", until=(START + 5 * HOUR).isoformat())
    assert stage.act(PATIENT, "send", "message", content="ct-1", sha256=SHA) == "paused"
    stage.wait(hours=6)
    assert stage.timers == {"reply": START + 7 * HOUR}
    assert stage.task("reply").due == START + 7 * HOUR


def test_a_chat_handed_over_goes_on_with_its_clock_and_the_new_doctor() -> None:
    stage = chat(may=["handover"])
    says(stage, "doctor")
    says(stage, "patient")
    stage.wait(hours=1)
    stage.must(DOCTOR, "hand_over", to="p-colleague", pools=COLLEAGUE_POOLS, reason="end_of_shift")
    (offer,) = [t.id for t in stage.state.tasks.values() if t.name == "take_over"]
    stage.must(COLLEAGUE, "accept", offer)
    (told,) = [t.id for t in stage.state.tasks.values() if t.name == "new_doctor"]
    says(stage, "doctor")
    says(stage, "patient")
    stage.must(PATIENT, "agree", told)
    assert stage.task("reply").owner.person == "p-colleague"
    assert stage.timers == {"reply": START + 3 * HOUR}
    assert stage.act(DOCTOR, "send", "reply", content="ct-1", sha256=SHA) == "not_yours"
    stage.must(COLLEAGUE, "send", "reply", content="ct-9", sha256=SHA)
    assert stage.timers == {"silence": START + 25 * HOUR}
    stage.must(COLLEAGUE, "finish", "reply")
    assert stage.outcome == "done"


def test_a_chat_nobody_answered_passes_to_another_doctor_with_what_is_left_of_the_time() -> None:
    stage = chat()
    says(stage, "patient")
    stage.wait(hours=1)
    stage.must(SUPERVISOR, "reassign", doctor="p-colleague", pools=COLLEAGUE_POOLS, reason="doctor_ill")
    assert stage.task("reply").owner.person == "p-colleague"
    assert stage.timers == {"reply": START + 2 * HOUR}
    stage.must(COLLEAGUE, "send", "reply", content="ct-2", sha256=SHA)
    assert stage.state.met_by == "p-colleague"


def test_a_cancelled_chat_frees_the_seat_and_one_that_was_a_meeting_owes_its_protocol() -> None:
    stage = chat()
    stage.must(PATIENT, "cancel")
    assert stage.asked(FreeSeat)
    assert stage.state.end == "cancelled"
    stage = chat()
    says(stage, "doctor")
    stage.must(PATIENT, "cancel")
    assert stage.state.end is None
    assert "note.1.write" in stage.state.tasks


@pytest.mark.parametrize("missing", ["reply", "silence"])
def test_both_clocks_are_written(missing: str) -> None:
    written = {"reply": "2h", "silence": "1d"}
    del written[missing]
    with pytest.raises(ValidationError, match=missing):
        type(kinds()["chat"]).fields.model_validate(written)


def test_working_time_is_not_counted_at_night_nor_on_the_weekend() -> None:
    day = (Hours(since=time(8), until=time(20)),)
    office = Calendar(zone="Europe/Moscow", week=(day, day, day, day, day, (), ()))
    friday = datetime(2026, 11, 27, 19, 0, tzinfo=ZoneInfo("Europe/Moscow"))
    stage = Stage(
        "chat", within="7d", state={"doctor": "p-doctor"}, calendar=office, now=friday, reply="2h working", silence="1d"
    )
    assert stage.timers == {"reply": datetime(2026, 11, 30, 9, 0, tzinfo=ZoneInfo("Europe/Moscow"))}
    stage.wait(days=2)
    says(stage, "doctor")
    assert set(stage.timers) == {"silence"}


def test_letters_rest_over_a_weekend_and_nobody_is_late_for_it() -> None:
    stage = chat()
    says(stage, "patient")
    says(stage, "doctor")
    says(stage, "patient")
    assert stage.timers == {"reply": START + 2 * HOUR}
    stage.must(SUPERVISOR, "pause", reason="weekend", until=(START + 48 * HOUR).isoformat())
    stage.wait(hours=47)
    assert stage.state.paused is not None
    stage.wait(hours=1)
    assert stage.state.paused is None
    assert stage.timers == {"reply": START + 50 * HOUR}
