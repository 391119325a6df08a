"""Who people are, and how they are told."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.identity import Identity
from activities.notify import TRIES, Notices
from domain.effects.identity import CheckIdentity, ProveIdentity
from domain.effects.notify import Deliver, Tell, Told
from domain.people import IdentityLevel, Owner, Role
from domain.texts import TEXTS
from records import people
from tests.activities.acting import Stands, fails
from tests.activities.conftest import NOW, Case

HIM = {"surname": "СЕЛЬЧЕНКОВ", "name": "Петр", "patronymic": "Владимирович", "birth_date": "17.02.1960"}


async def proved(case: Case, stand: Stands, attributes: dict[str, str], **fields: Any) -> Any:
    room = Identity(case.wiring.database, case.wiring.identity)
    begun = await case.wiring.identity.begin(f"k-{case.clinic}", "http://127.0.0.1/back")
    await stand["identity"].post(f"/sessions/{begun.session}/confirm", {"attributes": attributes})
    effect = {"patient": case.patient.id, "person": case.patient.person, "method": "esia", "session": begun.session}
    return await room.prove(case.effect(ProveIdentity, **(effect | fields)))


async def level(case: Case) -> IdentityLevel:
    room = Identity(case.wiring.database, case.wiring.identity)
    return (await room.check(case.effect(CheckIdentity, patient=case.patient.id))).level


async def test_a_proof_of_the_same_person_confirms(case: Case, stand: Stands) -> None:
    assert await level(case) is IdentityLevel.DECLARED
    found = await proved(case, stand, HIM)
    assert (found.level, found.refused) == (IdentityLevel.CONFIRMED, None)
    assert await level(case) is IdentityLevel.CONFIRMED


async def test_a_proof_of_somebody_else_is_a_mismatch_and_confirms_nothing(case: Case, stand: Stands) -> None:
    for changed in ({"surname": "Иванов"}, {"birth_date": "1960-02-18"}, {"birth_date": ""}, {"patronymic": "Ильич"}):
        found = await proved(case, stand, HIM | changed)
        assert (found.level, found.refused) == (IdentityLevel.DECLARED, "mismatch")
        await stand["identity"].post("/_reset")


async def test_a_birth_date_alone_is_not_enough(case: Case, stand: Stands) -> None:
    assert (await proved(case, stand, {"birth_date": "1960-02-17"})).refused == "mismatch"


async def test_a_representative_proves_himself_never_whom_he_represents(case: Case, stand: Stands) -> None:
    mother = next(p for p in case.phones if p not in (case.patient.person, case.doctor, case.registrar))
    assert (await proved(case, stand, HIM, person=mother)).refused == "no_own_record"


async def test_a_session_that_was_given_up_says_why(case: Case, stand: Stands) -> None:
    begun = await case.wiring.identity.begin("k-refused", "http://127.0.0.1/back")
    await stand["identity"].post(f"/sessions/{begun.session}/refuse", {"code": "denied"})
    room = Identity(case.wiring.database, case.wiring.identity)
    effect = case.effect(
        ProveIdentity,
        patient=case.patient.id,
        person=case.patient.person,
        method="esia",
        session=begun.session,
    )
    found = await room.prove(effect)
    assert (found.level, found.refused) == (IdentityLevel.DECLARED, "denied")


async def test_a_registrars_word_is_read_from_the_record(case: Case, stand: Stands) -> None:
    room = Identity(case.wiring.database, case.wiring.identity)
    effect = case.effect(
        ProveIdentity, patient=case.patient.id, person=case.patient.person, method="registrar", session="seen-1"
    )
    assert (await room.prove(effect)).refused == "not_seen"
    async with case.database.clinic(case.clinic) as session:
        await people.confirm_identity(session, case.patient.id, case.patient.person, "registrar", "seen-1", NOW)
    assert (await room.prove(effect)).level is IdentityLevel.CONFIRMED


async def outbox(case: Case, stand: Stands, person: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await stand["sms"].get("/outbox", to=case.phones[person]))["items"]
    return found


async def test_the_patient_and_who_represents_him_are_told_once_each(case: Case, stand: Stands) -> None:
    room = Notices(case.wiring.database, case.wiring.notifier)
    effect = case.effect(Tell, to=Owner(patient=case.patient.id), text="result_ready", part="result_ready")
    assert (await room.tell(effect)).people == 2
    assert (await room.tell(effect)).people == 2
    messages = await outbox(case, stand, case.patient.person)
    assert [message["text"] for message in messages] == [TEXTS["result_ready"].ru]
    assert len(await stand["sms"].ledger("send")) == 2


async def test_one_who_cannot_be_reached_holds_up_nobody_and_is_tried_again(case: Case, stand: Stands) -> None:
    room = Notices(case.wiring.database, case.wiring.notifier)
    effect = case.effect(Tell, to=Owner(patient=case.patient.id), text="result_ready", part="x")
    await stand["sms"].fail("send", "lost_answer")
    error = await fails(lambda: room.tell(effect))
    assert error.type == "Uncertain"
    assert len(await stand["sms"].ledger("send")) == 2
    assert (await room.tell(effect)).people == 2
    assert len(await stand["sms"].ledger("send")) == 2


async def test_an_urgent_message_rings(case: Case, stand: Stands) -> None:
    room = Notices(case.wiring.database, case.wiring.notifier)
    await room.tell(case.effect(Tell, to=Owner(role=Role.REGISTRAR), text="call_back_now", urgent=True))
    (message,) = await outbox(case, stand, case.registrar)
    assert message["channel"] == "voice"


async def test_a_text_of_no_catalogue_is_refused(case: Case, stand: Stands) -> None:
    room = Notices(case.wiring.database, case.wiring.notifier)
    error = await fails(lambda: room.tell(case.effect(Tell, to=Owner(role=Role.REGISTRAR), text="hello")))
    assert isinstance(error, ApplicationError)
    assert error.message == "no_such_text"


def delivering(case: Case, to: Owner) -> Deliver:
    effect: Deliver = case.effect(Deliver, to=to)
    return effect


async def test_a_delivered_message_says_outside_only_that_it_waits(case: Case, stand: Stands) -> None:
    room = Notices(case.wiring.database, case.wiring.notifier)
    effect = delivering(case, Owner(patient=case.patient.id))
    assert (await room.deliver(effect)).people == 2
    assert (await room.deliver(effect)).people == 2
    (message,) = await outbox(case, stand, case.patient.person)
    assert (message["text"], message["channel"]) == (TEXTS["message_waits"].ru, "sms")
    assert len(await stand["sms"].ledger("send")) == 2


@pytest.mark.parametrize("mode", ["fail_before", "fail_after_commit", "lost_answer", "twice"])
@pytest.mark.parametrize("call", ["find", "send"])
async def test_whatever_fails_a_message_is_delivered_once_each(case: Case, stand: Stands, call: str, mode: str) -> None:
    room = Notices(case.wiring.database, case.wiring.notifier)
    effect = delivering(case, Owner(person=case.doctor))
    await stand["sms"].fail(call, mode)
    if mode != "twice":
        uncertain = call == "send" and mode != "fail_before"
        assert (await fails(lambda: room.deliver(effect))).type == ("Uncertain" if uncertain else "Unavailable")
    assert (await room.deliver(effect)).people == 1
    assert len(await stand["sms"].ledger("send")) == 1


async def test_whom_no_message_can_reach_is_nobody_and_no_error(case: Case, stand: Stands) -> None:
    room = Notices(case.wiring.database, case.wiring.notifier)
    for to in (Owner(person="p-unknown"), Owner(role=Role.CASHIER), Owner(patient="pt-none")):
        assert (await room.deliver(delivering(case, to))).people == 0
    await stand["sms"].fail("send", "refuse", times=2, code="blocked_number")
    assert (await room.deliver(delivering(case, Owner(person=case.doctor)))).people == 0
    assert await stand["sms"].ledger("send") == []


async def attempt(number: int, room: Notices, effect: Deliver) -> Told:
    """The activity as the worker runs its n-th try."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=number)
    told: Told = await environment.run(room.deliver, effect)
    return told


async def test_who_stays_out_of_reach_does_not_make_what_reached_the_other_undelivered(
    case: Case, stand: Stands
) -> None:
    room = Notices(case.wiring.database, case.wiring.notifier)
    effect = delivering(case, Owner(patient=case.patient.id))
    await stand["sms"].fail("send", "fail_before")
    await fails(lambda: attempt(1, room, effect))  # one of the two is told
    for number in range(2, TRIES):
        await stand["sms"].fail("send", "fail_before")
        await fails(partial(attempt, number, room, effect))
    await stand["sms"].fail("send", "fail_before")
    assert (await attempt(TRIES, room, effect)).people == 1
    assert len(await stand["sms"].ledger("send")) == 1


async def test_while_nobody_is_reached_it_is_tried_for_as_long_as_there_is_patience(case: Case, stand: Stands) -> None:
    room = Notices(case.wiring.database, case.wiring.notifier)
    await stand["sms"].fail("send", "fail_before")
    error = await fails(lambda: attempt(TRIES + 20, room, delivering(case, Owner(person=case.doctor))))
    assert error.type == "Unavailable"
