"""An act, whatever becomes of it on its way: late, slow, refused, sent again, looked up."""

import asyncio
import secrets
from datetime import UTC, date, datetime, timedelta

from dev.stories.content import BEFORE_FOLLOW_UP, HOME
from domain.acts import Act, Fact
from domain.pathway import Step
from domain.people import Owner, Role
from domain.state import Answered, ConsultationState
from domain.tasks import Task
from ports.consultations import NotConfirmed, StillRunning
from records import audit, duty, evidence, people, seats
from records.database import Database
from runtime.settings import Settings
from tests.api.bench import Bench, expired, step


async def seats_of(bench: Bench, doctor: str) -> list[str]:
    async with bench.db.clinic(bench.clinic) as session:
        return [seat.id for seat in await seats.of_doctor(session, doctor)]


async def in_line(bench: Bench) -> tuple[str, str]:
    """A consultation in line, and where it is accepted."""
    workflow = await bench.consultation(step("line"), step("talk"))
    return workflow, f"/tasks/{workflow}/line.1.accept/queue/accept"


async def test_an_act_that_came_too_late_is_sent_again_under_the_next_id_and_carried_out_once(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))
    bench.runs.script = [expired, expired]
    key, path = secrets.token_hex(16), f"/consultations/{workflow}/cancel"
    done = await bench.send(bench.as_patient(), "POST", path, key=key)
    assert done.status_code == 200, done.text
    first, second, third = (act.id for act in bench.runs.sent)
    assert (second, third) == (f"{first}-1", f"{first}-2")
    again = await bench.send(bench.as_patient(), "POST", path, key=key)
    assert (again.status_code, again.json()) == (200, done.json())
    assert len(bench.runs.sent) == 3, "a recorded answer asks nobody"


