"""Effects on the record alone: the same again changes nothing."""

from typing import Any

import pytest

from activities.consent import Consents
from activities.projection import Projection
from activities.queue import Queue
from activities.results import Results
from activities.survey import Survey
from domain.effects.consent import ConsentDocument, FindConsents, RecordConsents
from domain.effects.queue import FreeSeat, JoinLine, LeaveLine
from domain.effects.results import DeliverResult, FetchResults
from domain.effects.survey import RecordScore
from domain.snapshot import Snapshot
from records import consultations, duty, results, seats, waits
from tests.activities.acting import Stands, fails, ordered
from tests.activities.conftest import NOW, Case

TEXT = ConsentDocument(id="intervention", version=1, sha256="a" * 64)


async def test_a_consent_just_given_is_found_and_kept_once(case: Case) -> None:
    room = Consents(case.database)
    find = case.effect(FindConsents, patient=case.patient.id, documents=[TEXT])
    assert (await room.find(find)).valid == ()
    record = case.effect(
        RecordConsents,
        patient=case.patient.id,
        person=case.patient.person,
        representation=None,
        documents=[TEXT],
    )
    assert (await room.record(record)).consents == (await room.record(record)).consents
    assert (await room.find(find)).valid == ("intervention",)
    other = find.model_copy(update={"documents": (TEXT.model_copy(update={"version": 2}),)})
    assert (await room.find(other)).valid == ()


async def test_a_snapshot_sent_twice_is_taken_once(case: Case) -> None:
    state = case.state.model_copy(update={"revision": case.state.revision + 1})
    snapshot = Snapshot(state=state, transitions=())
    room = Projection(case.database, case.wiring.line)
    await room.project(snapshot)
    await room.project(snapshot)
    async with case.database.clinic(case.clinic) as session:
        kept = await consultations.state(session, state.workflow)
    assert kept is not None
    assert kept.revision == state.revision


def line(case: Case) -> Queue:
    return Queue(case.database, case.wiring.line, case.wiring.estimate)


async def test_who_joins_again_keeps_his_place_and_the_first_prediction(case: Case) -> None:
    join = case.effect(JoinLine, pool="therapists")
    first = await line(case).join(join)
    async with case.database.clinic(case.clinic) as session:
        await duty.on(session, case.doctor, ["therapists"], NOW)
    again = await line(case).join(join.model_copy(update={"part": "joins.1"}))
    assert again == first
    assert await case.wiring.line.position(case.clinic, "therapists", join.reference) == 1


async def test_a_free_doctor_on_duty_makes_the_wait_short(case: Case) -> None:
    nobody = await line(case).join(case.effect(JoinLine, pool="therapists", step="a"))
    async with case.database.clinic(case.clinic) as session:
        await duty.on(session, case.doctor, ["therapists"], NOW)
    other = case.effect(JoinLine, pool="therapists", step="b")
    somebody = await line(case).join(other)
    assert somebody.low < nobody.low or somebody.high < nobody.high


async def test_leaving_the_line_says_whether_a_doctor_took_him(case: Case) -> None:
    join = case.effect(JoinLine, pool="therapists")
    await line(case).join(join)
    async with case.database.clinic(case.clinic) as session:
        seat = await seats.take(session, case.doctor, join.workflow, "step", 1, 1, NOW)
    leave = case.effect(LeaveLine, pool="therapists")
    await line(case).leave(leave)
    await line(case).leave(leave)
    async with case.database.clinic(case.clinic) as session:
        assert await waits.standing(session, "therapists") == []
        assert len(await waits.recent(session, "therapists", NOW)) == 1
    assert await case.wiring.line.position(case.clinic, "therapists", join.reference) is None
    await line(case).free_seat(case.effect(FreeSeat, doctor=case.doctor, seat=seat.id))
    async with case.database.clinic(case.clinic) as session:
        assert await seats.of_doctor(session, case.doctor) == []


async def test_a_score_is_kept_and_the_first_stands(case: Case) -> None:
    room = Survey(case.database)
    effect = case.effect(RecordScore, patient=case.patient.id, doctor=case.doctor, score=9, comment=None)
    await room.record(effect)
    await room.record(effect.model_copy(update={"score": 1}))


def results_of(case: Case) -> Results:
    return Results(case.database, case.wiring.labs, case.wiring.storage, case.wiring.notifier)


async def measured(case: Case, stand: Stands, **said: Any) -> FetchResults:
    number = (await (await ordered(case))()).order
    await stand["north"].post(f"/orders/{number}/material")
    await stand["north"].post(f"/orders/{number}/results", said)
    made: FetchResults = case.effect(FetchResults, patient=case.patient.id, partner="north", order=number)
    return made


async def test_nothing_measured_yet_is_none(case: Case, stand: Stands) -> None:
    number = (await (await ordered(case))()).order
    effect = case.effect(FetchResults, patient=case.patient.id, partner="north", order=number)
    assert (await results_of(case).fetch(effect)).status == "none"


async def test_a_final_result_is_kept_once_and_opened_to_its_patient(case: Case, stand: Stands) -> None:
    effect = await measured(case, stand)
    found = await results_of(case).fetch(effect)
    assert (found.status, found.critical) == ("final", False)
    assert await results_of(case).fetch(effect) == found
    async with case.database.clinic(case.clinic) as session:
        assert await results.list_for(session, case.patient.id) == []
    deliver = case.effect(DeliverResult, patient=case.patient.id, result_id=found.result, by=case.doctor)
    await results_of(case).deliver(deliver)
    async with case.database.clinic(case.clinic) as session:
        (shown,) = await results.list_for(session, case.patient.id)
    assert case.patient.number not in str(shown.body)
    foreign = deliver.model_copy(update={"patient": "pt-other"})
    assert (await fails(lambda: results_of(case).deliver(foreign))).message == "foreign_result"


async def test_a_critical_value_is_said_to_be_one(case: Case, stand: Stands) -> None:
    assert (await results_of(case).fetch(await measured(case, stand, critical=True))).critical


@pytest.mark.parametrize("wrong", [{"patient_number": "M-0"}, {"birth_date": "1961-02-17"}])
async def test_another_persons_result_is_shut_away_and_a_registrar_told_once(
    case: Case, stand: Stands, wrong: dict[str, str]
) -> None:
    effect = await measured(case, stand, **wrong)
    for _ in range(2):
        found = await results_of(case).fetch(effect)
        assert (found.status, found.result) == ("none", None)
    async with case.database.clinic(case.clinic) as session:
        assert await results.list_for(session, case.patient.id, delivered_only=False) == []
    said = await case.wiring.labs["north"].results(effect.order)
    stored = await case.wiring.storage.get(case.clinic, f"quarantine/north/{effect.order}/{said.id}")
    assert said.id in stored.decode()
    messages = (await stand["sms"].get("/outbox", to=case.phones[case.registrar]))["items"]
    assert len(messages) == 1
