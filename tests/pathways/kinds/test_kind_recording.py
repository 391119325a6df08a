"""Recording a meeting and inviting into it: only what everybody in the room agreed to, and not a moment longer."""

from typing import Any

import pytest

from domain.effects.video import CloseRoom, OpenRoom, StartRecording, StopRecording
from domain.people import Owner, Role
from tests.pathways.kinds.desk import COLLEAGUE, DOCTOR, HEAD, HOUR, MOTHER, PATIENT, START, pinned
from tests.pathways.kinds.stage import SUPERVISOR, Stage

CONSENTS = {"recording": pinned("recording", purpose="recording"), "treat": pinned("treat", purpose="intervention")}


def talk(*, may: tuple[str, ...] = ("record",), **more: Any) -> Stage:
    stage = Stage("video", state={"doctor": "p-doctor"}, may=list(may), **more)
    stage.settle(OpenRoom, room="r-1")
    return stage


def came(stage: Stage, side: str, participant: str | None = None) -> None:
    stage.fact(event="joined", side=side, participant=participant or f"PA_{side}")


def went(stage: Stage, side: str, participant: str | None = None) -> None:
    stage.fact(event="left", side=side, participant=participant or f"PA_{side}")


def agreed(**more: Any) -> Stage:
    """Both are in, and both agreed: the recording is on its way to begin."""
    stage = talk(**more)
    came(stage, "doctor")
    came(stage, "patient")
    stage.must(DOCTOR, "allow_recording", "meet")
    stage.must(PATIENT, "allow_recording", "join")
    return stage


def running(**more: Any) -> Stage:
    stage = agreed(**more)
    stage.settle(StartRecording, recording="rec-1")
    return stage


def change_doctor(stage: Stage) -> None:
    stage.must(DOCTOR, "hand_over", to="p-colleague", pools=[], reason="end_of_shift")
    (offer,) = [t.id for t in stage.state.tasks.values() if t.name == "take_over"]
    stage.must(COLLEAGUE, "accept", offer)
    (told,) = [t.id for t in stage.state.tasks.values() if t.name == "new_doctor"]
    stage.must(PATIENT, "agree", told)


def shown(stage: Stage) -> Any:
    assert stage.task("meet").data["recording"] == stage.task("join").data["recording"]
    return stage.task("join").data["recording"]


def test_nothing_is_recorded_until_both_are_in_and_both_have_agreed() -> None:
    stage = talk()
    came(stage, "doctor")
    stage.must(DOCTOR, "allow_recording", "meet")
    stage.must(PATIENT, "allow_recording", "join")
    assert stage.asked(StartRecording) == []
    came(stage, "patient")
    (body,) = stage.asked(StartRecording)
    assert (body["room"], body["part"]) == ("r-1", "1")
    assert shown(stage) == {"state": "starting", "agreed": ["doctor", "patient"], "allowed": True}
    stage.settle(StartRecording, recording="rec-1")
    assert shown(stage)["state"] == "on"
    assert [t.detail for t in stage.state.transitions if t.code == "recording.started"] == [{"recording": "rec-1"}]


def test_one_who_says_nothing_has_not_agreed() -> None:
    stage = talk()
    came(stage, "doctor")
    came(stage, "patient")
    stage.must(DOCTOR, "allow_recording", "meet")
    assert stage.asked(StartRecording) == []


@pytest.mark.parametrize("who", ["doctor", "patient", "guest", "forbids", "room"])
def test_it_stops_as_soon_as_it_may_not_run(who: str) -> None:
    stage = running()
    match who:
        case "guest":
            came(stage, "invited")
        case "forbids":
            stage.must(PATIENT, "forbid_recording", "join")
        case "room":
            stage.fact(event="closed")
        case side:
            went(stage, side)
    (body,) = stage.asked(StopRecording)
    assert (body["room"], body["recording"]) == ("r-1", "rec-1")
    assert shown(stage)["state"] == "off"