async def test_a_resend_to_a_run_that_answered_expired_before_gets_the_answer_of_its_later_sending(
    bench: Bench,
) -> None:
    workflow = await bench.consultation(step("line"))

    def lost(workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        bench.runs.do(workflow, act)
        raise NotConfirmed

    bench.runs.script = [expired, lost]
    key, path = secrets.token_hex(16), f"/consultations/{workflow}/cancel"
    unsure = await bench.send(bench.as_patient(), "POST", path, key=key)
    assert (unsure.status_code, unsure.json()["code"]) == (503, "not_confirmed")
    bench.runs.script = [expired]
    again = await bench.send(bench.as_patient(), "POST", path, key=key)
    assert again.status_code == 200
    assert len([code for code in bench.runs.states[workflow].transitions if code.code == "act.cancel"]) == 1


async def test_an_act_whose_row_was_committed_and_never_sent_is_sent_by_the_resend(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))

    def killed(workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        raise RuntimeError("the process died here")

    bench.runs.script = [killed]
    key, path = secrets.token_hex(16), f"/consultations/{workflow}/cancel"
    assert (await bench.send(bench.as_patient(), "POST", path, key=key)).status_code == 500
    assert (await bench.send(bench.as_patient(), "POST", path, key=key)).status_code == 200
    first, second = bench.runs.sent
    assert first.id == second.id, "the very same act"


async def test_of_two_bodies_at_once_under_one_key_one_is_carried_out_and_the_other_told(bench: Bench) -> None:
    workflow = await bench.consultation(step("nps").model_copy(update={"wait": True}))
    path = f"/tasks/{workflow}/nps.1.score/survey/score"
    key = secrets.token_hex(16)
    answers = await asyncio.gather(
        *(bench.send(bench.as_patient(), "POST", path, {"score": n, "comment": f"{n}"}, key) for n in (3, 9))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    assert [a.json()["code"] for a in answers if a.status_code == 422] == ["key_reused"]
    assert len({act.id for act in bench.runs.sent}) == 1


async def test_a_slow_act_is_answered_202_and_found_under_its_address(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))

    def slow(workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        raise StillRunning

    bench.runs.script = [slow]
    path = f"/consultations/{workflow}/cancel"
    taken = await bench.send(bench.as_patient(), "POST", path)
    assert taken.status_code == 202
    address = taken.headers["location"]
    assert taken.json() == {"act": address.removeprefix("/acts/"), "address": address}
    waiting = await bench.send(bench.as_patient(), "GET", address)
    assert (waiting.status_code, waiting.headers["retry-after"]) == (202, "1")
    bench.runs.do(workflow, bench.runs.sent[0])
    found = await bench.send(bench.as_patient(), "GET", address)
    assert (found.status_code, found.json()["consultation"]) == (200, workflow)
    assert (await bench.send(bench.as_patient(), "GET", address)).json() == found.json(), "now from the record"


async def test_the_answer_of_an_act_is_told_to_its_sender_in_the_same_hat_alone_and_is_audited(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))
    refused = [await bench.send(bench.as_patient(), "POST", f"/consultations/{workflow}/cancel") for _ in range(2)][1]
    address = f"/acts/{refused.json()['act']}"
    assert (await bench.send(bench.as_patient(), "GET", address)).status_code == 409
    child, now = "pt-" + secrets.token_hex(13), datetime.now(UTC)
    async with bench.db.bare() as session:
        await people.create_person(session, now, child.replace("pt-", "p-"))
    async with bench.db.clinic(bench.clinic) as session:
        record = await people.patient(session, bench.patient)
        assert record is not None
        other = record.model_copy(update={"id": child, "person": child.replace("pt-", "p-"), "number": child})
        await people.create_patient(session, other, now)
        await people.represent(
            session, bench.person, child, "parent", "paper", date(2020, 1, 1), None, bench.person, now
        )
    in_another = await bench.send(bench.as_patient() | {"Carepath-Patient": child}, "GET", address)
    assert (in_another.status_code, in_another.json()["code"]) == (404, "not_found")
    async with bench.db.clinic(bench.clinic) as session:
        rows = await audit.of_subject(session, bench.patient)
    assert [row.action for row in rows.items].count("act.answer") == 1


async def test_of_racing_doctors_only_the_winner_holds_a_seat(bench: Bench) -> None:
    _, path = await in_line(bench)
    doctors = [await bench.employee(Role.DOCTOR, pools=("therapists",)) for _ in range(3)]
    answers = await asyncio.gather(
        *(bench.send(bench.headers(doctor), "POST", path) for doctor in doctors for _ in range(2))
    )
    won = {answer.json()["doctor"] for answer in answers if answer.status_code == 200}
    lost = {answer.json()["code"] for answer in answers if answer.status_code != 200}
    assert len(won) == 1
    assert lost <= {"colleague_taking", "taken"}
    held = {doctor: len(await seats_of(bench, doctor)) for doctor in doctors}
    assert held == {doctor: int(doctor in won) for doctor in doctors}


async def test_a_refused_accept_frees_the_seat_at_once_and_an_uncertain_one_keeps_it(bench: Bench) -> None:
    workflow, path = await in_line(bench)
    doctor = await bench.employee(Role.DOCTOR, pools=("therapists",))
    key = secrets.token_hex(16)

    def away(workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        raise NotConfirmed

    bench.runs.script = [away]
    unsure = await bench.send(bench.headers(doctor), "POST", path, key=key)
    assert (unsure.status_code, unsure.json()["code"]) == (503, "not_confirmed")
    assert len(await seats_of(bench, doctor)) == 1, "it may have been carried out"

    def too_late(workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        return Answered(revision=1, refusal={"code": "too_late"}), bench.runs.states[workflow]

    bench.runs.script = [too_late]
    refused = await bench.send(bench.headers(doctor), "POST", path, key=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "taken")
    assert await seats_of(bench, doctor) == []
    assert bench.runs.states[workflow].doctor is None


async def test_what_is_refused_at_the_door_takes_no_seat_from_his_other_device(bench: Bench) -> None:
    _, path = await in_line(bench)
    doctor = await bench.employee(Role.DOCTOR, pools=("therapists",))

    def away(workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        raise NotConfirmed

    bench.runs.script = [away]
    key = secrets.token_hex(16)
    assert (await bench.send(bench.headers(doctor), "POST", path, key=key)).status_code == 503
    async with bench.db.clinic(bench.clinic) as session:
        await duty.off(session, doctor, datetime.now(UTC))
    other = await bench.send(bench.headers(doctor), "POST", path)
    assert (other.status_code, other.json()["code"]) == (409, "not_on_duty")
    assert len(await seats_of(bench, doctor)) == 1, "the first device's act may be on its way"
    assert (await bench.send(bench.headers(doctor), "POST", path, key=key)).json()["doctor"] == doctor


async def test_a_resend_of_the_winner_gets_his_answer_though_a_colleague_holds_the_lease_by_now(bench: Bench) -> None:
    workflow, path = await in_line(bench)
    doctor, colleague = [await bench.employee(Role.DOCTOR, pools=("therapists",)) for _ in range(2)]
    key = secrets.token_hex(16)
    won = await bench.send(bench.headers(doctor), "POST", path, key=key)
    assert won.status_code == 200, won.text
    member = f"{workflow}:line:1"
    await bench.wiring.line.release(bench.clinic, member, doctor)
    assert await bench.wiring.line.claim(bench.clinic, member, colleague)
    again = await bench.send(bench.headers(doctor), "POST", path, key=key)
    assert (again.status_code, again.json()) == (200, won.json())


async def test_a_refused_decision_leaves_no_evidence_behind(bench: Bench) -> None:
    workflow = await bench.consultation(step("papers").model_copy(update={"when": None}))
    registrar = bench.headers(await bench.employee(Role.REGISTRAR))
    path = f"/tasks/{workflow}/papers.1.decide/task/decide"
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    paper = {"diagnosis": "I10", "on": "2026-10-02"}
    for body, code in (
        ({"choice": "not_found", "paper": paper}, "evidence_not_asked"),
        ({"choice": "confirmed", "paper": paper | {"on": tomorrow}}, "bad_evidence"),
        ({"choice": "nonsense", "paper": paper}, "evidence_not_asked"),
    ):
        refused = await bench.send(registrar, "POST", path, body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    async with bench.db.clinic(bench.clinic) as session:
        assert await evidence.find(session, bench.patient, "therapy", date(2000, 1, 1)) == ()
    done = await bench.send(registrar, "POST", path, {"choice": "confirmed", "paper": paper})
    assert done.status_code == 200, done.text
    async with bench.db.clinic(bench.clinic) as session:
        assert len(await evidence.find(session, bench.patient, "therapy", date(2000, 1, 1))) == 1


async def test_a_red_flag_answers_with_the_numbers_whatever_breaks_behind_it(bench: Bench) -> None:
    workflow = await bench.consultation(step("form"))

    def broken(workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        raise RuntimeError("nobody foresaw this")

    bench.runs.script = [broken]
    body = {"answers": {**BEFORE_FOLLOW_UP, "present_address": HOME, "alarming": ["chest_pain"]}}
    answer = await bench.send(bench.as_patient(), "POST", f"/tasks/{workflow}/form.1.fill/intake/submit", body)
    assert (answer.status_code, answer.json()["code"]) == (500, "failed"), answer.text
    assert answer.json()["emergency"]["call"] == ["103", "112"]


async def test_an_answer_to_a_field_that_is_not_there_is_not_repeated(bench: Bench) -> None:
    workflow = await bench.consultation(step("form"))
    body = {"answers": {"Иванова Анна": 1}}
    answer = await bench.send(bench.as_patient(), "POST", f"/tasks/{workflow}/form.1.fill/intake/submit", body)
    assert answer.status_code == 422
    assert "Иванова" not in answer.text
    assert {"at": "body/answers/*", "code": "unknown_field", "mend": "такого поля нет, уберите его"} in answer.json()[
        "errors"
    ]
    assert all(error["mend"] for error in answer.json()["errors"])


async def test_a_body_that_only_python_reads_is_not_well_formed(bench: Bench) -> None:
    workflow = await bench.consultation(step("form"))
    for text in ('{"answers": {"severity": NaN}}', '{"answers": {"complaints": "\\ud800"}}'):
        answer = await bench.http.put(
            f"/tasks/{workflow}/form.1.fill/intake/answers",
            content=text,
            headers=bench.as_patient() | {"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "not_well_formed"), text


async def test_an_alarm_shows_no_clinical_text(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))
    state = bench.runs.states[workflow]
    alarm = Task(
        id="_.9.alarm",
        name="alarm",
        step=None,
        occurrence=9,
        owner=Owner(role=Role.SHIFT_SUPERVISOR),
        actions=("acknowledge",),
        opened_at=state.started_at,
    )
    bench.runs.states[workflow] = state.model_copy(update={"tasks": {**state.tasks, alarm.id: alarm}})
    supervisor = bench.headers(await bench.employee(Role.SHIFT_SUPERVISOR))
    assert (await bench.send(supervisor, "GET", f"/consultations/{workflow}")).status_code == 200
    for what in ("answers", "documents", "results"):
        answer = await bench.send(supervisor, "GET", f"/consultations/{workflow}/{what}")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), what


async def test_a_rejected_document_is_sent_again_by_its_doctor_or_an_administrator(
    bench: Bench,
) -> None:
    doctor = await bench.employee(Role.DOCTOR)
    admin = await bench.employee(Role.CLINIC_ADMIN)
    for who in (doctor, admin):
        fields = {"document": "d-1", "signature": "sg-1", "doctor": doctor}
        inner = Step(id="sign.registration", kind="registration", within=None, fields=fields)
        workflow = f"c-{secrets.token_hex(13)}.sign.1.registration"
        await bench.consultation(step("sign"), workflow=workflow, root=inner.id, inner=inner)
        said = {"event": "rejected", "errors": ["NO_SNILS"]}
        bench.runs.report(workflow, Fact(source="registry", id="e-1", step=inner.id, body=said))
        path = f"/tasks/{workflow}/{inner.id}.1.mend/registration/resubmit"
        other = await bench.send(bench.headers(await bench.employee(Role.DOCTOR)), "POST", path)
        assert other.json()["code"] == "no_such_consultation", "another's paper"
        sent = await bench.send(bench.headers(who), "POST", path)
        assert sent.status_code == 200, sent.text
        assert sent.json()["tasks"] == []
        assert list(bench.runs.states[workflow].pending)[-1].endswith(":signature.register:2")


async def test_without_redis_the_seats_row_alone_decides_and_nobody_waits_for_redis(
    settings: Settings, database: Database
) -> None:
    bench = await Bench(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}), database).open()
    _, path = await in_line(bench)
    doctors = [await bench.employee(Role.DOCTOR, pools=("therapists",)) for _ in range(3)]
    async with asyncio.timeout(5):
        answers = await asyncio.gather(*(bench.send(bench.headers(doctor), "POST", path) for doctor in doctors))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert sum([len(await seats_of(bench, doctor)) for doctor in doctors]) == 1
    await bench.close()
