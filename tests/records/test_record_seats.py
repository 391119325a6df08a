"""Seats, duty and waits: the lasting side of the line."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from domain.snapshot import Snapshot
from domain.state import Pause
from records import consultations, duty, seats, waits
from records.duty import NotInPool
from records.seats import Seat, SeatRefused

if TYPE_CHECKING:
    from tests.records.conftest import Ward

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def take(ward: "Ward", doctor: str, workflow: str, capacity: int = 1) -> Seat | str:
    try:
        async with ward.db.clinic(ward.clinic) as session:
            return await seats.take(session, doctor, workflow, "line", 1, capacity, NOW)
    except SeatRefused as refused:
        return refused.code


async def test_of_two_doctors_racing_for_a_patient_one_wins(ward: "Ward") -> None:
    for n in range(10):
        found = await asyncio.gather(
            *(take(ward, doctor, f"c-{n}", 20) for doctor in (ward.doctor, ward.colleague) for _ in range(2))
        )
        won = {seat.id for seat in found if isinstance(seat, Seat)}
        assert len(won) == 1
        assert found.count("taken") == 2


async def test_a_doctor_on_three_devices_cannot_take_two_patients(ward: "Ward") -> None:
    found = await asyncio.gather(*(take(ward, ward.doctor, f"c-{n}") for n in range(3)))
    assert len([seat for seat in found if isinstance(seat, Seat)]) == 1
    assert found.count("busy") == 2


async def test_the_same_doctor_again_gets_the_same_seat(ward: "Ward") -> None:
    first, again = await take(ward, ward.doctor, "c-1"), await take(ward, ward.doctor, "c-1")
    assert isinstance(first, Seat)
    assert first == again
    assert await take(ward, ward.colleague, "c-1") == "taken"


async def test_a_doctor_takes_as_many_as_his_capacity(ward: "Ward") -> None:
    found = await asyncio.gather(*(take(ward, ward.doctor, f"c-{n}", 3) for n in range(5)))
    taken = [seat for seat in found if isinstance(seat, Seat)]
    assert sorted(seat.slot for seat in taken) == [1, 2, 3]
    assert found.count("busy") == 2


async def test_a_freed_seat_can_be_taken_again_once(ward: "Ward") -> None:
    seat = await take(ward, ward.doctor, "c-1")
    assert isinstance(seat, Seat)
    async with ward.db.clinic(ward.clinic) as session:
        assert await seats.free(session, seat.id, NOW)
        assert not await seats.free(session, seat.id, NOW)
        assert await seats.of_doctor(session, ward.doctor) == []
    assert isinstance(await take(ward, ward.colleague, "c-1"), Seat)
    assert isinstance(await take(ward, ward.doctor, "c-2"), Seat)


async def test_orphans_are_freed_and_accepted_seats_are_not(ward: "Ward") -> None:
    accepted = ward.state(revision=1, doctor=ward.doctor)
    refused = ward.state(revision=1)
    async with ward.db.clinic(ward.clinic) as session:
        for state in (accepted, refused):
            await consultations.project(session, Snapshot(state=state, transitions=()))
    await take(ward, ward.doctor, accepted.workflow)
    orphan = await take(ward, ward.colleague, refused.workflow)
    async with ward.db.system() as session:
        fresh = await seats.free_orphans(session, NOW - timedelta(seconds=1), NOW)
        assert not {seat.workflow for seat in fresh} & {accepted.workflow, refused.workflow}
        freed = await seats.free_orphans(session, NOW + timedelta(seconds=1), NOW)
    mine = [seat for seat in freed if seat.clinic == ward.clinic]
    assert isinstance(orphan, Seat)
    assert [seat.id for seat in mine] == [orphan.id]
    async with ward.db.clinic(ward.clinic) as session:
        assert await seats.of_occurrence(session, accepted.workflow, "line", 1) is not None


async def test_duty_is_per_pool_and_only_in_ones_own(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        await duty.on(session, ward.doctor, ["therapists"], NOW)
        await duty.on(session, ward.doctor, ["therapists"], NOW + timedelta(hours=1), capacity=2)
        (here,) = await duty.doctors_on(session, "therapists")
        assert (here.doctor, here.capacity, here.since) == (ward.doctor, 2, NOW)
        assert await duty.of_doctor(session, ward.doctor) == [here]
        assert await duty.off(session, ward.doctor, NOW)
        assert not await duty.off(session, ward.doctor, NOW)
        assert await duty.doctors_on(session, "therapists") == []
        await duty.on(session, ward.doctor, ["therapists"], NOW)
    async with ward.db.clinic(ward.clinic) as session:
        with pytest.raises(NotInPool):
            await duty.on(session, ward.doctor, ["therapists", "surgeons"], NOW)


async def test_waits_keep_what_was_predicted_and_what_it_was(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        for n in range(3):
            await waits.join(session, f"c-{n}", "line", 1, "therapists", n == 2, 60, 120, NOW + timedelta(seconds=n))
        again = await waits.join(session, "c-0", "line", 1, "therapists", False, 1, 2, NOW + timedelta(hours=1))
        assert (again.low, again.joined_at) == (60, NOW)
        assert [wait.workflow for wait in await waits.standing(session, "therapists")] == ["c-2", "c-0", "c-1"]
        assert await waits.leave(session, "c-0", "line", 1, "accepted", NOW + timedelta(seconds=90))
        assert not await waits.leave(session, "c-0", "line", 1, "left", NOW + timedelta(seconds=99))
        assert await waits.leave(session, "c-1", "line", 1, "left", NOW + timedelta(seconds=90))
        assert await waits.recent(session, "therapists", NOW) == [timedelta(seconds=90)]
    async with ward.db.system() as session:
        assert [w.workflow for w in await waits.all_standing(session) if w.clinic == ward.clinic] == ["c-2"]


async def test_who_is_held_back_is_offered_to_no_doctor_and_keeps_his_place(ward: "Ward") -> None:
    paused = Pause(by="p-sup", reason="repair", since=NOW, until=NOW + timedelta(hours=1))
    held = ward.state(revision=1, paused=paused)
    goes_on = held.model_copy(update={"revision": 2, "paused": None})
    async with ward.db.clinic(ward.clinic) as session:
        for n, workflow in enumerate((held.workflow, "c-1")):
            await waits.join(session, workflow, "line", 1, "therapists", False, 60, 120, NOW + timedelta(seconds=n))
        for state, standing in ((held, ["c-1"]), (goes_on, [held.workflow, "c-1"])):
            await consultations.project(session, Snapshot(state=state, transitions=()))
            assert [wait.workflow for wait in await waits.standing(session, "therapists")] == standing
