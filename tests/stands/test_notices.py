"""Notices from stand to clinic: signed, in order, again and again until they are accepted."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from domain.acts import Fact
from integrations.labs.http import HttpLabs
from integrations.registry.http import HttpRegistry
from integrations.video.http import HttpVideoRooms
from integrations.webhook import signature
from ports import Refused
from runtime.settings import Partner
from tests.stands.standing import SECRET, Receiver, Standing

Stands = dict[str, Standing]
REFERENCE = "c-1:talk:2"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def video(stands: Stands, client: httpx.AsyncClient) -> HttpVideoRooms:
    return HttpVideoRooms(stands["video"].partner, client)


async def enter(stand: Standing, video: HttpVideoRooms, room: str, person: str, side: Any) -> str:
    token = (await video.ticket(room, person, side)).token
    (await stand.post(f"/rooms/{room}/join?token={token}")).raise_for_status()
    return token


async def test_presence_in_a_room_comes_as_facts_of_the_occurrence_it_was_opened_for(
    stands: Stands, receiver: Receiver, video: HttpVideoRooms
) -> None:
    room = await video.open(REFERENCE, NOON)
    token = await enter(stands["video"], video, room, "p-1", "patient")
    await enter(stands["video"], video, room, "p-2", "doctor")
    await stands["video"].post(f"/rooms/{room}/leave?token={token}")
    await video.close(room)
    await receiver.until(lambda bodies: len(bodies) == 5)
    facts = [fact for headers, body in receiver.got for fact in video.facts(headers, body)]
    assert {workflow for workflow, _ in facts} == {"c-1"}
    assert {(f.source, f.step, f.occurrence) for _, f in facts} == {("video", "talk", 2)}
    assert len({f.id for _, f in facts}) == 5
    patient, doctor = (facts[n][1].body["participant"] for n in (0, 1))
    assert patient != doctor
    assert [f.body for _, f in facts] == [
        {"event": "joined", "side": "patient", "participant": patient},
        {"event": "joined", "side": "doctor", "participant": doctor},
        {"event": "left", "side": "patient", "participant": patient},
        {"event": "left", "side": "doctor", "participant": doctor},
        {"event": "closed"},
    ]


async def test_a_notice_is_sent_again_until_it_is_accepted_and_nothing_overtakes_it(
    stands: Stands, receiver: Receiver, video: HttpVideoRooms
) -> None:
    receiver.status = 503
    room = await video.open(REFERENCE, NOON)
    token = await enter(stands["video"], video, room, "p-1", "patient")
    await stands["video"].post(f"/rooms/{room}/leave?token={token}")
    await receiver.until(lambda bodies: len(bodies) >= 2)
    assert {body["event"] for body in receiver.bodies} == {"joined"}
    receiver.status = 200
    bodies = await receiver.until(lambda bodies: bodies[-1]["event"] == "left")
    assert len({body["id"] for body in bodies}) == 2


@pytest.mark.parametrize("mode", ["twice", "lost_answer"])
async def test_a_notice_delivered_twice_keeps_its_id(
    stands: Stands, receiver: Receiver, video: HttpVideoRooms, mode: str
) -> None:
    await stands["video"].fail("notice", mode)
    room = await video.open(REFERENCE, NOON)
    await enter(stands["video"], video, room, "p-1", "patient")
    bodies = await receiver.until(lambda bodies: len(bodies) == 2)
    assert bodies[0] == bodies[1]


async def test_a_notice_outlives_its_killed_sender(stands: Stands, receiver: Receiver, video: HttpVideoRooms) -> None:
    receiver.status = 503
    room = await video.open(REFERENCE, NOON)
    await enter(stands["video"], video, room, "p-1", "patient")
    await stands["video"].kill()
    receiver.status = 200
    receiver.got.clear()
    await stands["video"].restart()
    assert (await receiver.until(bool))[0]["event"] == "joined"


def signed(partner: Partner, **said: object) -> tuple[dict[str, str], bytes]:
    body = json.dumps(said).encode()
    return {"X-Signature": signature(partner.webhook_secret.get_secret_value(), body)}, body


NOTICE = {"id": "evt-1", "event": "result", "reference": "c-1.labs.1:labs:1", "order": "lab-9"}
PARTNER = Partner(url="http://lab", webhook_secret=SecretStr(SECRET))


def test_a_laboratory_notice_is_read_as_a_fact(client: httpx.AsyncClient) -> None:
    said = HttpLabs(PARTNER, client).facts(*signed(PARTNER, **NOTICE, more="than we know"))
    body = {"event": "result", "order": "lab-9"}
    assert said == [("c-1.labs.1", Fact(source="labs", id="evt-1", step="labs", occurrence=1, body=body))]


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Signature": ""}, {"X-Signature": "sha256=" + "0" * 64}, {"X-Signature": "sha256=тайна"}],
)
def test_a_wrong_signature_is_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    with pytest.raises(Refused, match="bad_signature"):
        HttpLabs(PARTNER, client).facts(headers, json.dumps(NOTICE).encode())


def test_a_changed_body_is_refused(client: httpx.AsyncClient) -> None:
    headers, body = signed(PARTNER, **NOTICE)
    with pytest.raises(Refused, match="bad_signature"):
        HttpLabs(PARTNER, client).facts(headers, body + b" ")


def test_without_a_secret_nothing_is_believed(client: httpx.AsyncClient) -> None:
    open_ = Partner(url="http://lab")
    with pytest.raises(Refused, match="bad_signature"):
        HttpLabs(open_, client).facts(*signed(open_, **NOTICE))


def test_a_signed_body_that_is_no_notice_is_malformed(client: httpx.AsyncClient) -> None:
    with pytest.raises(Refused, match="malformed"):
        HttpRegistry(PARTNER, client).facts(*signed(PARTNER, id=5))


@pytest.mark.parametrize("field", ["id", "reference", "order"])
def test_what_the_record_could_not_keep_is_malformed_and_not_failed_upon_for_ever(
    client: httpx.AsyncClient, field: str
) -> None:
    for wrong in ("e\0:x:1", "e\n:x:1", "e" * 1000):
        with pytest.raises(Refused, match="malformed"):
            HttpLabs(PARTNER, client).facts(*signed(PARTNER, **(NOTICE | {field: wrong})))


@pytest.mark.parametrize("changed", [{"reference": "somebody-else"}, {"reference": "a:b:c"}, {"event": "invoice"}])
def test_a_notice_that_is_not_for_us_yields_no_fact(client: httpx.AsyncClient, changed: dict[str, str]) -> None:
    assert HttpLabs(PARTNER, client).facts(*signed(PARTNER, **(NOTICE | changed))) == []