@pytest.mark.parametrize("who", ["doctor", "patient", "guest", "forbids"])
def test_one_that_begins_after_it_may_not_is_stopped_at_once_and_again_by_its_name(who: str) -> None:
    stage = agreed()
    match who:
        case "guest":
            came(stage, "invited")
        case "forbids":
            stage.must(DOCTOR, "forbid_recording", "meet")
        case side:
            went(stage, side)
    assert [(b["part"], b["recording"]) for b in stage.asked(StopRecording)] == [("1.early", None)]
    stage.settle(StartRecording, recording="rec-1")
    assert ("1.late", "rec-1") in [(b["part"], b["recording"]) for b in stage.asked(StopRecording)]
    assert shown(stage)["state"] == "off"


def test_a_new_one_waits_until_the_stop_of_the_whole_room_is_done() -> None:
    stage = agreed()
    came(stage, "invited")
    went(stage, "invited")
    assert [b["part"] for b in stage.asked(StartRecording)] == ["1"]
    stage.settle(StartRecording, recording="rec-1")
    stage.settle(StopRecording, part="1.early")
    assert stage.asked(StartRecording) == []
    stage.settle(StopRecording, part="1.late")
    assert [b["part"] for b in stage.asked(StartRecording)] == ["2"]
    stage.settle(StartRecording, recording="rec-2")
    assert shown(stage)["state"] == "on"


def test_it_goes_on_when_the_guest_has_left_without_asking_who_stayed() -> None:
    stage = running()
    came(stage, "invited", "PA_9")
    stage.settle(StopRecording)
    went(stage, "invited", "PA_9")
    assert [b["part"] for b in stage.asked(StartRecording)] == ["2"]


def test_who_comes_back_is_asked_again() -> None:
    stage = running()
    went(stage, "patient")
    stage.settle(StopRecording)
    came(stage, "patient", "PA_again")
    assert shown(stage) == {"state": "off", "agreed": ["doctor"], "allowed": True}
    stage.must(PATIENT, "allow_recording", "join")
    assert [b["part"] for b in stage.asked(StartRecording)] == ["2"]


def test_a_second_device_that_leaves_changes_nothing() -> None:
    stage = running()
    came(stage, "patient", "PA_phone")
    went(stage, "patient", "PA_phone")
    assert shown(stage)["state"] == "on"


def test_facts_that_come_twice_begin_and_stop_nothing_twice() -> None:
    stage = agreed()
    came(stage, "patient")
    came(stage, "doctor")
    assert len(stage.asked(StartRecording)) == 1
    stage.settle(StartRecording, recording="rec-1")
    went(stage, "patient")
    went(stage, "patient")
    assert len(stage.asked(StopRecording)) == 1


def test_one_that_could_not_be_begun_may_run_all_the_same_and_is_tried_again_only_when_asked() -> None:
    stage = agreed()
    stage.give_up(StartRecording)
    assert [(b["part"], b["recording"]) for b in stage.asked(StopRecording)] == [("1.lost", None)]
    stage.settle(StopRecording)
    assert shown(stage)["state"] == "failed"
    assert stage.asked(StartRecording) == []
    stage.must(DOCTOR, "allow_recording", "meet")
    assert [b["part"] for b in stage.asked(StartRecording)] == ["2"]


def test_one_that_cannot_be_stopped_waits_for_a_person() -> None:
    stage = running()
    went(stage, "patient")
    stage.give_up(StopRecording)
    assert [t.name for t in stage.state.tasks.values() if t.step is None] == ["stuck"]


@pytest.mark.parametrize("how", ["finish", "cancel"])
def test_it_stops_with_the_meeting(how: str) -> None:
    stage = running()
    stage.must(DOCTOR if how == "finish" else PATIENT, how, "meet" if how == "finish" else None)
    assert [b["recording"] for b in stage.asked(StopRecording)] == ["rec-1"]
    assert stage.asked(CloseRoom)


