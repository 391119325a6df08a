"""Times at the MIS: taken once whatever is lost, and never for a patient who no longer has them."""

import asyncio
from datetime import date, timedelta
from typing import Any, cast

import pytest

from activities.appointment import Appointments
from domain.effects import Done
from domain.effects.appointment import Book, Booked, CancelBooking, FindSlots
from domain.state import Pending
from ports import Refused
from ports.mis import Mis
from records import staff
from tests.activities.acting import Act, Stands, fails
from tests.activities.conftest import NOW, Case

STARTS = NOW + timedelta(days=1)
ENDS = STARTS + timedelta(minutes=20)
SLOT = "slot-1"


async def scheduled(case: Case, stand: Stands, **changes: Any) -> None:
    slot = {"id": SLOT, "doctor": case.doctor, "pool": "therapists", "starts": STARTS.isoformat()}
    await stand["mis"].post("/_schedule", {"slots": [slot | {"ends": ENDS.isoformat()} | changes]})


def booking(case: Case, part: str = "1") -> Act:
    effect = case.effect(Book, part=part, patient=case.patient.id, pool="therapists", slot=SLOT)
    return lambda: Appointments(case.database, case.wiring.mis).book(effect)


def sought(case: Case, pool: str = "therapists") -> Act:
    effect = case.effect(FindSlots, pool=pool, since=NOW, until=NOW + timedelta(days=7))
    return lambda: Appointments(case.database, case.wiring.mis).find(effect)


def freeing(case: Case, reference: str) -> CancelBooking:
    effect: CancelBooking = case.effect(CancelBooking, booking=reference)
    return effect


async def bookings(stand: Stands) -> list[str]:
    """Who has the time by the MIS's word: references of bookings that stand."""
    return [item["reference"] for item in (await stand["mis"].get("/_bookings"))["items"] if not item["cancelled"]]


async def test_a_booked_time_tells_its_doctor_and_when(case: Case, stand: Stands) -> None:
    await scheduled(case, stand)
    booked = await booking(case)()
    assert booked == Booked(booking=booked.booking, doctor=case.doctor, starts=STARTS, ends=ENDS)
    assert await bookings(stand) == [booked.booking]
    (kept,) = (await stand["mis"].get("/_bookings", patient_number=case.patient.number))["items"]
    assert kept["slot"] == SLOT


@pytest.mark.parametrize("mode", ["fail_before", "fail_after_commit", "lost_answer", "twice"])
@pytest.mark.parametrize("call", ["find_booking", "book"])
async def test_whatever_fails_the_time_is_taken_once(case: Case, stand: Stands, call: str, mode: str) -> None:
    await scheduled(case, stand)
    await stand["mis"].fail(call, mode)
    if mode != "twice":
        error = await fails(booking(case))
        uncertain = call == "book" and mode != "fail_before"
        assert error.type == ("Uncertain" if uncertain else "Unavailable")
    first = await booking(case)()
    assert first.booking is not None
    assert await booking(case)() == first
    assert len(await stand["mis"].ledger("book")) == 1


async def test_a_time_somebody_has_is_an_answer_and_another_try_may_have_another(case: Case, stand: Stands) -> None:
    await scheduled(case, stand)
    await stand["mis"].post(f"/_schedule/{SLOT}/take")
    assert await booking(case)() == Booked(booking=None)
    await stand["mis"].post("/_reset")
    assert await booking(case)() == Booked(booking=None), "a time the MIS no longer has"
    await scheduled(case, stand)
    await stand["mis"].post("/_clock", {"now": (STARTS + timedelta(minutes=1)).isoformat()})
    assert await booking(case)() == Booked(booking=None), "a time that has begun"
    assert await stand["mis"].ledger("book") == []


class Overtaking:
    """A MIS that sees to the time before it looks at the key: our own first try is who has it."""

    def __init__(self, mis: Mis, code: str) -> None:
        self._mis, self._code, self._found = mis, code, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._mis, name)

    async def find_booking(self, key: str) -> Any:
        """Nothing, while the first try is still on its way."""
        self._found, first = True, not self._found
        return None if first else await self._mis.find_booking(key)

    async def book(self, key: str, slot: str, patient_number: str) -> Any:
        """The first try arrives; this one is refused by it."""
        await self._mis.book(key, slot, patient_number)
        raise Refused(self._code)


