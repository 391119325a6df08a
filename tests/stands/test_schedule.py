"""The MIS's schedule and the recording of a room, seen through our adapters."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from integrations.mis.http import HttpMis
from integrations.video.http import HttpVideoRooms
from ports import Refused, Unavailable, Uncertain
from ports.mis import NOT_TO_BE_HAD
from runtime.settings import Partner
from tests.stands.standing import Receiver, Standing

Stands = dict[str, Standing]
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


@pytest.fixture
def mis(stands: Stands, client: httpx.AsyncClient) -> HttpMis:
    return HttpMis(stands["mis"].partner, client)


@pytest.fixture
def video(stands: Stands, client: httpx.AsyncClient) -> HttpVideoRooms:
    return HttpVideoRooms(stands["video"].partner, client)


async def scheduled(stand: Standing, *after: timedelta, pool: str = "therapists", doctor: str = "p-9") -> list[str]:
    slots = [
        {
            "doctor": doctor,
            "pool": pool,
            "starts": (NOON + one).isoformat(),
            "ends": (NOON + one + HOUR).isoformat(),
        }
        for one in after
    ]
    answer = (await stand.post("/_schedule", slots=slots)).raise_for_status().json()
    return [slot["id"] for slot in answer["items"]]


async def test_free_times_of_the_pool_within_the_period_come_earliest_first(stands: Stands, mis: HttpMis) -> None:
    late, early, _, _ = await scheduled(stands["mis"], 5 * HOUR, HOUR, -HOUR, WEEK)
    await scheduled(stands["mis"], 2 * HOUR, pool="dermatologists")
    found = await mis.slots("therapists", NOON, NOON + WEEK)
    assert [slot.id for slot in found] == [early, late]
    assert (found[0].doctor, found[0].starts, found[0].ends) == ("p-9", NOON + HOUR, NOON + 2 * HOUR)
    assert await mis.slots("surgeons", NOON, NOON + WEEK) == []


async def test_a_time_is_booked_once_a_key_and_is_free_no_more(stands: Stands, mis: HttpMis) -> None:
    (slot,) = await scheduled(stands["mis"], HOUR)
    assert await mis.find_booking("k") is None
    booked = await mis.book("k", slot, "77")
    assert booked == await mis.book("k", slot, "77") == await mis.find_booking("k")
    assert (booked.slot.id, booked.given_back) == (slot, False)
    assert await mis.slots("therapists", NOON, NOON + WEEK) == []
    assert len(await stands["mis"].ledger("book")) == 1


async def test_of_two_who_want_one_time_one_has_it(stands: Stands, mis: HttpMis) -> None:
    (slot,) = await scheduled(stands["mis"], HOUR)
    answers = await asyncio.gather(*(mis.book(f"k-{n}", slot, str(n)) for n in range(8)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [error.code for error in refused] == ["slot_taken"] * 7
    assert len(await stands["mis"].ledger("book")) == 1


async def test_a_time_taken_at_the_desk_or_unknown_is_refused_by_a_word_of_the_port(
    stands: Stands, mis: HttpMis
) -> None:
    (slot,) = await scheduled(stands["mis"], HOUR)
    await stands["mis"].post(f"/_schedule/{slot}/take")
    for wanted, code in ((slot, "slot_taken"), ("slot-none", "no_such_slot")):
        with pytest.raises(Refused) as refusal:
            await mis.book("k", wanted, "77")
        assert refusal.value.code == code in NOT_TO_BE_HAD
    # A refusal is no answer to remember: freed, the time may be had under the same key.
    assert await mis.find_booking("k") is None


async def test_by_the_stands_own_clock_a_time_that_has_begun_is_over(stands: Stands, mis: HttpMis) -> None:
    begun, coming = await scheduled(stands["mis"], HOUR, 3 * HOUR)
    await stands["mis"].post("/_clock", now=(NOON + 2 * HOUR).isoformat())
    assert [slot.id for slot in await mis.slots("therapists", NOON, NOON + WEEK)] == [coming]
    with pytest.raises(Refused) as refusal:
        await mis.book("k", begun, "77")
    assert refusal.value.code == "slot_over" in NOT_TO_BE_HAD
    await mis.book("k", coming, "77")


async def test_a_booking_without_a_key_is_refused(stands: Stands, client: httpx.AsyncClient) -> None:
    (slot,) = await scheduled(stands["mis"], HOUR)
    headers = {"Authorization": f"Bearer {stands['mis'].partner.token.get_secret_value()}"}
    body = {"slot": slot, "patient_number": "77"}
    answer = await client.post(f"{stands['mis'].url}/bookings", json=body, headers=headers)
    assert (answer.status_code, answer.json()) == (422, {"code": "no_key"})
    assert await stands["mis"].ledger("book") == []


async def test_a_time_given_back_is_free_again_and_its_booking_says_so(stands: Stands, mis: HttpMis) -> None:
    (slot,) = await scheduled(stands["mis"], HOUR)
    booked = await mis.book("k", slot, "77")
    await mis.cancel_booking(booked.reference)
    await mis.cancel_booking(booked.reference)
    assert len(await stands["mis"].ledger("cancel_booking")) == 1
    found = await mis.find_booking("k")
    assert found is not None
    assert (found.reference, found.given_back) == (booked.reference, True)
    again = await mis.book("k2", slot, "78")
    await mis.cancel_booking(booked.reference)
    assert await mis.find_booking("k2") == again
    with pytest.raises(Refused, match="no_such_booking"):
        await mis.cancel_booking("booking-none")


async def test_what_the_desk_takes_from_a_patient_is_given_back(stands: Stands, mis: HttpMis) -> None:
    (slot,) = await scheduled(stands["mis"], HOUR)
    booked = await mis.book("k", slot, "77")
    (await stands["mis"].post(f"/bookings/{booked.reference}/back")).raise_for_status()
    found = await mis.find_booking("k")
    assert found is not None
    assert found.given_back


@pytest.mark.parametrize("mode", ["lost_answer", "fail_after_commit"])
async def test_a_cancellation_without_an_answer_may_be_sent_again(stands: Stands, mis: HttpMis, mode: str) -> None:
    (slot,) = await scheduled(stands["mis"], HOUR)
    booked = await mis.book("k", slot, "77")
    await stands["mis"].fail("cancel_booking", mode)
    with pytest.raises(Uncertain):
        await mis.cancel_booking(booked.reference)
    await mis.cancel_booking(booked.reference)
    assert len(await stands["mis"].ledger("cancel_booking")) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"starts": "2026-11-25T13:00:00"},
        {"starts": "tomorrow"},
        {"doctor": ""},
        {"doctor": None},
        {"id": ""},
    ],
    ids=["no zone", "no moment", "no doctor", "null", "no id"],
)
async def test_a_time_nobody_could_come_to_is_a_broken_answer_never_an_offer(said: dict[str, Any]) -> None:
    slot = {"id": "s", "doctor": "p-9", "starts": "2026-11-25T13:00:00Z", "ends": "2026-11-25T14:00:00Z", **said}
    answer = httpx.Response(200, json={"items": [slot]})
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer)) as client:
        with pytest.raises(Unavailable, match="broken_answer"):
            await HttpMis(Partner(url="http://mis"), client).slots("therapists", NOON, NOON + WEEK)


async def test_a_mis_that_answers_more_than_was_asked_offers_no_more() -> None:
    slots = [
        {"id": str(n), "doctor": "p-9", "starts": (NOON + n * HOUR).isoformat(), "ends": (NOON + WEEK).isoformat()}
        for n in (3, -1, 0, 2)
    ]
    answer = httpx.Response(200, json={"items": slots})
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer)) as client:
        found = await HttpMis(Partner(url="http://mis"), client).slots("therapists", NOON, NOON + 3 * HOUR)
    assert [slot.id for slot in found] == ["0", "2"]


async def test_a_patients_number_stands_in_no_address(stands: Stands, mis: HttpMis) -> None:
    asked: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(503)

    async with httpx.AsyncClient(transport=httpx.MockTransport(keep)) as client:
        watched = HttpMis(stands["mis"].partner, client)
        for call in (watched.book("k", "s", "77123"), watched.slots("therapists", NOON, NOON + WEEK)):
            with pytest.raises(Unavailable):
                await call
    assert len(asked) == 2
    assert all("77123" not in str(request.url) for request in asked)


async def test_a_room_is_recorded_once_and_stopped_once(stands: Stands, video: HttpVideoRooms) -> None:
    room = await video.open("c-1:talk:1", NOON)
    recording = await video.record("k", room)
    assert recording == await video.record("k", room) == await video.record("k-of-another-try", room)
    assert (await stands["video"].get(f"/rooms/{room}"))["recording"] == recording
    await video.stop_recording(room, recording)
    await video.stop_recording(room, recording)
    assert (await stands["video"].get(f"/rooms/{room}"))["recording"] is None
    assert [len(await stands["video"].ledger(call)) for call in ("record", "stop_recording")] == [1, 1]


async def test_whatever_records_a_room_is_stopped_each_time_anew(stands: Stands, video: HttpVideoRooms) -> None:
    """A remembered answer of the first stop would let the second recording go on."""
    room = await video.open("c-1:talk:1", NOON)
    for key in ("k-1", "k-2"):
        await video.record(key, room)
        await video.stop_recording(room, None)
        assert (await stands["video"].get(f"/rooms/{room}"))["recording"] is None
    assert len(await stands["video"].ledger("stop_recording")) == 2


async def test_a_try_that_comes_after_the_stop_records_nothing(stands: Stands, video: HttpVideoRooms) -> None:
    room = await video.open("c-1:talk:1", NOON)
    await stands["video"].fail("record", "lost_answer")
    with pytest.raises(Uncertain):
        await video.record("k", room)
    await video.stop_recording(room, None)
    late = await video.record("k", room)
    assert (await stands["video"].get(f"/rooms/{room}"))["recording"] is None
    new = await video.record("k-2", room)
    await video.stop_recording(room, late)
    assert (await stands["video"].get(f"/rooms/{room}"))["recording"] == new != late


async def test_only_an_open_room_is_recorded_and_closing_it_stops_the_recording(
    stands: Stands, video: HttpVideoRooms
) -> None:
    room = await video.open("c-1:talk:1", NOON)
    recording = await video.record("k", room)
    await video.close(room)
    await video.stop_recording(room, recording)
    assert len(await stands["video"].ledger("stop_recording")) == 1
    with pytest.raises(Refused, match="closed"):
        await video.record("k2", room)
    with pytest.raises(Refused, match="no_such_room"):
        await video.record("k3", "room-none")
    await video.stop_recording("room-none", recording)


@pytest.mark.parametrize("mode", ["lost_answer", "fail_after_commit", "fail_before"])
async def test_a_stop_that_was_not_answered_is_simply_sent_again(
    stands: Stands, video: HttpVideoRooms, mode: str
) -> None:
    room = await video.open("c-1:talk:1", NOON)
    recording = await video.record("k", room)
    await stands["video"].fail("stop_recording", mode)
    with pytest.raises(Unavailable):
        await video.stop_recording(room, recording)
    await video.stop_recording(room, recording)
    assert len(await stands["video"].ledger("stop_recording")) == 1


async def test_two_guests_are_two_connections_and_the_one_who_stays_is_still_there(
    stands: Stands, receiver: Receiver, video: HttpVideoRooms
) -> None:
    room = await video.open("c-1:talk:1", NOON)
    tokens = []
    for person in ("p-guest", "p-interpreter"):
        tokens.append((await video.ticket(room, person, "invited")).token)
        (await stands["video"].post(f"/rooms/{room}/join?token={tokens[-1]}")).raise_for_status()
    assert (await stands["video"].get(f"/rooms/{room}"))["inside"] == ["invited", "invited"]
    await stands["video"].post(f"/rooms/{room}/leave?token={tokens[0]}")
    await stands["video"].post(f"/rooms/{room}/join?token={tokens[0]}")
    await receiver.until(lambda bodies: len(bodies) == 4)
    bodies = [fact.body for headers, body in receiver.got for _, fact in video.facts(headers, body)]
    assert {(body["event"], body["side"]) for body in bodies} == {("joined", "invited"), ("left", "invited")}
    first, second, left, again = (body["participant"] for body in bodies)
    assert left == first
    # Each time he comes he is a connection of his own: an old "left" that comes late must not send him out.
    assert len({first, second, again}) == 3
    assert not {"p-guest", "p-interpreter"} & {first, second, again}
