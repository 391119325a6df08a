"""The facade on the whole house: keys, strangers, red flags, races, logins and notices."""

import asyncio
import hashlib
import hmac
import json
import secrets
from typing import Any

import httpx
import pytest

from api.app import create_app
from dev.client import Answer, PatientClient, StaffClient
from dev.people import PATIENTS
from dev.stack import Stack
from dev.stories import steps
from dev.stories.content import BEFORE_FOLLOW_UP, HOME
from dev.stories.scene import Cast, Scene
from domain.acts import Act
from ports.consultations import NotConfirmed
from wiring import Wiring

Json = Any
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def scene(house: Stack, cast: Cast, tmp_path: Any) -> Scene:
    return Scene(house, cast, tmp_path, lambda line: None)


async def send(
    client: PatientClient | StaffClient, method: str, path: str, key: str | None = None, **rest: Json
) -> httpx.Response:
    headers = {"Idempotency-Key": key or secrets.token_hex(16)} | rest.pop("headers", {})
    return await client.http.request(method, path, headers=headers, **rest)


async def to_the_form(scene: Scene, word: str, pathway: str) -> tuple[PatientClient, Json]:
    patient = await scene.cast.patient(word)
    await steps.begin(scene, patient, word, pathway)
    await steps.prove(scene, patient, word)
    await steps.agree(scene, patient, word)
    return patient, await patient.task(scene.consultation, "fill")


async def to_the_line(scene: Scene, word: str, pathway: str) -> PatientClient:
    patient, _ = await to_the_form(scene, word, pathway)
    await steps.fill(scene, patient, word, BEFORE_FOLLOW_UP)
    await steps.pay(scene, patient, word)
    return patient


async def test_the_same_key_is_the_same_consultation_and_another_body_is_refused(cast: Cast) -> None:
    patient = await cast.patient("orlov")
    key = secrets.token_hex(16)
    body = {"pathway": "therapist-follow-up"}
    first, second = await asyncio.gather(*(send(patient, "POST", "/consultations", key, json=body) for _ in range(2)))
    assert first.status_code == second.status_code == 201
    assert first.json()["consultation"] == second.json()["consultation"]
    assert first.headers["location"] == f"/consultations/{first.json()['consultation']}"
    other = await send(patient, "POST", "/consultations", key, json={"pathway": "first-contact"})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    stranger = await cast.patient("gromov")
    his = await send(stranger, "POST", "/consultations", key, json={"pathway": "first-contact"})
    assert his.json()["consultation"] != first.json()["consultation"]


async def test_an_act_sent_again_gets_the_recorded_answer(scene: Scene) -> None:
    patient = await scene.cast.patient("orlov")
    await steps.begin(scene, patient, "orlov", "therapist-follow-up")
    key = secrets.token_hex(16)
    path = f"/consultations/{scene.consultation}/cancel"
    first = await send(patient, "POST", path, key)
    again = await send(patient, "POST", path, key)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    anew = await send(patient, "POST", path, headers={"Accept-Language": "en"})
    assert anew.status_code == 409
    assert anew.json()["code"] in ("closed", "already_ending")
    assert anew.headers["content-language"] == "en"
    late = await send(patient, "GET", f"/acts/{anew.json()['act']}")
    assert (late.status_code, late.json()["code"]) == (409, anew.json()["code"])
    stranger = await scene.cast.patient("gromov")
    assert (await send(stranger, "GET", f"/acts/{anew.json()['act']}")).status_code == 404


async def test_a_consultation_is_not_there_for_strangers_and_has_no_clinical_word_for_the_desk(scene: Scene) -> None:
    patient = await to_the_line(scene, "orlov", "therapist-follow-up")
    stranger = await scene.cast.patient("gromov")
    address = f"/consultations/{scene.consultation}"
    for path in ("", "/timeline", "/events", "/place", "/answers", "/documents", "/results"):
        answer = await send(stranger, "GET", address + path)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_consultation"), path
    for action in ("cancel", "flag_emergency"):
        assert (await send(stranger, "POST", f"{address}/{action}")).status_code == 404
    doctor = await scene.cast.employee("therapist2")
    seen = await send(doctor, "GET", address)
    assert seen.status_code == 200, "a doctor of the pool sees the offer"
    assert (await send(doctor, "GET", f"{address}/answers")).status_code == 403, "and not the answers"
    registrar = await scene.cast.employee("registrar")
    view = await send(registrar, "GET", address)
    assert view.status_code == 200
    assert "Дискомфорт" not in view.text
    assert all(task["data"] == {} for task in view.json()["tasks"])
    for path in ("/answers", "/documents", "/results"):
        answer = await send(registrar, "GET", address + path)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path
    await send(patient, "POST", f"{address}/cancel")


