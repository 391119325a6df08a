"""Whom an emergency calls back: by the phone he said, else by the one he, or who acts for him, logs in with."""

from datetime import UTC, date, datetime

import httpx

from domain.people import Owner, Role
from domain.tasks import Task
from records import content, logins, people
from records.ids import new_id
from tests.api.bench import Bench, Json, step

SAID = "+79990000001"


async def asked(bench: Bench, address: Json = None) -> tuple[Json, Json]:
    """The phone that the supervisor is given, and where it is from."""
    workflow = await bench.consultation(step("form"))
    state = bench.runs.states[workflow]
    task = Task(
        id="call_back.1",
        name="call_back",
        step=None,
        occurrence=1,
        owner=Owner(role=Role.SHIFT_SUPERVISOR),
        actions=("acknowledge", "record"),
        data={"flag": "chest_pain", "address": address or {}},
        opened_at=state.started_at,
    )
    bench.runs.states[workflow] = state.model_copy(update={"tasks": {**state.tasks, task.id: task}})
    supervisor = bench.headers(await bench.employee(Role.SHIFT_SUPERVISOR))
    answer: httpx.Response = await bench.send(supervisor, "GET", f"/tasks/{workflow}/{task.id}/emergency/contact")
    assert answer.status_code == 200, answer.text
    return answer.json()["callback_phone"], answer.json()["phone_from"]


async def phone_of(bench: Bench, person: str) -> str:
    """A new phone login's phone."""
    await bench.phone(person)
    async with bench.db.bare() as session:
        return (await logins.phones(session, [person]))[person]


async def a_mother(bench: Bench) -> str:
    """A person who may act for the patient."""
    now, mother = datetime.now(UTC), new_id("p")
    async with bench.db.bare() as session:
        await people.create_person(session, now, mother)
    async with bench.db.clinic(bench.clinic) as session:
        await people.represent(
            session, mother, bench.patient, "parent", "birth", date(2020, 1, 1), None, bench.person, now
        )
    return mother


async def test_before_the_form_the_phone_of_a_login_is_called(bench: Bench) -> None:
    assert await asked(bench) == (None, None)
    hers = await phone_of(bench, await a_mother(bench))
    assert await asked(bench) == (hers, "login"), "he has no phone: who acts for him has"
    his = await phone_of(bench, bench.person)
    assert await asked(bench) == (his, "login")


async def test_the_phone_said_on_the_form_goes_first(bench: Bench) -> None:
    his = await phone_of(bench, bench.person)
    kept = []
    for answers in ({"callback_phone": SAID}, {"present_address": {"city": "Казань"}}):
        async with bench.db.clinic(bench.clinic) as session:
            version = await content.write(
                session, "intake", new_id("c"), new_id("c"), None, bench.person, answers, datetime.now(UTC)
            )
        kept.append({"content": version.id, "sha256": version.sha256})
    assert await asked(bench, kept[0]) == (SAID, "form")
    assert await asked(bench, kept[1]) == (his, "login"), "only an address was said"
