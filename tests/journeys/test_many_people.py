"""Several people at one consultation: one doctor wins the patient, strangers see and do nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from argon2 import PasswordHasher

from dev.client import Answer, StaffClient
from dev.people import PATIENTS, THERAPY, DemoEmployee, password_of, totp_of
from dev.stack import Stack
from dev.stories import follow_up, steps
from dev.stories.scene import Cast, Scene
from domain.people import Role
from records import logins, people, seats, staff
from records.database import Database
from tests.journeys.conftest import SceneOf

DOCTORS = 10
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="session")
async def doctors(house: Stack) -> AsyncIterator[list[StaffClient]]:
    """Ten more therapists of the clinic, logged in and on duty."""
    hired = [
        DemoEmployee(
            f"racer{n}", f"Гонщиков {n}", "врач-терапевт", f"+7999200{n:04}", frozenset({Role.DOCTOR}), **THERAPY
        )
        for n in range(DOCTORS)
    ]
    database, now, hasher = Database(house.settings), datetime.now(UTC), PasswordHasher(time_cost=1)
    async with database.bare() as session:
        for one in hired:
            await session.reach(one.person)
            await people.create_person(session, now, one.person)
            hashed = hasher.hash(password_of(house.secrets, one.word))
            await logins.create_staff(session, one.person, one.word, hashed, totp_of(house.secrets, one.word), now)
    async with database.clinic(house.clinic) as session:
        for one in hired:
            await staff.save(session, one.record, date(2020, 1, 1))
    await database.close()
    async with AsyncExitStack() as open_:
        clients = [await open_.enter_async_context(house.employee(one.word)) for one in hired]
        for client in clients:
            await client.log_in()
        yield clients


async def in_line(scene: Scene, cast: Cast) -> None:
    """A patient who waits."""
    patient = await cast.patient(follow_up.PATIENT)
    await follow_up.to_the_line(scene, patient)
    await patient.task(scene.consultation, "wait")


async def leave(scene: Scene, cast: Cast) -> None:
    """He gives up: the next test finds nobody waiting."""
    patient = await cast.patient(follow_up.PATIENT)
    await patient.post(f"/consultations/{scene.consultation}/cancel")
    await patient.until(scene.consultation, "the end", lambda view: view["status"] == "closed")


async def test_of_ten_doctors_who_reach_for_one_patient_one_gets_him(
    scene_of: SceneOf, cast: Cast, house: Stack, doctors: list[StaffClient]
) -> None:
    scene = scene_of()
    await in_line(scene, cast)
    for doctor in doctors:
        await doctor.put("/duty", {"pools": ["therapists"]})
    offers = [await doctor.wait("the offer", partial(offer_of, doctor, scene)) for doctor in doctors]
    reached = [steps.take(doctor, offer) for doctor, offer in zip(doctors, offers, strict=True)]
    answers = await asyncio.gather(*reached, return_exceptions=True)
    won = [answer for answer in answers if isinstance(answer, dict)]
    lost = [answer for answer in answers if isinstance(answer, Answer)]
    assert len(won) == 1
    assert len(lost) == DOCTORS - 1
    assert {answer.code for answer in lost} <= {"taken", "colleague_taking"}
    for doctor in doctors:
        await doctor.delete("/duty")
    database = Database(house.settings)
    async with database.clinic(house.clinic) as session:
        held = [seat for seat in [await seats.of_occurrence(session, scene.consultation, "line", 1)] if seat]
    await database.close()
    assert [seat.doctor for seat in held] == [won[0]["doctor"]]
    await leave(scene, cast)


async def offer_of(doctor: StaffClient, scene: Scene) -> Any:
    """The scene's offer, as this doctor sees it."""
    return await steps.offered(doctor, scene.consultation)


async def test_another_patient_neither_sees_nor_touches_a_consultation(scene_of: SceneOf, cast: Cast) -> None:
    scene = scene_of()
    await in_line(scene, cast)
    stranger = await cast.patient("lebedeva")
    owner = await cast.patient(follow_up.PATIENT)
    waiting = await owner.task(scene.consultation, "wait")
    here = f"/consultations/{scene.consultation}"
    for path in (here, f"{here}/timeline", f"{here}/answers", f"{here}/documents", f"{here}/results"):
        with pytest.raises(Answer) as hidden:
            await stranger.get(path)
        assert (hidden.value.status, hidden.value.code) == (404, "no_such_consultation")
    for path in (f"{here}/cancel", f"/tasks/{scene.consultation}/{waiting['id']}/queue/leave"):
        with pytest.raises(Answer) as refused:
            await stranger.post(path)
        assert refused.value.status == 404
    assert scene.consultation not in [c["workflow"] for c in (await stranger.get("/consultations"))["items"]]
    before = stranger.http.headers["Carepath-Patient"]
    stranger.http.headers["Carepath-Patient"] = PATIENTS[follow_up.PATIENT].patient
    try:
        with pytest.raises(Answer) as posing:
            await stranger.get(here)
        assert (posing.value.status, posing.value.code) == (403, "not_for_patient")
    finally:
        stranger.http.headers["Carepath-Patient"] = before
    assert (await owner.view(scene.consultation))["status"] == "open"
    await leave(scene, cast)


async def test_staff_read_no_clinical_text_of_a_patient_who_is_not_theirs(scene_of: SceneOf, cast: Cast) -> None:
    scene = scene_of()
    await in_line(scene, cast)
    for word in ("admin", "registrar", "cashier", "therapist2"):
        client = await cast.employee(word)
        for path in ("answers", "documents", "results"):
            with pytest.raises(Answer) as refused:
                await client.get(f"/consultations/{scene.consultation}/{path}")
            assert refused.value.status in (403, 404), (word, path)
    await leave(scene, cast)