def test_one_that_begins_after_the_meeting_is_stopped() -> None:
    stage = agreed()
    stage.must(DOCTOR, "finish", "meet")
    stage.settle(StartRecording, recording="rec-1")
    assert [(b["part"], b["recording"]) for b in stage.asked(StopRecording)] == [("1.early", None), ("1.late", "rec-1")]


def test_a_room_opened_anew_is_recorded_only_when_it_is_there() -> None:
    stage = running()
    stage.fact(event="closed")
    stage.settle(StopRecording)
    for side in ("doctor", "patient"):
        came(stage, side, f"PB_{side}")
    stage.must(DOCTOR, "allow_recording", "meet")
    stage.must(PATIENT, "allow_recording", "join")
    assert stage.asked(StartRecording) == []
    stage.settle(OpenRoom, room="r-2")
    assert [b["room"] for b in stage.asked(StartRecording)] == ["r-2"]


def test_a_consent_taken_back_stops_it_and_the_meeting_goes_on() -> None:
    stage = running()
    stage.must(PATIENT, "withdraw", consent="cs-1", purpose="recording")
    assert [b["recording"] for b in stage.asked(StopRecording)] == ["rec-1"]
    assert stage.outcome is None
    assert shown(stage) == {"state": "off", "agreed": ["doctor"], "allowed": False}
    assert stage.act(PATIENT, "allow_recording", "join") == "no_consent"
    stage.settle(StopRecording)
    assert stage.asked(StartRecording) == []


def test_a_consent_taken_back_before_the_meeting_permits_nothing_in_it() -> None:
    said = {"agree": {"outcome": "agreed", "accepted": ["recording"], "reused": []}}
    state = {"doctor": "p-doctor", "withdrawn": ["recording"]}
    stage = Stage("video", state=state, may=["record"], consents=CONSENTS, outputs=said)
    assert shown(stage)["allowed"] is False
    assert stage.act(PATIENT, "allow_recording", "join") == "no_consent"


def test_a_former_doctor_who_stays_in_the_room_is_not_recorded() -> None:
    stage = running(may=["record", "handover"])
    change_doctor(stage)
    came(stage, "doctor", "PA_colleague")
    stage.must(COLLEAGUE, "allow_recording", "meet")
    stage.settle(StopRecording)
    assert stage.asked(StartRecording) == []
    went(stage, "doctor")
    assert len(stage.asked(StartRecording)) == 1


def test_any_other_consent_taken_back_is_not_the_recordings() -> None:
    stage = running()
    stage.must(PATIENT, "withdraw", consent="cs-2", purpose="intervention")
    assert stage.state.wish == "cancelled"  # they have met: it means 'finish'


def test_who_declined_the_document_about_it_is_not_recorded() -> None:
    given: dict[str, Any] = {"agree": {"outcome": "agreed", "accepted": ["treat"], "reused": []}}
    stage = talk(consents=CONSENTS, outputs=given)
    assert stage.act(PATIENT, "allow_recording", "join") == "no_consent"
    assert stage.act(DOCTOR, "allow_recording", "meet") == "no_consent"
    given["agree"]["accepted"].append("recording")
    assert agreed(consents=CONSENTS, outputs=given).asked(StartRecording)
    reused = {"agree": {"outcome": "agreed", "accepted": [], "reused": ["recording"]}}
    assert agreed(consents=CONSENTS, outputs=reused).asked(StartRecording)


def test_a_pathway_that_does_not_record_asks_nobody() -> None:
    stage = talk(may=("phone",))
    assert "recording" not in stage.task("join").data
    assert stage.act(PATIENT, "allow_recording", "join") == "no_such_action"
    assert stage.state.runs["step"].memory.get("recording") is None


def test_each_side_speaks_for_itself_alone() -> None:
    stage = talk()
    stage.task("meet").also = (Owner(role=Role.HEAD_DOCTOR),)
    assert stage.act(HEAD, "allow_recording", "meet") == "not_yours"
    assert stage.act(PATIENT, "allow_recording", "meet") == "not_yours"
    stage.must(MOTHER, "allow_recording", "join")
    assert shown(stage)["agreed"] == ["patient"]