async def test_who_names_a_patient_that_is_not_his_is_turned_away(cast: Cast) -> None:
    patient = await cast.patient("orlov")
    headers = {"Carepath-Patient": PATIENTS["gromov"].patient}
    answer = await send(patient, "GET", "/consultations", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_for_patient")
    mother = await cast.patient("lebedeva")
    child = await send(mother, "GET", "/tasks", headers={"Carepath-Patient": PATIENTS["lebedev"].patient})
    assert child.status_code == 200
    own = await send(mother, "GET", "/me/patients")
    assert {one["patient"] for one in own.json()} == {PATIENTS[w].patient for w in ("lebedeva", "lebedev")}


async def test_a_red_flag_answers_with_103_and_112_whatever_else_is_wrong(scene: Scene) -> None:
    patient, task = await to_the_form(scene, "kovaleva", "therapist-follow-up")
    address = f"/tasks/{task['workflow']}/{task['id']}/intake"
    saved = await send(patient, "PUT", f"{address}/answers", json={"answers": {"alarming": ["chest_pain"]}})
    assert saved.json()["emergency"]["call"] == ["103", "112"]
    assert saved.json()["emergency"]["ask"] == ["present_address", "callback_phone"]
    submitted = await send(patient, "POST", f"{address}/submit", json={"answers": {"alarming": ["chest_pain"]}})
    assert (submitted.status_code, submitted.json()["code"]) == (422, "bad_answers")
    assert submitted.json()["emergency"]["flags"] == ["chest_pain"]
    supervisor = await scene.cast.employee("supervisor")
    call_back = await supervisor.task(scene.consultation, "call_back")
    where = f"/tasks/{call_back['workflow']}/{call_back['id']}/emergency"
    contact = await send(supervisor, "GET", f"{where}/contact")
    assert contact.json()["family_name"] == PATIENTS["kovaleva"].family_name
    whole = {"answers": {**BEFORE_FOLLOW_UP, "present_address": HOME, "alarming": ["chest_pain"]}}
    done = await send(patient, "POST", f"{address}/submit", json=whole)
    assert done.status_code == 200
    assert done.json()["emergency"]["call"] == ["103", "112"]
    assert done.json()["view"]["status"] == "open", "a red flag ends no contact"
    record = await send(supervisor, "POST", f"{where}/record", json={"verdict": "real", "text": "Вызвана бригада."})
    assert record.status_code == 200


async def test_of_doctors_who_race_one_wins_and_the_others_keep_no_seat(scene: Scene) -> None:
    patient = await to_the_line(scene, "orlov", "therapist-follow-up")
    doctors = [await scene.cast.employee(f"therapist{n}") for n in (1, 2, 3)]
    for doctor in doctors:
        await doctor.put("/duty", {"pools": ["therapists"], "capacity": 1})
    offer = await doctors[0].wait("the offer", lambda: steps.offered(doctors[0], scene.consultation))
    path = f"/tasks/{offer['workflow']}/{offer['task']}/queue/accept"
    answers = await asyncio.gather(*(send(doctor, "POST", path) for doctor in doctors for _ in range(2)))
    won = [answer for answer in answers if answer.status_code == 200]
    lost = [answer.json()["code"] for answer in answers if answer.status_code != 200]
    assert len({answer.json()["doctor"] for answer in won}) == 1
    assert set(lost) <= {"colleague_taking", "taken", "no_such_task"}
    view = await patient.view(scene.consultation)
    assert view["doctor"] == won[0].json()["doctor"]
    await send(patient, "POST", f"/consultations/{scene.consultation}/cancel")


async def test_a_login_tells_nothing_about_who_is_known_here(house: Stack) -> None:
    async with httpx.AsyncClient(base_url=house.settings.public_url, trust_env=False) as client:
        known = await client.post("/auth/code", json={"phone": PATIENTS["gromov"].phone})
        unknown = await client.post("/auth/code", json={"phone": "+79995550000"})
        assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
        failures = [
            await client.post("/auth/token", json={"phone": phone, "code": "000000", "clinic": house.clinic})
            for phone in (PATIENTS["gromov"].phone, "+79995550000")
        ] + [
            await client.post("/auth/login", json={"login": name, "password": "x", "totp": "000000", "clinic": "cl-x"})
            for name in ("therapist1", "nobody")
        ]
        assert {(f.status_code, f.text) for f in failures} == {(401, failures[0].text)}


async def test_a_refresh_token_serves_and_a_one_time_code_does_not_serve_twice(house: Stack) -> None:
    employee = house.employee("auditor")
    await employee.log_in()
    refresh = {"refresh_token": employee._refresh}
    async with httpx.AsyncClient(base_url=house.settings.public_url, trust_env=False) as client:
        fresh = await client.post("/auth/refresh", json=refresh)
        assert fresh.status_code == 200
        forged = await client.post("/auth/refresh", json={"refresh_token": fresh.json()["access_token"]})
        assert (forged.status_code, forged.json()["code"]) == (401, "login_failed")
    employee._spent.pop(employee._totp)
    with pytest.raises(Answer) as refused:
        await employee.log_in()
    assert refused.value.code == "login_failed"
    await employee.http.aclose()


async def test_a_notice_is_taken_once_and_only_with_its_signature(house: Stack) -> None:
    secret = house.settings.video.webhook_secret.get_secret_value()
    notice = {"id": f"e-{secrets.token_hex(6)}", "event": "joined", "side": "patient", "reference": "c-none:talk:1"}
    raw = json.dumps(notice).encode()
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    async with httpx.AsyncClient(base_url=house.settings.public_url, trust_env=False) as client:
        forged = await client.post("/webhooks/video", content=raw, headers={"X-Signature": "sha256=00"})
        assert (forged.status_code, forged.json()["code"]) == (401, "bad_webhook")
        first = await client.post("/webhooks/video", content=raw, headers={"X-Signature": signature})
        again = await client.post("/webhooks/video", content=raw, headers={"X-Signature": signature})
        assert (first.json(), again.json()) == ({"taken": 1}, {"taken": 0})
        assert (await client.post("/webhooks/nobody", content=raw)).status_code == 404
        assert (await client.get("/readyz")).status_code == 200


class Away:
    """Temporal is down: nothing is confirmed."""

    async def act(self, workflow: str, act: Act) -> None:
        raise NotConfirmed

    async def state(self, workflow: str) -> None:
        raise NotConfirmed


async def test_with_temporal_down_a_flag_is_answered_and_kept_and_a_resend_is_carried_out_once(scene: Scene) -> None:
    patient, task = await to_the_form(scene, "kovaleva", "therapist-follow-up")
    path = f"/tasks/{task['workflow']}/{task['id']}/intake/submit"
    calm, alarmed = (
        {"answers": {**BEFORE_FOLLOW_UP, "present_address": HOME, "alarming": [sign]}}
        for sign in ("none", "chest_pain")
    )
    wiring = Wiring(scene.stack.settings)
    vars(wiring)["consultations"] = Away()
    headers = dict(patient.http.headers) | {"Idempotency-Key": secrets.token_hex(16)}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=create_app(wiring)), base_url="http://here", headers=headers
    ) as here:
        unsure = await here.post(path, json=calm, headers={"Idempotency-Key": secrets.token_hex(16)})
        assert (unsure.status_code, unsure.json()["code"]) == (503, "not_confirmed")
        assert "ещё раз" in unsure.json()["mend"]
        told = await here.post(path, json=alarmed)
        assert told.status_code == 202
        assert told.json()["view"] is None
        assert told.json()["emergency"]["call"] == ["103", "112"]
        assert (await here.post(path, json=calm)).json()["code"] == "key_reused"
    await wiring.close()
    supervisor = await scene.cast.employee("supervisor")
    assert await supervisor.task(scene.consultation, "call_back"), "the flag was kept and found its way"
    again = await patient.http.post(path, json=alarmed, headers={"Idempotency-Key": headers["Idempotency-Key"]})
    assert again.status_code == 200
    assert again.json()["view"]["emergency"]
    timeline = await patient.get(f"/consultations/{scene.consultation}/timeline")
    assert [line["code"] for line in timeline].count("act.submit") <= 1
