"""Colleagues at the facade: a consultation handed over, asked about, given to another; and what each may read."""

import secrets
from typing import Any

import pytest

from dev.clinic import compiled
from domain.people import Role
from tests.api.bench import Bench, step

CHAT = compiled().pathway("dermatology-chat").index["talk"].model_copy(update={"then": {}})
POOL = "dermatologists"
Json = Any


class Ward:
    """A chat that its doctor may hand over and consult about; he came from the line of his pool."""

    def __init__(self, bench: Bench, workflow: str, doctor: str, colleague: str) -> None:
        self.bench, self.workflow, self.doctor, self.colleague = bench, workflow, doctor, colleague

    async def act(self, who: str, act: str, key: str | None = None, **body: Json) -> Json:
        path = f"/consultations/{self.workflow}/{act}"
        return await self.bench.send(self.bench.headers(who), "POST", path, body, key)

    async def task(self, who: dict[str, str], name: str, action: str, body: Json = None) -> Json:
        tasks = self.bench.runs.states[self.workflow].tasks
        (id_,) = [task.id for task in tasks.values() if task.name == name]
        return await self.bench.send(who, "POST", f"/tasks/{self.workflow}/{id_}/{action}", body)

    async def get(self, who: str, what: str) -> Json:
        await self.bench.project(self.workflow)
        return await self.bench.send(self.bench.headers(who), "GET", f"/consultations/{self.workflow}/{what}")


@pytest.fixture
async def ward(bench: Bench) -> Ward:
    doctor, colleague = [await bench.employee(Role.DOCTOR, pools=(POOL,)) for _ in range(2)]
    line = step("line").model_copy(update={"fields": {"pool": POOL}})
    workflow = await bench.consultation(
        CHAT,
        step("note"),
        line,
        doctor=doctor,
        outputs={"line": {"outcome": "done", "doctor": doctor}},
    )
    return Ward(bench, workflow, doctor, colleague)


async def test_the_colleagues_are_the_doctors_who_may_take_over_or_be_asked(ward: Ward) -> None:
    bench = ward.bench
    therapist = await bench.employee(Role.DOCTOR, pools=("therapists",))
    mother = await bench.employee(Role.DOCTOR, pools=(POOL,))
    await bench.represent(mother)
    await bench.employee(Role.REGISTRAR)
    found = {one["person"]: one for one in (await ward.get(ward.doctor, "colleagues")).json()}
    assert set(found) == {ward.colleague, therapist}, "neither himself, nor who is near to the patient, nor the desk"
    assert (found[ward.colleague]["of_pool"], found[therapist]["of_pool"]) == (True, False)
    assert (await bench.send(bench.headers(therapist), "DELETE", "/duty")).status_code == 204
    on_duty = (await ward.get(ward.doctor, "colleagues?on_duty=true")).json()
    assert [one["person"] for one in on_duty] == [ward.colleague]
    of_pool = (await ward.get(ward.doctor, "colleagues?of_pool=true")).json()
    assert [one["person"] for one in of_pool] == [ward.colleague]
    stranger = await ward.get(therapist, "colleagues")
    assert stranger.json()["code"] == "no_such_consultation"


async def test_a_consultation_is_handed_over_once_colleague_and_patient_agree(ward: Ward) -> None:
    bench = ward.bench
    offered = await ward.act(ward.doctor, "hand_over", to=ward.colleague, reason="shift_over")
    assert offered.status_code == 200, offered.text
    assert offered.json()["hand_over"]["stage"] == "offered"
    assert bench.runs.sent[0].body == {"to": ward.colleague, "pools": [POOL], "reason": "shift_over"}
    colleague = bench.headers(ward.colleague)
    early = await bench.send(colleague, "GET", f"/consultations/{ward.workflow}/chat")
    assert (early.status_code, early.json()["code"]) == (403, "forbidden"), "an offer shows what is to do, not what was"
    others = await ward.task(bench.headers(ward.doctor), "take_over", "hand_over/accept")
    assert (others.status_code, others.json()["code"]) == (404, "no_such_task")
    assert (await ward.task(colleague, "take_over", "hand_over/accept")).json()["hand_over"]["stage"] == "accepted"
    done = await ward.task(bench.as_patient(), "new_doctor", "new_doctor/agree")
    assert (done.status_code, done.json()["doctor"]) == (200, ward.colleague)
    assert (await ward.get(ward.colleague, "chat")).status_code == 200
    assert (await ward.get(ward.doctor, "chat")).status_code == 404, "the duty went, and with it the right"


