from datetime import timedelta

from domain.effects.identity import CheckIdentity, ProveIdentity
from tests.pathways.kinds.desk import HOUR, PATIENT, Desk

PROOF = {"method": "esia", "session": "s-1"}


def asked_to_prove() -> Desk:
    desk = Desk("identity", level="confirmed")
    desk.settle(CheckIdentity, level="declared")
    return desk


def test_nobody_is_bothered_whose_level_is_enough() -> None:
    desk = Desk("identity", level="confirmed")
    desk.settle(CheckIdentity, level="confirmed")
    assert desk.outcome == "done"
    assert desk.outputs == {"level": "confirmed"}
    assert desk.tasks() == set()


def test_a_declared_level_is_enough_where_no_more_is_asked() -> None:
    desk = Desk("identity", level="declared")
    desk.settle(CheckIdentity, level="declared")
    assert desk.outcome == "done"


def test_the_patient_proves_and_is_done() -> None:
    desk = asked_to_prove()
    desk.act("prove", "prove", PATIENT, **PROOF)
    assert desk.asked(ProveIdentity)[0]["person"] == "p-patient"
    desk.settle(ProveIdentity, level="confirmed")
    assert desk.outcome == "done"


def test_a_second_proof_while_one_is_in_flight_is_refused() -> None:
    desk = asked_to_prove()
    desk.act("prove", "prove", PATIENT, **PROOF)
    assert desk.refused("prove", "prove", PATIENT, **PROOF).code == "busy"


def test_a_refused_proof_leaves_the_task_open_with_the_reason() -> None:
    desk = asked_to_prove()
    desk.act("prove", "prove", PATIENT, **PROOF)
    desk.settle(ProveIdentity, level="declared", refused="name_differs")
    assert desk.outcome is None
    assert desk.task("prove").data["refused"] == "name_differs"


def test_three_refused_proofs_fail_and_each_had_a_key_of_its_own() -> None:
    desk = asked_to_prove()
    for number in ("1", "2", "3"):
        desk.act("prove", "prove", PATIENT, **PROOF)
        desk.settle(ProveIdentity, part=number, level="declared", refused="name_differs")
    assert desk.outcome == "failed"


def test_a_silent_provider_costs_no_try() -> None:
    desk = asked_to_prove()
    for _ in range(4):
        desk.act("prove", "prove", PATIENT, **PROOF)
        assert desk.give_up(ProveIdentity)
    assert desk.outcome is None
    assert desk.task("prove").data["refused"] == "provider_silent"


def test_a_silent_record_is_a_matter_for_the_administrator() -> None:
    assert not Desk("identity").give_up(CheckIdentity)


def test_a_registrar_who_saw_the_passport_ends_the_waiting() -> None:
    desk = asked_to_prove()
    desk.fact("identity", event="confirmed")
    desk.settle(CheckIdentity, part="1", level="confirmed")
    assert desk.outcome == "done"


def test_nobody_proves_in_time() -> None:
    desk = asked_to_prove()
    desk.expire()
    assert desk.outcome == "timed_out"


def test_a_proof_begun_before_the_deadline_wins() -> None:
    desk = asked_to_prove()
    desk.wait(HOUR - timedelta(seconds=1))
    desk.act("prove", "prove", PATIENT, **PROOF)
    desk.expire()
    assert desk.outcome is None
    desk.settle(ProveIdentity, level="confirmed")
    assert desk.outcome == "done"


def test_a_proof_begun_in_time_and_refused_after_it_times_out() -> None:
    desk = asked_to_prove()
    desk.act("prove", "prove", PATIENT, **PROOF)
    desk.expire()
    desk.settle(ProveIdentity, level="declared", refused="name_differs")
    assert desk.outcome == "timed_out"
