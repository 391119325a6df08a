"""What a right is worth, on a real record: how one logged in, whose papers they are, and rights that end."""

import base64
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.caller import Caller, again, resolve
from domain.base import Language
from domain.pathway import digest_of
from domain.people import Role
from domain.snapshot import Snapshot
from domain.state import Transition
from ports.signing import SignatureChecked
from records import consultations, content, documents, logins, seats, signatures, staff
from tests.api.bench import Bench, step


async def test_a_code_on_a_doctors_phone_opens_nothing_of_his_work(bench: Bench) -> None:
    doctor = await bench.employee(Role.DOCTOR, Role.CLINIC_ADMIN, pools=("therapists",))
    workflow = await bench.consultation(step("line"))
    for path in ("/duty", "/tasks", "/queue/offers", f"/consultations/{workflow}", "/pathways/therapist-follow-up"):
        strong = await bench.send(bench.headers(doctor), "GET", path)
        assert strong.status_code == 200, path
        weak = await bench.send(bench.headers(doctor, "patient"), "GET", path)
        assert (weak.status_code, weak.json()["code"]) == (400, "patient_needed"), path
    phone = await bench.phone(doctor)
    refresh = bench.app.state.mint.pair(doctor, bench.clinic, "patient").refresh_token
    refreshed = await bench.http.post("/auth/refresh", json={"refresh_token": refresh})
    still_weak = {"Authorization": f"Bearer {refreshed.json()['access_token']}"}
    assert (await bench.send(still_weak, "GET", "/duty")).status_code == 400
    async with bench.db.bare() as session:
        assert await logins.close(session, phone, datetime.now(UTC))
    spent = await bench.http.post("/auth/refresh", json={"refresh_token": refreshed.json()["refresh_token"]})
    assert (spent.status_code, spent.json()["code"]) == (401, "login_failed"), "the phone is somebody else's by now"


async def test_no_answer_about_anybody_is_kept_on_its_way(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))
    answer = await bench.send(bench.as_patient(), "GET", f"/consultations/{workflow}")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def a_paper(bench: Bench, workflow: str, doctor: str) -> documents.Document:
    now, data = datetime.now(UTC), b"%PDF-1.7 a protocol"
    name = secrets.token_hex(8)
    await bench.wiring.storage.put(bench.clinic, name, data)
    async with bench.db.clinic(bench.clinic) as session:
        kept = await content.write(session, "protocol", workflow, workflow, None, doctor, {"text": name}, now)
        sha = digest_of({"bytes": name})
        return await documents.add(
            session, name, "protocol", workflow, bench.patient, doctor, kept.id, sha, len(data), name, now
        )


async def test_papers_and_results_are_for_a_confirmed_identity(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))
    where = f"/consultations/{workflow}"
    paths = [f"{where}/documents", f"{where}/documents/d-none", f"{where}/results", f"{where}/results/rs-none"]
    for path in paths:
        declared = await bench.send(bench.as_patient(), "GET", path)
        assert (declared.status_code, declared.json()["code"]) == (403, "identity_needed"), path
    assert (await bench.send(bench.as_patient(), "GET", f"{where}/answers")).status_code == 200, "he said them himself"
    await bench.confirm()
    assert [(await bench.send(bench.as_patient(), "GET", path)).status_code for path in paths] == [200, 404, 200, 404]