@pytest.mark.parametrize("code", ["slot_taken", "conflict"])
async def test_a_time_that_our_own_try_has_is_the_patients(case: Case, stand: Stands, code: str) -> None:
    await scheduled(case, stand)
    effect = case.effect(Book, part="1", patient=case.patient.id, pool="therapists", slot=SLOT)
    booked = await Appointments(case.database, cast(Mis, Overtaking(case.wiring.mis, code))).book(effect)
    assert [booked.booking] == await bookings(stand)


async def test_two_tries_at_once_are_one_booking(case: Case, stand: Stands) -> None:
    """A try that took too long for Temporal goes on in its worker beside the next one."""
    await scheduled(case, stand)
    await stand["mis"].fail("book", "slow", seconds=0.5)
    answers = await asyncio.gather(booking(case)(), booking(case)())
    assert answers[0] == answers[1]
    assert len(await bookings(stand)) == len(await stand["mis"].ledger("book")) == 1


async def test_a_refusal_of_the_patient_himself_is_no_taken_time(case: Case, stand: Stands) -> None:
    await scheduled(case, stand)
    await stand["mis"].fail("book", "refuse", code="no_such_patient")
    error = await fails(booking(case))
    assert (error.type, error.message, error.non_retryable) == ("Refused", "no_such_patient", True)


async def test_a_booking_given_back_is_not_presented_as_the_patients_again(case: Case, stand: Stands) -> None:
    """A run that replaced another repeats its past: its key would be answered as if the booking stood."""
    await scheduled(case, stand)
    booked = await booking(case)()
    await Appointments(case.database, case.wiring.mis).cancel(freeing(case, booked.booking))
    assert await booking(case)() == Booked(booking=None)
    assert await bookings(stand) == []
    again = await booking(case, part="2")()
    assert await bookings(stand) == [again.booking]


async def test_a_time_of_no_doctor_of_the_pool_is_given_back_at_once(case: Case, stand: Stands) -> None:
    """A patient's act names any slot it likes: it must not make a stranger his doctor."""
    await scheduled(case, stand, doctor=case.registrar)
    async with case.database.clinic(case.clinic) as session:
        registrar = await staff.get(session, case.registrar)
        assert registrar is not None
        await staff.save(session, registrar.model_copy(update={"pools": frozenset()}), date(2020, 1, 1))
    assert (await sought(case)()).free == 0
    await stand["mis"].fail("cancel_booking", "lost_answer")
    assert (await fails(booking(case))).type == "Uncertain"
    assert await booking(case)() == Booked(booking=None)
    assert await bookings(stand) == []
    assert len(await stand["mis"].ledger("cancel_booking")) == 1


async def test_free_times_are_counted_and_a_silent_mis_is_asked_again(case: Case, stand: Stands) -> None:
    assert (await sought(case)()).free == 0
    await scheduled(case, stand)
    await scheduled(case, stand, id="slot-2", starts=(NOW + timedelta(days=8)).isoformat(), ends="2027-01-01T00:00:00Z")
    await scheduled(case, stand, id="slot-3", pool="dermatologists")
    assert (await sought(case)()).free == 1
    for mode in ("fail_before", "lost_answer", "fail_after_commit"):
        await stand["mis"].fail("slots", mode)
        assert (await fails(sought(case))).type == "Unavailable"


@pytest.mark.parametrize("mode", ["fail_before", "fail_after_commit", "lost_answer", "twice"])
async def test_a_time_is_given_back_once_whatever_fails(case: Case, stand: Stands, mode: str) -> None:
    await scheduled(case, stand)
    room, effect = Appointments(case.database, case.wiring.mis), freeing(case, (await booking(case)()).booking)
    await stand["mis"].fail("cancel_booking", mode)
    if mode != "twice":
        assert (await fails(lambda: room.cancel(effect))).type in ("Unavailable", "Uncertain")
    assert await room.cancel(effect) == Done()
    assert await room.cancel(effect) == Done()
    assert await bookings(stand) == []
    assert len(await stand["mis"].ledger("cancel_booking")) == 1


async def test_a_run_that_was_overtaken_gives_no_time_back(case: Case, stand: Stands) -> None:
    await scheduled(case, stand)
    booked = await booking(case)()
    effect = freeing(case, booked.booking)
    pending = Pending(effect=effect.activity, body=effect.model_dump(mode="json"), step="step", occurrence=1, since=NOW)
    await case.project()
    room = Appointments(case.database, case.wiring.mis)
    error = await fails(lambda: room.cancel(effect))
    assert (error.type, error.message) == ("Refused", "overtaken")
    assert await bookings(stand) == [booked.booking]
    await case.project(pending={effect.key: pending.model_dump()})
    assert await room.cancel(effect) == Done()
    assert await bookings(stand) == []
