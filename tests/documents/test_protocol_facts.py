"""The facts of a protocol name every act the law asks about, and no word of the text."""

import pytest
from pydantic import ValidationError

from domain.law.rows import LawAct
from domain.protocol import ProtocolContent, Treatment, protocol_facts
from pathways.kinds.protocol import Facts
from tests.documents.samples import FIRST_CONTACT, FOLLOW_UP


def test_a_follow_up_names_diagnosis_counts_and_acts() -> None:
    facts = protocol_facts(FOLLOW_UP)
    assert (facts.diagnosis, facts.prescriptions, facts.orders, facts.referrals) == ("I11.9", 1, 2, 1)
    assert set(facts.acts) == {
        LawAct.HISTORY,
        LawAct.ADVISE,
        LawAct.REFER,
        LawAct.ORDER_TESTS,
        LawAct.DIAGNOSE,
        LawAct.CORRECT_TREATMENT,
        LawAct.PRESCRIBE,
    }


def test_a_first_contact_names_nothing_that_needs_a_visit() -> None:
    assert set(protocol_facts(FIRST_CONTACT).acts) == {LawAct.HISTORY, LawAct.ADVISE, LawAct.REFER}


def test_a_first_treatment_is_said_to_be_one() -> None:
    started = FIRST_CONTACT.model_copy(update={"treatment": Treatment(change="start", text="Начать приём.")})
    assert LawAct.START_TREATMENT in protocol_facts(started).acts


def test_the_facts_are_what_the_protocol_step_takes() -> None:
    assert Facts.model_validate(protocol_facts(FOLLOW_UP).model_dump(mode="json"))
    assert "дискомфорт" not in protocol_facts(FOLLOW_UP).model_dump_json().lower()


def test_what_was_written_reads_back_the_same() -> None:
    assert ProtocolContent.model_validate_json(FOLLOW_UP.model_dump_json()) == FOLLOW_UP


@pytest.mark.parametrize(
    "wrong",
    [
        {"diagnosis": [{"kind": "complication", "code": "H35.0", "wording": "Ретинопатия"}]},
        {"diagnosis": [{"code": "Н35.0", "wording": "кириллическая Н"}]},
        {"complaints": "", "history": "", "conclusion": ""},
        {"orders": [{"code": "1005495", "name": "Калий"}, {"code": "1005495", "name": "Калий"}]},
    ],
)
def test_a_protocol_that_cannot_be_signed_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ProtocolContent.model_validate(FOLLOW_UP.model_dump(mode="json") | wrong)