@pytest.mark.parametrize("how", ["decline", "refuse"])
async def test_it_stays_with_its_doctor_where_the_colleague_or_the_patient_says_no(ward: Ward, how: str) -> None:
    bench, colleague = ward.bench, ward.bench.headers(ward.colleague)
    await ward.act(ward.doctor, "hand_over", to=ward.colleague, reason="shift_over")
    if how == "decline":
        answer = await ward.task(colleague, "take_over", "hand_over/decline")
    else:
        await ward.task(colleague, "take_over", "hand_over/accept")
        answer = await ward.task(bench.as_patient(), "new_doctor", "new_doctor/refuse")
    assert answer.status_code == 200, answer.text
    state = bench.runs.states[ward.workflow]
    assert (state.doctor, state.hand_over) == (ward.doctor, None)


async def test_whom_it_is_offered_to_works_here_is_of_the_pool_and_is_not_near_to_the_patient(ward: Ward) -> None:
    bench = ward.bench
    mother = await bench.employee(Role.DOCTOR, pools=(POOL,))
    await bench.represent(mother)
    himself = await bench.employee(Role.DOCTOR, pools=(POOL,))
    for person, code in (
        ("p-nobody", "no_such_colleague"),
        (await bench.employee(Role.REGISTRAR), "no_such_colleague"),
        (mother, "own_consultation"),
        (bench.person, "no_such_colleague"),
        (ward.doctor, "same_doctor"),
        (await bench.employee(Role.DOCTOR, pools=("therapists",)), "not_of_the_pool"),
    ):
        answer = await ward.act(ward.doctor, "hand_over", to=person, reason="shift_over")
        assert answer.json()["code"] == code, person
    not_his = await ward.act(himself, "hand_over", to=ward.colleague, reason="shift_over")
    assert not_his.json()["code"] == "no_such_consultation"
    assert bench.runs.states[ward.workflow].hand_over is None


async def test_who_came_to_act_for_the_patient_since_it_was_offered_does_not_take_it_over(ward: Ward) -> None:
    await ward.act(ward.doctor, "hand_over", to=ward.colleague, reason="shift_over")
    await ward.bench.represent(ward.colleague)
    answer = await ward.task(ward.bench.headers(ward.colleague), "take_over", "hand_over/accept")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_consultation")


async def test_the_new_doctor_reads_the_draft_of_the_former_one_and_writes_his_own(bench: Bench) -> None:
    doctor, colleague = [await bench.employee(Role.DOCTOR, pools=("therapists",)) for _ in range(2)]
    talk = step("talk")
    workflow = await bench.consultation(step("note"), talk, doctor=doctor, met_by=doctor, met_at="2026-11-01T12:00:00Z")
    path = f"/tasks/{workflow}/note.1.write/protocol/draft"
    body = {"body": {"complaints": "Болит голова."}}
    assert (await bench.send(bench.headers(doctor), "PUT", path, body)).status_code == 200
    assert (await bench.send(bench.headers(doctor), "GET", path)).json()["handed"] is None
    ward = Ward(bench, workflow, doctor, colleague)
    assert (await ward.act(doctor, "hand_over", to=colleague, reason="ill")).status_code == 200
    before = await bench.send(bench.headers(colleague), "GET", path)
    assert (before.status_code, before.json()["code"]) == (404, "no_such_task")
    await ward.task(bench.headers(colleague), "take_over", "hand_over/accept")
    await ward.task(bench.as_patient(), "new_doctor", "new_doctor/agree")
    found = (await bench.send(bench.headers(colleague), "GET", path)).json()
    assert found["body"] is None
    assert (found["handed"]["body"], found["handed"]["author"]) == (body["body"], doctor)
    assert found["handed"]["author_name"] == "Сотрудник"
    await bench.send(bench.headers(colleague), "PUT", path, {"body": {"complaints": "Моё."}})
    found = (await bench.send(bench.headers(colleague), "GET", path)).json()
    assert (found["body"], found["handed"]["body"]) == ({"complaints": "Моё."}, body["body"])
    assert (await bench.send(bench.headers(doctor), "GET", path)).status_code == 404


