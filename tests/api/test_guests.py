"""Guests of a video meeting and its recording at the facade: who is let in, by what, and how long."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from dev.stack import Stack
from domain.people import Role
from domain.state import Answered, ConsultationState
from ports import Unavailable
from ports.consultations import NotConfirmed
from ports.video import JoinTicket
from tests.api.bench import SHIPPED, Bench, step

WELCOME = SHIPPED.people.invited
Json = Any


class Rooms:
    """A video provider that gives tickets."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str, str]] = []
        self.away = False

    async def ticket(self, room: str, person: str, side: str) -> JoinTicket:
        if self.away:
            raise Unavailable("timeout")
        self.given.append((room, person, side))
        return JoinTicket(url="http://video", token="t-1", expires_at=datetime.now(UTC) + timedelta(minutes=5))


class Meeting:
    """A meeting that is open."""

    def __init__(self, bench: Bench, workflow: str, doctor: str, rooms: Rooms) -> None:
        self.bench, self.workflow, self.doctor, self.rooms = bench, workflow, doctor, rooms

    def path(self, action: str, task: str = "join") -> str:
        return f"/tasks/{self.workflow}/talk.1.{task}/video/{action}"

    async def invite(self, guest: str = "relative", key: str | None = None) -> Json:
        return await self.bench.send(self.bench.as_patient(), "POST", self.path("invite"), {"guest": guest}, key)

    async def enter(self, token: str) -> Json:
        return await self.bench.http.post("/invitations/ticket", json={"token": token})


@pytest.fixture
async def meeting(bench: Bench) -> Meeting:
    rooms = Rooms()
    vars(bench.wiring)["video"] = rooms
    doctor = await bench.employee(Role.DOCTOR, pools=("therapists",))
    talk = step("talk")
    talk = talk.model_copy(update={"fields": {**talk.fields, "may": ["record"]}, "then": {}})
    workflow = await bench.consultation(talk, step("note"), doctor=doctor)
    bench.runs.settle(workflow, "video.open", {"room": "r-1"})
    return Meeting(bench, workflow, doctor, rooms)


async def test_a_guest_comes_in_by_his_secret_alone_and_learns_nothing_else(meeting: Meeting) -> None:
    made = await meeting.invite()
    assert made.status_code == 200, made.text
    invited = made.json()
    assert made.headers["cache-control"] == "no-store"
    assert invited["view"]["workflow"] == meeting.workflow
    assert timedelta(hours=23) < datetime.fromisoformat(invited["expires_at"]) - datetime.now(UTC) < timedelta(hours=25)
    ticket = await meeting.enter(invited["token"])
    assert ticket.status_code == 200, ticket.text
    assert set(ticket.json()) == {"url", "token", "expires_at"}
    assert ticket.headers["cache-control"] == "no-store"
    assert meeting.rooms.given == [("r-1", invited["invitation"], "invited")]
    assert meeting.workflow not in ticket.text
    assert (await meeting.bench.actions())[0] == "invitation.ticket"


async def test_the_secret_is_told_once_stands_nowhere_and_is_the_same_for_a_resend(
    meeting: Meeting, services: Stack
) -> None:
    key = secrets.token_hex(16)
    first, again = [await meeting.invite(key=key) for _ in range(2)]
    assert first.json() == again.json()
    token = first.json()["token"]
    assert token not in str(meeting.bench.runs.states[meeting.workflow].model_dump())
    name = meeting.bench.wiring.settings.database_url.rpartition("/")[2]
    secret = token.partition(".")[2]
    async with await psycopg.AsyncConnection.connect(services.superuser_url, dbname=name) as connection:
        for table in ("invitation", "request", "audit"):
            rows = await connection.execute(
                f"SELECT count(*) FROM {table} AS t WHERE strpos(t::text, %s) > 0", [secret]
            )
            assert await rows.fetchone() == (0,), table
    assert len(meeting.bench.runs.sent) == 1
    assert secret not in str(meeting.bench.runs.sent)


async def test_a_wrong_a_foreign_and_a_spent_secret_are_told_the_same(meeting: Meeting, services: Stack) -> None:
    token = (await meeting.invite()).json()["token"]
    clinic, _, secret = token.partition(".")
    wrong = [await meeting.enter(text) for text in (f"{clinic}.{'0' * 64}", f"cl-other.{secret}", f"none.{'f' * 64}")]
    name = meeting.bench.wiring.settings.database_url.rpartition("/")[2]
    async with await psycopg.AsyncConnection.connect(services.superuser_url, dbname=name) as connection:
        await connection.execute(
            "UPDATE invitation SET at = at - interval '25 h', expires_at = expires_at - interval '25 h'"
            " WHERE clinic_id = %s",
            [meeting.bench.clinic],
        )
    for answer in (*wrong, await meeting.enter(token)):
        assert (answer.status_code, answer.json()) == (404, wrong[0].json())
        assert answer.json()["code"] == "no_such_invitation"
    for text in ("", "x", f"\x00.{secret}", f".{secret}"):
        assert (await meeting.enter(text)).status_code == 422
    assert meeting.rooms.given == []


