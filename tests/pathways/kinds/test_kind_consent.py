from typing import Any

from domain.effects.consent import FindConsents, RecordConsents
from tests.pathways.kinds.desk import MOTHER, PATIENT, SHA, Desk

CONTRACT = {"id": "contract", "version": 2, "sha256": SHA}
INTERVENTION = {"id": "intervention", "version": 5, "sha256": SHA}
DOCUMENTS = [{"id": "contract", "by": "payer"}, {"id": "intervention", "reuse": True}]


def agree(*valid: str, **more: Any) -> Desk:
    desk = Desk("consent", documents=DOCUMENTS, **more)
    desk.settle(FindConsents, valid=list(valid))
    return desk


def test_only_documents_that_may_be_reused_are_looked_for() -> None:
    desk = Desk("consent", documents=DOCUMENTS)
    assert [d["id"] for d in desk.asked(FindConsents)[0]["documents"]] == ["intervention"]


def test_a_document_that_is_never_reused_is_asked_at_once() -> None:
    desk = Desk("consent", documents=[{"id": "contract"}])
    assert desk.task("agree").data["documents"] == [CONTRACT]


def test_nothing_missing_asks_nobody() -> None:
    desk = Desk("consent", documents=[{"id": "intervention", "reuse": True}])
    desk.settle(FindConsents, valid=["intervention"])
    assert desk.outcome == "agreed"
    assert desk.outputs == {"reused": ["intervention"], "accepted": []}


def test_only_what_has_no_valid_consent_is_asked() -> None:
    desk = agree("intervention")
    assert desk.task("agree").data["documents"] == [CONTRACT]
    desk.act("agree", "accept", PATIENT, documents=[CONTRACT])
    desk.settle(RecordConsents, consents=["cs-1"])
    assert desk.outputs == {"reused": ["intervention"], "accepted": ["contract"]}


def test_accepting_names_exactly_the_pinned_documents() -> None:
    desk = agree()
    for wrong in (
        [CONTRACT],
        [CONTRACT, CONTRACT],
        [CONTRACT, {**INTERVENTION, "version": 4}],
        [CONTRACT, {**INTERVENTION, "sha256": "c" * 64}],
        [CONTRACT, INTERVENTION, {**INTERVENTION, "id": "recording"}],
        [],
    ):
        assert desk.refused("agree", "accept", PATIENT, documents=wrong).code == "wrong_documents"
    desk.act("agree", "accept", PATIENT, documents=[INTERVENTION, CONTRACT])
    assert desk.outcome is None
    desk.settle(RecordConsents, consents=["cs-1", "cs-2"])
    assert desk.outcome == "agreed"


def test_a_representative_accepts_with_his_ground() -> None:
    desk = agree()
    desk.act("agree", "accept", MOTHER, documents=[CONTRACT, INTERVENTION])
    kept = desk.asked(RecordConsents)[0]
    assert (kept["person"], kept["representation"], kept["patient"]) == ("p-mother", "rp-1", "pt-1")


def test_another_payer_accepts_his_own_documents_himself() -> None:
    desk = agree(state={"payer": "p-payer"})
    payer = PATIENT.model_copy(update={"person": "p-payer", "patient": None})
    assert desk.refused("agree_payer", "accept", PATIENT, documents=[CONTRACT]).code == "not_yours"
    desk.act("agree_payer", "accept", payer, documents=[CONTRACT])
    desk.settle(RecordConsents, part="agree_payer", consents=["cs-1"])
    assert desk.outcome is None
    desk.act("agree", "accept", PATIENT, documents=[INTERVENTION])
    desk.settle(RecordConsents, consents=["cs-2"])
    assert desk.outcome == "agreed"


def test_who_does_not_agree_ends_it() -> None:
    desk = agree()
    desk.act("agree", "decline", PATIENT)
    assert desk.outcome == "declined"


def test_an_unreadable_record_asks_for_everything() -> None:
    desk = Desk("consent", documents=DOCUMENTS)
    assert desk.give_up(FindConsents)
    assert desk.task("agree").data["documents"] == [CONTRACT, INTERVENTION]


def test_nobody_agrees_in_time() -> None:
    desk = agree()
    desk.expire()
    assert desk.outcome == "timed_out"


def test_a_consent_given_in_time_is_kept_after_the_deadline() -> None:
    desk = agree()
    desk.act("agree", "accept", PATIENT, documents=[CONTRACT, INTERVENTION])
    desk.expire()
    desk.settle(RecordConsents, consents=["cs-1", "cs-2"])
    assert desk.outcome == "agreed"


def test_one_of_two_persons_in_time_is_not_enough() -> None:
    desk = agree(state={"payer": "p-payer"})
    desk.act("agree", "accept", PATIENT, documents=[INTERVENTION])
    desk.expire()
    desk.settle(RecordConsents, consents=["cs-1"])
    assert desk.outcome == "timed_out"


def test_what_is_given_again_is_withdrawn_no_more() -> None:
    desk = Desk("consent", documents=[{"id": "recording"}], state={"withdrawn": ["disclosure", "recording"]})
    recording = {"id": "recording", "version": 3, "sha256": SHA}
    desk.act("agree", "accept", PATIENT, documents=[recording])
    desk.settle(RecordConsents, consents=["cs-1"])
    assert desk.state.withdrawn == ["disclosure"]
