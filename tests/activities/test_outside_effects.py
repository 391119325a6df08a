"""Effects on the outside: a lost answer is found, never sent again as something new."""

from collections.abc import Awaitable
from typing import Any

import pytest

from activities.eligibility import Eligibility
from activities.lab_order import LabOrders
from activities.payment import Payments
from activities.referral import Referrals
from activities.video import Video
from domain.effects.eligibility import FindEvidence
from domain.effects.lab_order import CancelOrder, OrderPlaced, PlaceOrder
from domain.effects.payment import Authorise, CancelHold, Capture
from domain.effects.referral import RequestVisit
from domain.effects.video import CloseRoom, OpenRoom
from domain.state import Pending
from records import orders, payments
from tests.activities.acting import Act, Stands, fails, ordered
from tests.activities.conftest import NOW, Case


def held(case: Case) -> Act:
    effect = case.effect(Authorise, payer="p-1", service="therapist", amount=150_000, means="tok-good")
    return lambda: Payments(case.wiring.database, case.wiring.payments).authorise(effect)


def opened(case: Case) -> Act:
    effect = case.effect(OpenRoom, until=NOW)
    return lambda: Video(case.wiring.database, case.wiring.video).open(effect)


def asked(case: Case) -> Act:
    effect = case.effect(RequestVisit, patient=case.patient.id, to="ecg")
    return lambda: Referrals(case.wiring.database, case.wiring.mis).request(effect)


@pytest.mark.parametrize("mode", ["lost_answer", "fail_after_commit"])
@pytest.mark.parametrize(
    ("name", "call", "make"),
    [
        ("payments", "authorise", held),
        ("video", "open", opened),
        ("mis", "request_visit", asked),
        ("north", "place", ordered),
    ],
)
async def test_what_a_lost_answer_did_is_found_and_not_done_again(
    case: Case, stand: Stands, name: str, call: str, make: Any, mode: str
) -> None:
    made = make(case)
    act: Act = await made if isinstance(made, Awaitable) else made
    await stand[name].fail(call, mode)
    assert (await fails(act)).type == "Uncertain"
    first = await act()
    assert await act() == first
    assert len(await stand[name].ledger(call)) == 1


async def test_an_outside_that_is_away_is_unavailable_and_did_nothing(case: Case, stand: Stands) -> None:
    act = held(case)
    await stand["payments"].fail("authorise", "fail_before")
    error = await fails(act)
    assert (error.type, error.non_retryable) == ("Unavailable", False)
    assert await stand["payments"].ledger("authorise") == []


async def test_a_decline_is_an_answer_and_stands_in_the_journal(case: Case, stand: Stands) -> None:
    effect = case.effect(Authorise, payer="p-1", service="therapist", amount=150_000, means="decline")
    await stand["payments"].fail("authorise", "refuse", code="card_expired")
    error = await fails(lambda: Payments(case.wiring.database, case.wiring.payments).authorise(effect))
    assert (error.type, error.message, error.non_retryable) == ("Refused", "card_expired", True)


async def test_money_is_taken_once_and_journalled_once(case: Case, stand: Stands) -> None:
    room = Payments(case.wiring.database, case.wiring.payments)
    hold = (await held(case)()).hold
    capture = case.effect(Capture, hold=hold, amount=150_000)
    await stand["payments"].fail("capture", "lost_answer")
    assert (await fails(lambda: room.capture(capture))).type == "Uncertain"
    receipt = (await room.capture(capture)).receipt
    assert (await room.capture(capture)).receipt == receipt
    async with case.database.clinic(case.clinic) as session:
        lines = await payments.list_for(session, case.state.consultation)
    assert [(line.entry, line.amount) for line in lines] == [("authorised", 150_000), ("captured", 150_000)]
    assert lines[1].receipt == receipt


async def test_an_undo_of_a_reset_run_is_refused(case: Case, stand: Stands) -> None:
    """The record is ahead and does not ask for it: this run repeats its past."""
    room = Payments(case.wiring.database, case.wiring.payments)
    hold = (await held(case)()).hold
    undo = case.effect(CancelHold, hold=hold)
    await case.project()
    error = await fails(lambda: room.cancel(undo))
    assert (error.type, error.message) == ("Refused", "overtaken")
    assert await stand["payments"].ledger("cancel") == []


async def test_an_undo_that_the_record_shows_is_done_though_the_record_went_on(case: Case, stand: Stands) -> None:
    room = Payments(case.wiring.database, case.wiring.payments)
    hold = (await held(case)()).hold
    undo = case.effect(CancelHold, hold=hold)
    pending = Pending(effect=undo.activity, body=undo.model_dump(mode="json"), step="step", occurrence=1, since=NOW)
    await case.project(pending={"undo:step:1:payment.cancel": pending.model_dump()})
    await case.project()
    await room.cancel(undo)
    await room.cancel(undo)
    assert len(await stand["payments"].ledger("cancel")) == 1


