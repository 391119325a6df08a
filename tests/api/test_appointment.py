"""An agreed time at the facade: what is free, and that the MIS alone says when a time begins."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import pytest

from dev.clinic import compiled
from domain.people import Role
from ports import Unavailable
from ports.mis import Slot
from tests.api.bench import Bench

TIME = compiled().pathway("child-follow-up").index["time"]
Json = Any


class Mis:
    """A MIS with some free times; away when told so."""

    def __init__(self) -> None:
        self.free: list[Slot] = []
        self.away = False
        self.asked: list[tuple[str, datetime, datetime]] = []

    async def slots(self, pool: str, since: datetime, until: datetime) -> list[Slot]:
        self.asked.append((pool, since, until))
        if self.away:
            raise Unavailable("timeout")
        return self.free


class Desk:
    """A consultation whose patient is to choose a time."""

    def __init__(self, bench: Bench, workflow: str, doctor: str, mis: Mis) -> None:
        self.bench, self.workflow, self.doctor, self.mis = bench, workflow, doctor, mis
        self.begins = bench.runs.states[workflow].started_at

    def offer(self, id_: str, after: timedelta, doctor: str | None = None) -> None:
        starts = self.begins + after
        by = doctor or self.doctor
        self.mis.free.append(Slot(id=id_, doctor=by, starts=starts, ends=starts + timedelta(minutes=20)))

    async def slots(self, task: str = "choose") -> Json:
        path = f"/tasks/{self.workflow}/time.1.{task}/appointment/slots"
        return await self.bench.send(self.bench.as_patient(), "GET", path)

    async def act(self, action: str, body: Json = None, task: str = "choose", key: str | None = None) -> Json:
        path = f"/tasks/{self.workflow}/time.1.{task}/appointment/{action}"
        return await self.bench.send(self.bench.as_patient(), "POST", path, body, key)


@pytest.fixture
async def desk(bench: Bench) -> Desk:
    mis = Mis()
    vars(bench.wiring)["mis"] = mis
    doctor = await bench.employee(Role.DOCTOR, pools=("paediatricians",))
    workflow = await bench.consultation(TIME)
    bench.runs.settle(workflow, "appointment.find", {"free": 3})
    return Desk(bench, workflow, doctor, mis)


async def test_the_free_times_lie_ahead_and_name_their_doctors(desk: Desk) -> None:
    desk.offer("past", timedelta(minutes=-1))
    desk.offer("soon", timedelta(hours=1))
    answer = await desk.slots()
    assert answer.status_code == 200, answer.text
    assert [(slot["slot"], slot["doctor"], slot["doctor_name"]) for slot in answer.json()] == [
        ("soon", desk.doctor, "Сотрудник")
    ]
    ((pool, since, until),) = desk.mis.asked
    assert pool == "paediatricians"
    assert since >= desk.begins
    assert until == desk.bench.runs.states[desk.workflow].runs["time"].deadline


async def test_no_time_of_a_doctor_who_is_near_to_the_patient_is_offered_or_taken(desk: Desk) -> None:
    bench = desk.bench
    mother = await bench.employee(Role.DOCTOR, pools=("paediatricians",))
    await bench.represent(mother)
    desk.offer("hers", timedelta(hours=1), mother)
    desk.offer("his", timedelta(hours=2))
    assert [slot["slot"] for slot in (await desk.slots()).json()] == ["his"]
    assert (await desk.act("choose", {"slot": "hers"})).json()["code"] == "no_such_slot"


async def test_when_a_chosen_time_begins_is_the_mis_to_say(desk: Desk) -> None:
    desk.offer("soon", timedelta(hours=5))
    believed = {"slot": "soon", "starts": "2020-01-01T00:00:00Z"}
    done = await desk.act("choose", believed)
    assert done.status_code == 200, done.text
    (act,) = desk.bench.runs.sent
    assert act.body["slot"] == "soon"
    assert datetime.fromisoformat(act.body["starts"]) == desk.begins + timedelta(hours=5)
    gone = await desk.act("choose", {"slot": "another"})
    assert (gone.status_code, gone.json()["code"]) == (409, "no_such_slot")
    assert len(desk.bench.runs.sent) == 1


async def test_a_resend_gets_its_own_answer_though_the_time_is_taken_or_the_mis_away(desk: Desk) -> None:
    desk.offer("soon", timedelta(hours=5))
    key = secrets.token_hex(16)
    first = await desk.act("choose", {"slot": "soon"}, key=key)
    desk.mis.free.clear()
    desk.mis.away = True
    again = await desk.act("choose", {"slot": "soon"}, key=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(desk.mis.asked) == 1


async def test_a_mis_that_is_away_is_told_as_temporary(desk: Desk) -> None:
    desk.mis.away = True
    for answer in (await desk.slots(), await desk.act("choose", {"slot": "soon"})):
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"] == "5"
    assert desk.bench.runs.sent == []


async def test_an_agreed_time_is_moved_and_given_back(desk: Desk) -> None:
    bench = desk.bench
    desk.offer("first", timedelta(hours=5))
    desk.offer("second", timedelta(hours=8))
    await desk.act("choose", {"slot": "first"})
    one = {"booking": "b-1", "doctor": desk.doctor, "starts": desk.begins + timedelta(hours=5)}
    bench.runs.settle(desk.workflow, "appointment.book", one)
    assert [slot["slot"] for slot in (await desk.slots("come")).json()] == ["first", "second"]
    moved = await desk.act("reschedule", {"slot": "second"}, task="come")
    assert moved.status_code == 200, moved.text
    two = {"booking": "b-2", "doctor": desk.doctor, "starts": desk.begins + timedelta(hours=8)}
    bench.runs.settle(desk.workflow, "appointment.book", two)
    asked = [pending.effect for pending in bench.runs.states[desk.workflow].pending.values()]
    assert asked.count("appointment.cancel") == 1, "the first is given back"
    over = await desk.act("decline", task="come")
    assert over.status_code == 200, over.text
    assert over.json()["end"] == "cancelled"


async def test_the_doctor_who_expects_the_patient_chooses_nothing_for_him(desk: Desk) -> None:
    doctor = desk.bench.headers(desk.doctor)
    path = f"/tasks/{desk.workflow}/time.1.choose/appointment/slots"
    assert (await desk.bench.send(doctor, "GET", path)).json()["code"] == "forbidden"
