"""Consents, evidence, papers, signatures, prescriptions, orders, results, scores, money, messages."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError

from domain.effects.consent import ConsentDocument
from domain.effects.eligibility import Proof
from records import (
    clinics,
    consents,
    content,
    documents,
    evidence,
    notices,
    orders,
    payments,
    people,
    prescriptions,
    results,
    scores,
    signatures,
)
from records.ids import new_id

if TYPE_CHECKING:
    from tests.records.conftest import Ward

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONTRACT = ConsentDocument(id="contract", version=2, sha256="a" * 64)
TREATMENT = ConsentDocument(id="intervention", version=1, sha256="b" * 64)


async def test_a_consent_stands_for_the_exact_text_until_it_is_withdrawn(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:

        async def valid(at: datetime = NOW, *documents: ConsentDocument) -> tuple[str, ...]:
            return await consents.find_valid(session, ward.mother_patient, documents or (TREATMENT, CONTRACT), at)

        assert await valid() == ()
        given = await consents.record(
            session, ward.mother_patient, ward.mother, None, [TREATMENT, CONTRACT], "c-1", "agree", 1, NOW
        )
        again = await consents.record(
            session, ward.mother_patient, ward.mother, None, [TREATMENT, CONTRACT], "c-1", "agree", 1, NOW
        )
        assert given == again, "the same act keeps nothing twice"
        assert await valid() == ("intervention", "contract")
        assert await valid(NOW - timedelta(seconds=1)) == ()
        assert await valid(NOW, CONTRACT.model_copy(update={"version": 3})) == ()
        assert await valid(NOW, CONTRACT.model_copy(update={"sha256": "c" * 64})) == ()
        assert await consents.find_valid(session, ward.child_patient, [CONTRACT], NOW) == ()

        later = NOW + timedelta(days=1)
        assert await consents.withdraw(session, given[1], ward.mother, later)
        assert not await consents.withdraw(session, given[1], ward.mother, later)
        assert await valid(NOW) == ("intervention", "contract")
        assert await valid(later) == ("intervention",)
        listed = await consents.list_for(session, ward.mother_patient)
        assert {each.document: each.withdrawn_at for each in listed} == {"intervention": None, "contract": later}


async def test_nobody_consents_by_a_representation_of_somebody_else(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        rp = await people.represent(
            session, ward.mother, ward.child_patient, "parent", "d", date(2020, 1, 1), None, ward.doctor, NOW
        )
    for patient, person in ((ward.mother_patient, ward.mother), (ward.child_patient, ward.doctor)):
        with pytest.raises(IntegrityError):
            async with ward.db.clinic(ward.clinic) as session:
                await consents.record(session, patient, person, rp, [CONTRACT], "c-1", "agree", 1, NOW)


async def test_evidence_is_found_by_speciality_and_day_in_its_last_version(ward: "Ward") -> None:
    old = Proof(evidence=new_id("ev"), doctor=ward.doctor, diagnosis="I10", on=date(2025, 6, 1), source="mis")
    new = Proof(evidence=new_id("ev"), doctor=None, diagnosis="J06.9", on=date(2026, 2, 1), source="mis")
    async with ward.db.clinic(ward.clinic) as session:

        async def found(since: date = date(2025, 1, 1), speciality: str = "therapy") -> tuple[Proof, ...]:
            return await evidence.find(session, ward.mother_patient, speciality, since)

        await evidence.add(session, ward.mother_patient, "therapy", [old, new], None, NOW)
        await evidence.add(session, ward.mother_patient, "therapy", [old, new], None, NOW)
        assert await found() == (new, old)
        assert await found(date(2026, 1, 1)) == (new,)
        assert await found(speciality="surgery") == ()
        corrected = new.model_copy(update={"diagnosis": "J20.9"})
        await evidence.add(session, ward.mother_patient, "therapy", [corrected], None, NOW)
        assert await found() == (corrected, old)
        moved = old.model_copy(update={"on": date(2020, 1, 1)})
        await evidence.add(session, ward.mother_patient, "therapy", [moved], None, NOW)
        assert await found() == (corrected,), "an older version does not count any more"
    papers = old.model_copy(update={"evidence": new_id("ev"), "source": "papers"})
    with pytest.raises(IntegrityError):
        async with ward.db.clinic(ward.clinic) as session:
            await evidence.add(session, ward.mother_patient, "therapy", [papers], None, NOW)


async def paper(ward: "Ward", key: str = "k") -> documents.Document:
    async with ward.db.clinic(ward.clinic) as session:
        text = await content.write(session, "protocol", "c", "c", "t", ward.doctor, {"a": 1}, NOW)
        return await documents.add(
            session, key, "prescription", "c", ward.mother_patient, ward.doctor, text.id, "1" * 64, 9, "o", NOW
        )


async def test_a_key_renders_one_paper_whatever_a_retry_rendered(ward: "Ward") -> None:
    first = await paper(ward)
    async with ward.db.clinic(ward.clinic) as session:
        again = await documents.add(
            session, "k", "prescription", "c", ward.mother_patient, ward.doctor, first.content, "2" * 64, 9, "o2", NOW
        )
        assert again == first
        assert await documents.get(session, first.id) == first
        assert await documents.list_for(session, "c") == [first]


async def test_a_signature_is_of_the_papers_own_bytes(ward: "Ward") -> None:
    made = await paper(ward)
    async with ward.db.clinic(ward.clinic) as session:
        signed = await signatures.add(session, made.id, made.sha256, ward.doctor, "qualified", b"cms", NOW)
        again = await signatures.add(session, made.id, made.sha256, ward.doctor, "qualified", b"other", NOW)
        assert again == signed
        assert await signatures.get(session, signed.id) == signed
        assert await signatures.of_document(session, made.id) == [signed]
    with pytest.raises(IntegrityError):
        async with ward.db.clinic(ward.clinic) as session:
            await signatures.add(session, made.id, "f" * 64, ward.colleague, "qualified", b"cms", NOW)


async def test_a_prescription_is_issued_once_under_the_number_its_form_bears(ward: "Ward") -> None:
    made = await paper(ward)
    async with ward.db.clinic(ward.clinic) as session:
        signed = await signatures.add(session, made.id, made.sha256, ward.doctor, "qualified", b"cms", NOW)

    async def issue(item: int) -> str:
        async with ward.db.clinic(ward.clinic) as session:
            issued = await prescriptions.issue(
                session, f"N-{item}", "c", "rx", 1, item, ward.mother_patient, ward.doctor, made.id, signed.id, NOW
            )
            assert issued is not None
            return issued.number

    numbers = await asyncio.gather(*(issue(n % 3) for n in range(30)))
    assert numbers[:3] * 10 == list(numbers)
    async with ward.db.clinic(ward.clinic) as session:
        listed = await prescriptions.list_for(session, "c")
        assert await prescriptions.get(session, listed[0].id) == listed[0]
    assert len(listed) == 3
    assert [each.number for each in listed] == ["N-0", "N-1", "N-2"]
    async with ward.db.clinic(ward.clinic) as session:
        taken = (session, "N-0", "c", "rx", 2, 0, ward.mother_patient, ward.doctor, made.id, signed.id, NOW)
        assert await prescriptions.issue(*taken) is None
    other = await paper(ward, "k2")
    with pytest.raises(IntegrityError):
        async with ward.db.clinic(ward.clinic) as session:
            await prescriptions.issue(
                session, "N-9", "c", "rx", 2, 0, ward.mother_patient, ward.doctor, other.id, signed.id, NOW
            )


async def test_an_order_is_placed_once_and_its_results_are_its_patients(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        text = await content.write(session, "protocol", "c", "c", "t", ward.doctor, {"a": 1}, NOW)
        args = ("c", "c.labs.1", "labs", 1, ward.mother_patient, ward.doctor, "north", text.id, NOW)
        order = await orders.begin(session, "k", *args)
        await orders.place(session, "k", "N-1")
        again = await orders.begin(session, "k", *args)
        assert (again.id, again.status, again.number) == (order.id, "placed", "N-1")
        assert await orders.by_number(session, "north", "N-1") == again
        assert await orders.list_for(session, "c") == [again]

        kept = await results.keep(session, order.id, ward.mother_patient, "final", True, {"x": 1}, NOW)
        assert await results.keep(session, order.id, ward.mother_patient, "final", True, {"x": 1}, NOW) == kept
        assert await results.list_for(session, ward.mother_patient) == []
        assert await results.list_for(session, ward.mother_patient, delivered_only=False) == [kept]
        assert await results.deliver(session, kept.id, ward.doctor, NOW)
        assert not await results.deliver(session, kept.id, ward.doctor, NOW)
        (seen,) = await results.list_for(session, ward.mother_patient, consultation="c")
        assert seen == await results.get(session, kept.id)
        assert (seen.critical, seen.body, seen.consultation) == (True, {"x": 1}, "c")
        assert await orders.cancel(session, "north", "N-1")
        assert not await orders.cancel(session, "north", "N-1")

        refused = await orders.begin(session, "k2", *args)
        await orders.refuse(session, "k2", "no_reagent")
        assert (await orders.begin(session, "k2", *args)).refused == "no_reagent"
        assert refused.status == "sending"
    with pytest.raises(IntegrityError):
        async with ward.db.clinic(ward.clinic) as session:
            await results.keep(session, order.id, ward.child_patient, "final", False, {"y": 1}, NOW)


async def test_the_first_score_of_a_survey_stands(ward: "Ward", superuser: psycopg.AsyncConnection) -> None:
    async with ward.db.clinic(ward.clinic) as session:
        for value in (9, 1):
            await scores.record(session, "c", "nps", 1, ward.mother_patient, ward.doctor, value, None, NOW)
    cursor = await superuser.execute("SELECT score FROM score WHERE clinic_id = %s", [ward.clinic])
    assert await cursor.fetchall() == [(9,)]
    with pytest.raises(IntegrityError):
        async with ward.db.clinic(ward.clinic) as session:
            await scores.record(session, "c", "nps", 2, ward.mother_patient, None, 11, None, NOW)


async def test_the_money_journal_takes_a_key_once_and_ends_a_hold_once(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        for _ in range(2):
            assert await payments.note(session, "k1", "c", "authorised", 150_000, NOW, hold="h-1")

    async def capture() -> bool:
        async with ward.db.clinic(ward.clinic) as session:
            return await payments.note(session, "k2", "c", "captured", 150_000, NOW, hold="h-1", receipt="r-1")

    assert all(await asyncio.gather(*(capture() for _ in range(20))))
    async with ward.db.clinic(ward.clinic) as session:
        assert not await payments.note(session, "k3", "c", "cancelled", 0, NOW, hold="h-1")
        assert [each.entry for each in await payments.list_for(session, "c")] == ["authorised", "captured"]


async def test_a_message_is_remembered_per_person(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        for person in (ward.mother, ward.doctor, ward.mother):
            await notices.remember(session, "k", person, "come", "sms", NOW)
        assert await notices.sent(session, "k") == {ward.mother, ward.doctor}


async def test_a_clinic_is_saved_and_read_back(ward: "Ward") -> None:
    async with ward.db.clinic(ward.clinic) as session:
        found = await clinics.get(session)
        assert found is not None
        changed = found.model_copy(update={"folder": {"pools": {"therapists": {"capacity": 1}}}})
        await clinics.save(session, changed, NOW)
        assert await clinics.get(session) == changed
    async with ward.db.system() as session:
        assert ward.clinic in await clinics.list_ids(session)
