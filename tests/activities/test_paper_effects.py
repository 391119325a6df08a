"""Papers of the record: printed once a key, kept encrypted, signed as they are, issued once."""

import asyncio
from hashlib import sha256
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.prescription import Prescriptions
from activities.protocol import Papers
from activities.signature import Registrations
from domain.effects.prescription import IssuePrescription
from domain.effects.protocol import RenderDocument, Rendered
from domain.effects.signature import FindRegistration, RegisterDocument
from records import documents, signatures
from tests.activities.acting import Stands, fails
from tests.activities.conftest import NOW, Case

CMS = b"\x30\x03\x02\x01\x00"


async def effect_of(case: Case, paper: str = "protocol", **fields: Any) -> RenderDocument:
    written = await case.write()
    made: RenderDocument = case.effect(
        RenderDocument,
        paper=paper,
        content=written.id,
        sha256=written.sha256,
        patient=case.patient.id,
        doctor=case.doctor,
        **fields,
    )
    return made


def papers(case: Case) -> Papers:
    return Papers(case.wiring.database, case.wiring.storage, case.wiring.press)


async def signed(case: Case, rendered: Rendered, person: str | None = None) -> str:
    async with case.database.clinic(case.clinic) as session:
        kept = await signatures.add(
            session, rendered.document, rendered.sha256, person or case.doctor, "qualified", CMS, NOW
        )
    return kept.id


async def test_a_protocol_becomes_a_document_whose_bytes_have_its_digest(case: Case) -> None:
    rendered = await papers(case).render(await effect_of(case))
    async with case.database.clinic(case.clinic) as session:
        kept = await documents.get(session, rendered.document)
    assert kept is not None
    stored = await case.wiring.storage.get(case.clinic, kept.stored)
    assert sha256(stored).hexdigest() == rendered.sha256 == kept.sha256
    assert stored.startswith(b"%PDF-1.7")


async def test_the_same_key_is_the_same_document_also_when_two_tries_race(case: Case) -> None:
    effect = await effect_of(case)
    first, second = await asyncio.gather(papers(case).render(effect), papers(case).render(effect))
    assert first == second == await papers(case).render(effect)
    async with case.database.clinic(case.clinic) as session:
        assert len(await documents.list_for(session, case.state.consultation)) == 1


async def test_a_key_that_made_another_paper_makes_no_second_one(case: Case) -> None:
    effect = await effect_of(case)
    await papers(case).render(effect)
    other = effect.model_copy(update={"paper": "referral"})
    assert (await fails(lambda: papers(case).render(other))).message == "key_reused"


async def test_no_clear_byte_of_a_paper_touches_the_disk(case: Case) -> None:
    await papers(case).render(await effect_of(case))
    folder = case.wiring.settings.storage_folder
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert files
    assert not any(b"%PDF" in data for data in files)


async def test_content_that_is_not_what_the_act_named_is_refused(case: Case) -> None:
    effect = (await effect_of(case)).model_copy(update={"sha256": "0" * 64})
    error = await fails(lambda: papers(case).render(effect))
    assert (error.type, error.message) == ("Refused", "content_changed")


async def test_another_consultations_content_is_refused(case: Case) -> None:
    effect = (await effect_of(case)).model_copy(update={"consultation": "c-other"})
    assert (await fails(lambda: papers(case).render(effect))).message == "foreign_content"


@pytest.mark.parametrize("paper", ["prescription", "referral"])
async def test_an_item_that_the_protocol_does_not_have_is_refused(case: Case, paper: str) -> None:
    effect = await effect_of(case, paper, item=7)
    assert (await fails(lambda: papers(case).render(effect))).message == "no_such_item"


async def test_a_printing_process_that_is_killed_is_replaced(case: Case) -> None:
    await papers(case).render(await effect_of(case, part="0"))
    pool = case.wiring.press._pool
    assert pool is not None
    for process in list(pool._processes.values()):
        process.kill()
    effect = await effect_of(case, part="1")
    # The pool may not have noticed yet; what it tells then is that nothing was done.
    for _ in range(3):
        try:
            assert (await papers(case).render(effect)).document
            break
        except ApplicationError as error:
            told = error.type
    else:
        pytest.fail(f"still {told}")