async def test_an_undo_of_a_replaced_run_is_refused(case: Case, stand: Stands) -> None:
    room = (await opened(case)()).room
    effect = case.effect(CloseRoom, room=room)
    pending = Pending(effect=effect.activity, body=effect.model_dump(mode="json"), step="step", occurrence=1, since=NOW)
    await case.project(epoch=2, pending={effect.key: pending.model_dump()})
    assert (await fails(lambda: Video(case.wiring.database, case.wiring.video).close(effect))).message == "overtaken"


async def test_an_order_carries_the_protocols_tests_and_is_on_record(case: Case, stand: Stands) -> None:
    placed = await (await ordered(case))()
    async with case.database.clinic(case.clinic) as session:
        (kept,) = await orders.list_for(session, case.state.consultation)
    assert (kept.status, kept.number) == ("placed", placed.order)
    (made,) = await stand["north"].ledger("place")
    assert made["effect"]["tests"] == ["1005495", "1009497"]


async def test_what_a_laboratory_will_not_take_is_an_answer(case: Case, stand: Stands) -> None:
    act = await ordered(case)
    await stand["north"].fail("place", "refuse", code="closed_today")
    assert await act() == OrderPlaced(refused="closed_today")
    # The same effect again: the record knows the answer.
    assert await act() == OrderPlaced(refused="closed_today")


async def test_an_order_whose_content_was_changed_is_refused(case: Case, stand: Stands) -> None:
    written = await case.write()
    effect = case.effect(
        PlaceOrder,
        patient=case.patient.id,
        doctor=case.doctor,
        partner="north",
        content=written.id,
        sha256="0" * 64,
    )
    error = await fails(lambda: LabOrders(case.wiring.database, case.wiring.labs).place(effect))
    assert (error.type, error.message) == ("Refused", "content_changed")
    assert await stand["north"].ledger() == []


async def test_an_order_is_dropped_before_the_material_and_not_after(case: Case, stand: Stands) -> None:
    room = LabOrders(case.wiring.database, case.wiring.labs)
    number = (await (await ordered(case))()).order
    await stand["north"].post(f"/orders/{number}/material")
    effect = case.effect(CancelOrder, partner="north", order=number)
    assert (await room.cancel(effect)).cancelled is False
    async with case.database.clinic(case.clinic) as session:
        (kept,) = await orders.list_for(session, case.state.consultation)
    assert kept.status == "placed"


async def visit(case: Case, stand: Stands, on: str = "2026-02-20", **more: Any) -> None:
    said = {"id": "v-1", "doctor": case.doctor, "diagnosis": "I11.9", "on": on, "speciality": "therapy"}
    await stand["mis"].post("/_visits", {"patient_number": case.patient.number, "visits": [said | more]})


def sought(case: Case) -> Act:
    effect = case.effect(FindEvidence, patient=case.patient.id, speciality="therapy", not_older_than_days=180)
    return lambda: Eligibility(case.wiring.database, case.wiring.mis).find(effect)


async def test_a_visit_of_the_mis_is_kept_as_evidence_once(case: Case, stand: Stands) -> None:
    await visit(case, stand)
    found = await sought(case)()
    assert found.outcome == "met"
    (proof,) = found.proofs
    assert (proof.doctor, proof.diagnosis, proof.source) == (case.doctor, "I11.9", "mis")
    assert await sought(case)() == found


async def test_a_corrected_visit_counts_as_corrected(case: Case, stand: Stands) -> None:
    await visit(case, stand)
    first = await sought(case)()
    await visit(case, stand, diagnosis="I10")
    (proof,) = (await sought(case)()).proofs
    assert (proof.evidence, proof.diagnosis) == (first.proofs[0].evidence, "I10")


async def test_a_mis_that_knows_of_none_is_not_met_and_a_silent_one_is_asked_again(case: Case, stand: Stands) -> None:
    assert (await sought(case)()).outcome == "not_met"
    await stand["mis"].fail("visits", "fail_before")
    assert (await fails(sought(case))).type == "Unavailable"


async def test_with_evidence_on_record_a_silent_mis_stops_nobody(case: Case, stand: Stands) -> None:
    await visit(case, stand)
    known = await sought(case)()
    await stand["mis"].fail("visits", "fail_before")
    assert await sought(case)() == known


async def test_a_visit_too_long_ago_is_no_proof(case: Case, stand: Stands) -> None:
    await visit(case, stand, on="2025-01-01")
    assert (await sought(case)()).outcome == "not_met"