def test_another_doctor_has_not_agreed_and_has_not_come() -> None:
    stage = running(may=["record", "handover"])
    stage.wait(minutes=1)
    change_doctor(stage)
    assert [b["recording"] for b in stage.asked(StopRecording)] == ["rec-1"]
    assert stage.task("meet").owner.person == "p-colleague"
    assert ("p-colleague", "patient_waits") in stage.told()
    came(stage, "doctor")  # a fact of the former one's connection that was late
    assert stage.asked(StartRecording) == []
    stage.settle(StopRecording)
    came(stage, "doctor", "PA_colleague")
    assert shown(stage)["agreed"] == ["patient"]
    went(stage, "doctor")
    stage.must(COLLEAGUE, "allow_recording", "meet")
    assert [b["part"] for b in stage.asked(StartRecording)] == ["2"]
    stage.wait(minutes=2)
    went(stage, "patient")
    stage.must(COLLEAGUE, "finish", "meet")
    assert stage.outputs["seconds"] == 180


def test_a_doctor_who_takes_the_place_of_one_who_came_has_his_own_time_to_come() -> None:
    stage = talk()
    came(stage, "doctor")
    stage.wait(minutes=9)
    stage.must(SUPERVISOR, "reassign", doctor="p-colleague", pools=[], reason="doctor_ill")
    assert stage.timers["no_show"] == START + HOUR * 19 / 60
    came(stage, "doctor")  # a fact of the former one's connection that was late
    came(stage, "patient")
    assert stage.state.met_at is None
    stage.wait(minutes=11)
    stage.must(PATIENT, "no_show", "join")
    assert stage.outcome == "no_show_doctor"


INVITED = ("relative", "interpreter", "colleague")


def test_each_side_invites_whom_the_pathway_names() -> None:
    stage = talk(invited=("relative", "interpreter"))
    assert stage.task("join").data["may_invite"] == ["relative", "interpreter"]
    assert stage.task("meet").data["may_invite"] == ["interpreter"]
    stage.must(PATIENT, "invite", "join", guest="relative", invitation="in-1")
    stage.must(DOCTOR, "invite", "meet", guest="interpreter", invitation="in-2")
    kept = [
        {"guest": "relative", "invitation": "in-1", "by": "join"},
        {"guest": "interpreter", "invitation": "in-2", "by": "meet"},
    ]
    assert stage.task("join").data["invited"] == kept
    assert stage.task("meet").data["invited"] == kept
    assert stage.act(DOCTOR, "invite", "meet", guest="colleague", invitation="in-3") == "guest_not_allowed"
    assert stage.act(DOCTOR, "invite", "meet", guest="relative", invitation="in-3") == "guest_not_allowed"


def test_a_pathway_without_guests_invites_nobody() -> None:
    stage = talk()
    assert "invite" not in stage.task("join").actions
    assert stage.act(PATIENT, "invite", "join", guest="relative", invitation="in-1") == "no_such_action"


def test_invitations_have_an_end_and_none_counts_twice() -> None:
    stage = talk(invited=INVITED)
    for number in range(10):
        stage.must(PATIENT, "invite", "join", guest="relative", invitation=f"in-{number}")
    assert stage.act(PATIENT, "invite", "join", guest="relative", invitation="in-3") == "already_invited"
    assert stage.act(PATIENT, "invite", "join", guest="relative", invitation="in-10") == "too_many_guests"


def test_whom_an_escalation_rang_invites_nobody() -> None:
    stage = talk(invited=INVITED)
    stage.task("meet").also = (Owner(role=Role.HEAD_DOCTOR),)
    assert stage.act(HEAD, "invite", "meet", guest="colleague", invitation="in-1") == "not_yours"


def test_a_guest_alone_with_the_patient_is_no_meeting_and_keeps_no_call_alive() -> None:
    stage = talk(invited=INVITED)
    came(stage, "invited")
    came(stage, "patient")
    assert stage.state.met_at is None
    stage.wait(hours=2)
    assert stage.outcome == "no_show_doctor"