async def test_who_tries_secrets_is_slowed_down(meeting: Meeting) -> None:
    answers = [await meeting.enter(f"{meeting.bench.clinic}.{n:064x}") for n in range(22)]
    assert {answer.status_code for answer in answers} == {404, 429}
    assert answers[-1].json()["code"] == "rate_limited"


async def test_an_invitation_taken_back_or_of_a_meeting_that_is_over_opens_nothing(meeting: Meeting) -> None:
    bench = meeting.bench
    one, two = [(await meeting.invite(guest)).json() for guest in ("relative", "interpreter")]
    path = meeting.path(f"invitations/{one['invitation']}", "meet")
    stranger = bench.headers(await bench.employee(Role.DOCTOR, pools=("therapists",)))
    assert (await bench.send(stranger, "DELETE", path)).status_code == 404
    assert (await meeting.enter(one["token"])).status_code == 200
    assert (await bench.send(bench.headers(meeting.doctor), "DELETE", path)).status_code == 204
    assert (await meeting.enter(one["token"])).json()["code"] == "no_such_invitation"
    assert (await meeting.enter(two["token"])).status_code == 200
    other = await bench.send(bench.headers(meeting.doctor), "DELETE", meeting.path("invitations/iv-none", "meet"))
    assert other.json()["code"] == "not_found"
    over = await bench.send(bench.as_patient(), "POST", f"/consultations/{meeting.workflow}/cancel")
    assert over.status_code == 200
    assert (await meeting.enter(two["token"])).json()["code"] == "no_such_invitation"


async def test_an_invitation_the_process_did_not_take_opens_nothing(meeting: Meeting) -> None:
    bench = meeting.bench
    refused = await meeting.invite("colleague")
    assert (refused.status_code, refused.json()["code"]) == (403, "guest_not_allowed"), "the patient's side has none"

    def lost(workflow: str, act: Any) -> tuple[Answered, ConsultationState]:
        raise NotConfirmed

    key = secrets.token_hex(16)
    bench.runs.script = [lost]
    assert (await meeting.invite(key=key)).json()["code"] == "not_confirmed"
    # What its token would be, the resend tells; the process has not taken it yet.
    state = bench.runs.states[meeting.workflow]
    taken = (await meeting.invite(key=key)).json()
    bench.runs.states[meeting.workflow] = state
    assert (await meeting.enter(taken["token"])).json()["code"] == "no_such_invitation"


async def test_a_guest_waits_for_the_room_and_a_provider_that_is_away_is_temporary(meeting: Meeting) -> None:
    bench = meeting.bench
    talk = step("talk").model_copy(update={"then": {}})
    workflow = await bench.consultation(talk, step("note"), doctor=meeting.doctor)
    path = f"/tasks/{workflow}/talk.1.meet/video/invite"
    made = await bench.send(bench.headers(meeting.doctor), "POST", path, {"guest": "interpreter"})
    early = await meeting.enter(made.json()["token"])
    assert (early.status_code, early.json()["code"]) == (409, "room_not_open")
    bench.runs.settle(workflow, "video.open", {"room": "r-2"})
    meeting.rooms.away = True
    assert (await meeting.enter(made.json()["token"])).json()["code"] == "unavailable"
    meeting.rooms.away = False
    assert (await meeting.enter(made.json()["token"])).status_code == 200


async def test_only_the_two_sides_invite(meeting: Meeting) -> None:
    bench = meeting.bench
    doctor = bench.headers(meeting.doctor)
    path = meeting.path("invite")
    assert (await bench.send(doctor, "POST", path, {"guest": "relative"})).json()["code"] == "no_such_task"
    registrar = bench.headers(await bench.employee(Role.REGISTRAR))
    assert (await bench.send(registrar, "POST", path, {"guest": "relative"})).json()["code"] == "forbidden"
    assert bench.runs.sent == []


async def test_each_side_says_for_itself_whether_it_is_recorded(meeting: Meeting) -> None:
    bench = meeting.bench
    doctor, patient = bench.headers(meeting.doctor), bench.as_patient()
    for who, task, side in ((doctor, "meet", "doctor"), (patient, "join", "patient")):
        answer = await bench.send(who, "POST", meeting.path("allow_recording", task))
        assert answer.status_code == 200, answer.text
        assert side in bench.runs.states[meeting.workflow].tasks[f"talk.1.{task}"].data["recording"]["agreed"]
    await bench.send(patient, "POST", meeting.path("forbid_recording"))
    assert bench.runs.states[meeting.workflow].tasks["talk.1.join"].data["recording"]["agreed"] == ["doctor"]
    other = await bench.send(doctor, "POST", meeting.path("allow_recording"))
    assert (other.status_code, other.json()["code"]) == (403, "not_yours"), "nobody agrees for the other side"


async def test_a_ticket_asked_for_again_leads_back_into_the_same_room(meeting: Meeting) -> None:
    bench = meeting.bench
    for _ in range(2):
        assert (await bench.send(bench.as_patient(), "GET", meeting.path("ticket"))).status_code == 200
    assert meeting.rooms.given == [("r-1", bench.person, "patient")] * 2
