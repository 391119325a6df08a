"""The whole house with its demo people: everybody can walk in, and a killed process is not noticed."""

import os
import signal

import httpx
import pytest

from dev.client import Answer
from dev.people import PATIENTS, STAFF
from dev.stack import Stack
from dev.stories.scene import Cast


@pytest.mark.parametrize("word", [word for word, patient in PATIENTS.items() if patient.phone])
async def test_a_patient_logs_in_by_the_code_on_his_phone(house: Stack, word: str) -> None:
    async with house.patient(word) as patient:
        await patient.log_in()
        known = await patient.get("/me/patients")
        assert known[0]["patient"] == PATIENTS[word].patient


async def test_a_mother_may_act_for_her_child_and_nobody_elses(house: Stack) -> None:
    async with house.patient("lebedeva", acts_for="lebedev") as mother:
        await mother.log_in()
        known = [each["patient"] for each in await mother.get("/me/patients")]
        assert known == [PATIENTS["lebedeva"].patient, PATIENTS["lebedev"].patient]
    async with house.patient("lebedeva", acts_for="orlov") as mother:
        await mother.log_in()
        with pytest.raises(Answer, match="not_for_patient"):
            await mother.get("/consultations")


@pytest.mark.parametrize("word", sorted(STAFF))
async def test_an_employee_logs_in_by_password_and_one_time_code(house: Stack, word: str) -> None:
    async with house.employee(word) as employee:
        await employee.log_in()
        with pytest.raises(Answer, match="login_failed"):
            await employee._send(
                "POST",
                "/auth/login",
                json={"login": word, "password": "guess", "totp": "000000", "clinic": house.clinic},
            )


async def test_the_api_serves_again_after_a_sigkill_and_the_client_only_waits(house: Stack, cast: Cast) -> None:
    patient = await cast.patient("orlov")
    os.kill(house.pid("api"), signal.SIGKILL)
    assert await patient.get("/consultations")


async def test_every_stand_answers_and_has_a_ledger(house: Stack) -> None:
    for name, url in house.stand_urls.items():
        stand = house.stand(name)
        assert isinstance(await stand.ledger(), list), name
        await stand.close()
        assert url.startswith("http://127.0.0.1:")


async def test_nothing_listens_beyond_loopback(house: Stack) -> None:
    import psutil

    family = psutil.Process(os.getpid()).children(recursive=True)
    addresses = {
        connection.laddr.ip
        for process in family
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses <= {"127.0.0.1", "::1"}


async def test_the_temporal_ui_answers(house: Stack) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(house.settings.temporal_ui_url)).status_code == 200