async def issue(case: Case, rendered: Rendered, signature: str) -> IssuePrescription:
    made: IssuePrescription = case.effect(
        IssuePrescription,
        patient=case.patient.id,
        doctor=case.doctor,
        document=rendered.document,
        signature=signature,
        item=0,
    )
    return made


async def test_a_signed_form_is_issued_once(case: Case) -> None:
    rendered = await papers(case).render(await effect_of(case, "prescription"))
    effect = await issue(case, rendered, await signed(case, rendered))
    room = Prescriptions(case.wiring.database)
    first, second = await asyncio.gather(room.issue(effect), room.issue(effect))
    assert first == second == await room.issue(effect)


async def test_a_protocol_is_no_prescription_and_a_colleagues_signature_not_the_doctors(case: Case) -> None:
    room = Prescriptions(case.wiring.database)
    protocol = await papers(case).render(await effect_of(case))
    effect = await issue(case, protocol, await signed(case, protocol))
    error = await fails(lambda: room.issue(effect))
    assert error.message == "wrong_document"
    form = await papers(case).render(await effect_of(case, "prescription", part="0"))
    foreign = await issue(case, form, await signed(case, form, case.registrar))
    assert (await fails(lambda: room.issue(foreign))).message == "wrong_signature"


def registering(case: Case, rendered: Rendered, signature: str, part: str) -> RegisterDocument:
    made: RegisterDocument = case.effect(RegisterDocument, document=rendered.document, signature=signature, part=part)
    return made


async def test_a_registration_whose_answer_was_lost_is_not_sent_again(case: Case, stand: Stands) -> None:
    rendered = await papers(case).render(await effect_of(case))
    effect = registering(case, rendered, await signed(case, rendered), "1")
    room = Registrations(case.wiring.database, case.wiring.registry)
    await stand["registry"].fail("register", "lost_answer")
    assert (await fails(lambda: room.register(effect))).type == "Uncertain"
    await room.register(effect)
    (sent,) = await stand["registry"].ledger("register")
    assert sent["effect"]["metadata"]["sha256"] == rendered.sha256
    assert case.patient.family_name not in str(sent)


async def test_the_last_try_is_the_one_that_is_asked_about(case: Case, stand: Stands) -> None:
    rendered = await papers(case).render(await effect_of(case))
    signature = await signed(case, rendered)
    room = Registrations(case.wiring.database, case.wiring.registry)
    asking, again = (case.effect(FindRegistration, document=rendered.document, part="1", tries=n) for n in (1, 2))
    assert (await room.find(asking)).status == "pending"
    await stand["registry"].post("/_behave", {"reject": ["NO_SNILS"], "times": 1, "after": 0})
    await room.register(registering(case, rendered, signature, "1"))
    await decided(stand)
    found = await room.find(asking)
    assert (found.status, found.errors) == ("rejected", ("no_snils",))
    assert (await room.find(again)).status == "pending", "the second try is on its way, and the first one's fate is old"
    await room.register(registering(case, rendered, signature, "2"))
    await decided(stand)
    assert (await room.find(again)).status == "registered"


async def test_a_try_registered_after_all_counts_though_another_was_sent(case: Case, stand: Stands) -> None:
    rendered = await papers(case).render(await effect_of(case))
    signature = await signed(case, rendered)
    room = Registrations(case.wiring.database, case.wiring.registry)
    await stand["registry"].post("/_behave", {"after": 0})
    await room.register(registering(case, rendered, signature, "1"))
    await decided(stand)
    await stand["registry"].post("/_behave", {"reject": ["NO_SNILS"], "times": 1, "after": 0})
    await room.register(registering(case, rendered, signature, "2"))
    await decided(stand)
    found = await room.find(case.effect(FindRegistration, document=rendered.document, part="1", tries=2))
    assert found.status == "registered"
    assert found.number


async def decided(stand: Stands) -> None:
    """The stand decides by itself a moment later."""
    async with asyncio.timeout(10):
        while True:
            taken = await stand["registry"].ledger("register")
            done = await stand["registry"].ledger("registered") + await stand["registry"].ledger("rejected")
            if len(taken) == len(done):
                return
            await asyncio.sleep(0.05)