async def test_a_signature_of_too_low_a_level_is_refused_and_the_right_one_serves_afterwards(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = await bench.employee(Role.DOCTOR, pools=("therapists",))
    workflow = "c-" + secrets.token_hex(13)
    paper = await a_paper(bench, workflow, doctor)
    note = {"document": paper.id, "sha256": paper.sha256, "outcome": "done"}
    await bench.consultation(
        step("sign"), step("note"), workflow=workflow, consultation=workflow, met_by=doctor, outputs={"note": note}
    )

    def checked(level: Any) -> Any:
        class Checker:
            def check(self, document: bytes, signature: bytes, at: datetime) -> SignatureChecked:
                valid = at + timedelta(days=300)
                return SignatureChecked(level=level, person=doctor, certificate="0" * 64, valid_until=valid)

        return Checker()

    path = f"/tasks/{workflow}/sign.1.sign/signature/sign"
    body = {"signature": base64.b64encode(b"cms").decode(), "sha256": paper.sha256}
    vars(bench.wiring)["signing"] = checked("unqualified")
    low = await bench.send(bench.headers(doctor), "POST", path, body)
    assert (low.status_code, low.json()["code"], low.json()["level"]) == (422, "level_too_low", "qualified")
    vars(bench.wiring)["signing"] = checked("qualified")
    done = await bench.send(bench.headers(doctor), "POST", path, body)
    assert done.status_code == 200, done.text
    async with bench.db.clinic(bench.clinic) as session:
        (kept,) = await signatures.of_document(session, paper.id)
    assert kept.level == "qualified"


async def test_a_stream_ends_with_the_right_it_was_opened_by(bench: Bench) -> None:
    doctor = await bench.employee(Role.DOCTOR, pools=("therapists",))
    shared = bench.app.state.services
    bearer = await shared.verifier.verify(bench.headers(doctor)["Authorization"].split()[1])
    who = Caller(await resolve(shared, bearer, bench.clinic, None), bearer, Language.RU)
    same = await again(shared, who, "watch_offers")
    assert same is not None
    assert same.actor.pools == {"therapists"}
    async with bench.db.clinic(bench.clinic) as session:
        await staff.dismiss(session, doctor, datetime.now(UTC).date())
    assert await again(shared, who, "watch_offers") is None


async def test_the_timeline_names_no_symptom_to_the_desk(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))
    state = bench.runs.states[workflow]
    raised = Transition(
        revision=state.revision, at=state.started_at, code="emergency.opened", detail={"flag": "chest_pain"}
    )
    async with bench.db.clinic(bench.clinic) as session:
        await consultations.project(session, Snapshot(state=state, transitions=(raised,)))
    for role, sees in (
        (Role.HEAD_DOCTOR, True),
        (Role.REGISTRAR, False),
        (Role.CALL_CENTRE, False),
        (Role.CASHIER, False),
        (Role.CLINIC_ADMIN, False),
        (Role.SHIFT_SUPERVISOR, False),
    ):
        who = bench.headers(await bench.employee(role))
        answer = await bench.send(who, "GET", f"/consultations/{workflow}/timeline")
        assert [line["code"] for line in answer.json()] == ["emergency.opened"]
        assert ("chest_pain" in answer.text) is sees, role


async def test_a_doctor_who_comes_as_a_patient_has_left_his_work_at_the_door(bench: Bench) -> None:
    doctor = await bench.employee(Role.DOCTOR, pools=("therapists",))
    own = await bench.as_a_patient(doctor)
    workflow = await bench.consultation(step("talk"), doctor=doctor)
    state = bench.runs.states[workflow]
    async with bench.db.clinic(bench.clinic) as session:
        await consultations.project(session, Snapshot(state=state, transitions=()))
    (meet,) = [task.id for task in state.tasks.values() if task.name == "meet"]
    as_patient = bench.headers(doctor, "patient") | {"Carepath-Patient": own}
    assert [task["name"] for task in (await bench.send(bench.headers(doctor), "GET", "/tasks")).json()["items"]] == [
        "meet"
    ]
    worn = (await bench.send(as_patient, "GET", "/tasks")).json()
    assert (worn["items"], worn["counts"]) == ([], {"mine": 0, "shared": 0, "overdue": 0})
    for path in (f"/consultations/{workflow}", f"/tasks/{workflow}/{meet}/video/ticket"):
        answer = await bench.send(as_patient, "GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_consultation"), path


async def test_a_doctor_takes_neither_himself_nor_whom_he_represents(bench: Bench) -> None:
    doctor = await bench.employee(Role.DOCTOR, pools=("therapists",))
    workflow = await bench.consultation(step("line"), patient=await bench.as_a_patient(doctor))
    answer = await bench.send(bench.headers(doctor), "POST", f"/tasks/{workflow}/line.1.accept/queue/accept")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_consultation")
    async with bench.db.clinic(bench.clinic) as session:
        assert await seats.of_doctor(session, doctor) == []
