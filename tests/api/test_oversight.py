"""Who answers for how consultations go, at the facade; and what a consent taken back was for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dev.clinic import compiled
from domain.effects.consent import ConsentDocument
from domain.pathway import Pinned
from domain.people import Role
from records import consents
from tests.api.bench import SHIPPED, Bench, step

Json = Any


def ahead(**by: float) -> str:
    return (datetime.now(UTC) + timedelta(**by)).isoformat()


async def act(bench: Bench, who: str, workflow: str, act: str, **body: Json) -> Json:
    return await bench.send(bench.headers(who), "POST", f"/consultations/{workflow}/{act}", body or None)


async def test_a_paused_consultation_takes_no_act_on_its_steps_until_it_goes_on(bench: Bench) -> None:
    supervisor = await bench.employee(Role.SHIFT_SUPERVISOR)
    workflow = await bench.consultation(step("line"))
    paused = await act(bench, supervisor, workflow, "pause", reason="patient_travels", until=ahead(days=2))
    assert paused.status_code == 200, paused.text
    assert paused.json()["paused"]["reason"] == "patient_travels"
    leave = f"/tasks/{workflow}/line.1.wait/queue/leave"
    refused = await bench.send(bench.as_patient(), "POST", leave)
    assert (refused.status_code, refused.json()["code"]) == (409, "paused")
    assert (await act(bench, supervisor, workflow, "resume")).json()["paused"] is None
    again = await act(bench, supervisor, workflow, "resume")
    assert (again.status_code, again.json()["code"]) == (409, "not_paused")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reason": "x", "until": "2020-01-01T00:00:00Z"}, 422, "not_in_the_future"),
        ({"reason": "x", "until": "2099-01-01T00:00:00Z"}, 422, "too_far"),
        ({"reason": "Пациент уехал", "until": "2099-01-01T00:00:00Z"}, 422, "not_well_formed"),
        ({"reason": "x", "until": "2099-01-01T00:00:00"}, 422, "not_well_formed"),
        ({"until": "2099-01-01T00:00:00Z"}, 422, "not_well_formed"),
    ],
)
async def test_a_pause_has_a_reason_and_an_end_within_reach(bench: Bench, body: Json, status: int, code: str) -> None:
    supervisor = await bench.employee(Role.SHIFT_SUPERVISOR)
    workflow = await bench.consultation(step("line"))
    answer = await act(bench, supervisor, workflow, "pause", **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_step_is_skipped_where_it_may_be(bench: Bench) -> None:
    admin = await bench.employee(Role.CLINIC_ADMIN)
    survey = step("nps").model_copy(update={"wait": True})
    workflow = await bench.consultation(survey, step("line"))
    gone = await act(bench, admin, workflow, "skip", step="nps", reason="asked_by_phone")
    assert gone.status_code == 200, gone.text
    assert [stage["step"] for stage in gone.json()["stages"]] == ["line"]
    line = await act(bench, admin, workflow, "skip", step="line", reason="asked_by_phone")
    assert (line.status_code, line.json()["code"]) == (403, "not_skippable")


async def test_another_deadline_is_the_due_time_of_the_steps_tasks(bench: Bench) -> None:
    head = await bench.employee(Role.HEAD_DOCTOR)
    workflow = await bench.consultation(step("form"))
    until = ahead(days=5)
    moved = await act(bench, head, workflow, "deadline", step="form", until=until, reason="patient_asked")
    assert moved.status_code == 200, moved.text
    (task,) = moved.json()["tasks"]
    assert datetime.fromisoformat(task["due"]) == datetime.fromisoformat(until)
    none = await act(bench, head, workflow, "deadline", step="nps", until=until, reason="patient_asked")
    assert (none.status_code, none.json()["code"]) == (409, "no_such_step")


async def test_a_shared_task_is_given_to_one_of_those_it_is_for_whoever_had_it(bench: Bench) -> None:
    supervisor = await bench.employee(Role.SHIFT_SUPERVISOR)
    here, absent = [await bench.employee(Role.REGISTRAR) for _ in range(2)]
    workflow = await bench.consultation(step("papers").model_copy(update={"when": None}))
    task = f"/tasks/{workflow}/papers.1.decide"
    await bench.send(bench.headers(absent), "POST", f"{task}/claim")
    for person, code in (
        ("p-nobody", "no_such_colleague"),
        (await bench.employee(Role.CASHIER), "not_their_task"),
        (bench.person, "no_such_colleague"),
    ):
        body = {"to": person, "reason": "absent"}
        answer = await bench.send(bench.headers(supervisor), "POST", f"{task}/assign", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    body = {"to": here, "reason": "absent"}
    done = await bench.send(bench.headers(supervisor), "POST", f"{task}/assign", body)
    assert done.status_code == 200, done.text
    assert bench.runs.states[workflow].tasks["papers.1.decide"].claimed_by == here
    none = await bench.send(bench.headers(supervisor), "POST", f"/tasks/{workflow}/papers.9.decide/assign", body)
    assert (none.status_code, none.json()["code"]) == (404, "no_such_task")
    theirs = await bench.send(bench.headers(absent), "POST", f"{task}/assign", body)
    assert theirs.json()["code"] == "forbidden"


async def given(bench: Bench, document: Pinned, workflow: str) -> str:
    """A consent the patient gave in a consultation."""
    async with bench.db.clinic(bench.clinic) as session:
        exact = ConsentDocument(id=document.id, version=document.version, sha256=document.sha256)
        now = datetime.now(UTC)
        (id_,) = await consents.record(session, bench.patient, bench.person, None, [exact], workflow, "agree", 1, now)
    return id_


async def test_a_consent_given_in_another_consultation_is_what_its_document_says_there(bench: Bench) -> None:
    recording = compiled().pathway("blood-pressure").consents["recording"]
    pressure = compiled().pathway("blood-pressure")
    before = await bench.consultation(step("line"), consents=pressure.consents)
    await bench.project(before)
    workflow = await bench.consultation(step("line"))
    consent = await given(bench, recording, before)
    answer = await bench.send(bench.as_patient(), "POST", f"/consultations/{workflow}/withdraw", {"consent": consent})
    assert answer.status_code == 200, answer.text
    assert bench.runs.sent[0].body == {"consent": consent, "purpose": "recording"}
    assert answer.json()["end"] is None, "a consultation goes on without it"
    async with bench.db.clinic(bench.clinic) as session:
        (kept,) = await consents.list_for(session, bench.patient)
    assert kept.withdrawn_by == bench.person


async def test_what_a_consent_was_for_is_the_documents_to_say_and_not_the_callers(bench: Bench) -> None:
    pinned = SHIPPED.consents["intervention"]
    workflow = await bench.consultation(step("line"))
    consent = await given(bench, pinned, workflow)
    path = f"/consultations/{workflow}/withdraw"
    false = await bench.send(bench.as_patient(), "POST", path, {"consent": consent, "purpose": "recording"})
    assert false.status_code == 200, false.text
    assert bench.runs.sent[0].body == {"consent": consent, "purpose": "intervention"}
    assert false.json()["end"] == "cancelled"
    other = await bench.send(bench.as_patient(), "POST", path, {"consent": "cs-none"})
    assert (other.status_code, other.json()["code"]) == (404, "not_found")