async def test_a_colleague_is_asked_reads_while_he_is_and_his_opinion_is_read_by_the_doctors(ward: Ward) -> None:
    bench, colleague = ward.bench, ward.bench.headers(ward.colleague)
    key = secrets.token_hex(16)
    asked = await ward.act(ward.doctor, "consult", key, colleague=ward.colleague, text="Не меланома ли это?")
    assert asked.status_code == 200, asked.text
    again = await ward.act(ward.doctor, "consult", key, colleague=ward.colleague, text="Не меланома ли это?")
    assert again.json() == asked.json()
    assert "меланома" not in str(bench.runs.sent[0].body)
    assert (await ward.get(ward.colleague, "chat")).status_code == 200
    (question,) = (await ward.get(ward.colleague, "opinions")).json()
    assert (question["question"], question["stands"], question["answer"]) == ("Не меланома ли это?", "open", None)
    given = await ward.task(colleague, "opinion", "consult/give", {"text": "Нет, невус."})
    assert given.status_code == 200, given.text
    (answered,) = (await ward.get(ward.doctor, "opinions")).json()
    assert (answered["stands"], answered["answer"], answered["colleague"]) == ("given", "Нет, невус.", ward.colleague)
    assert (answered["asked_by"], answered["asked_by_name"], answered["colleague_name"]) == (
        ward.doctor,
        "Сотрудник",
        "Сотрудник",
    )
    assert answered["answered_at"] >= answered["asked_at"]
    assert (await ward.get(ward.colleague, "chat")).status_code == 404, "he has answered: his right is over"
    for role in (Role.REGISTRAR, Role.CLINIC_ADMIN):
        other = await ward.get(await bench.employee(role), "opinions")
        assert (other.status_code, other.json()["code"]) == (403, "forbidden")
    patient = await bench.send(bench.as_patient(), "GET", f"/consultations/{ward.workflow}/opinions")
    assert patient.json()["code"] == "forbidden"
    assert (await bench.actions()).count("opinions.read") == 2


async def test_a_question_that_nobody_answers_or_that_is_declined_says_so(ward: Ward) -> None:
    bench = ward.bench
    await ward.act(ward.doctor, "consult", colleague=ward.colleague, text="Согласны?")
    await ward.task(bench.headers(ward.colleague), "opinion", "consult/decline")
    await ward.act(ward.doctor, "consult", colleague=ward.colleague, text="И теперь нет?")
    twice = await ward.act(ward.doctor, "consult", colleague=ward.colleague, text="Ещё вопрос")
    assert (twice.status_code, twice.json()["code"]) == (409, "already_asked")
    doctor = bench.headers(ward.doctor)
    reply = f"/tasks/{ward.workflow}/talk.1.reply/chat"
    await bench.send(doctor, "POST", f"{reply}/send", {"text": "Здравствуйте."})
    assert (await bench.send(doctor, "POST", f"{reply}/finish")).status_code == 200
    found = (await ward.get(ward.doctor, "opinions")).json()
    assert [(one["question"], one["stands"]) for one in found] == [
        ("Согласны?", "declined"),
        ("И теперь нет?", "lapsed"),
    ]
    for text in ("", "  \n"):
        empty = await ward.act(ward.doctor, "consult", colleague=ward.colleague, text=text)
        assert (empty.status_code, empty.json()["code"]) == (422, "not_well_formed")


async def test_another_doctor_is_assigned_before_the_meeting_and_not_after(ward: Ward) -> None:
    bench = ward.bench
    supervisor = await bench.employee(Role.SHIFT_SUPERVISOR)
    stranger = await ward.act(supervisor, "reassign", doctor="p-nobody", reason="doctor_ill")
    assert (stranger.status_code, stranger.json()["code"]) == (422, "no_such_colleague")
    done = await ward.act(supervisor, "reassign", doctor=ward.colleague, reason="doctor_ill")
    assert (done.status_code, done.json()["doctor"]) == (200, ward.colleague)
    assert bench.runs.sent[-1].body == {"doctor": ward.colleague, "pools": [POOL], "reason": "doctor_ill"}
    said = await bench.send(
        bench.headers(ward.colleague),
        "POST",
        f"/tasks/{ward.workflow}/talk.1.reply/chat/send",
        {"text": "Добрый день."},
    )
    assert said.status_code == 200
    late = await ward.act(supervisor, "reassign", doctor=ward.doctor, reason="doctor_ill")
    assert (late.status_code, late.json()["code"]) == (409, "met")
    his_own = await ward.act(ward.colleague, "reassign", doctor=ward.doctor, reason="doctor_ill")
    assert his_own.json()["code"] == "forbidden"
