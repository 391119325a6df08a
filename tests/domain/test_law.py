from datetime import date, timedelta

import pytest

from domain.acts import Refusal
from domain.law import guards
from domain.law.care import same_diagnosis
from domain.law.rows import DEMANDS, PERMITS, LawAct, Level, Paper, Permit, expiring
from domain.pathway import Care

TODAY = date(2026, 11, 23)
TRIAL = Permit(
    id="trial",
    act=LawAct.START_TREATMENT,
    care=Care.FOLLOW_UP,
    article="a trial regime",
    since=date(2026, 1, 1),
    until=date(2026, 12, 31),
    status="for_a_lawyer",
    source="test",
)


def test_every_act_has_a_row_of_today_with_an_article_and_a_source() -> None:
    for act in LawAct:
        rows = [row for row in PERMITS if row.act is act and row.in_force(TODAY)]
        assert rows, act
        assert all(row.article and row.source for row in rows)


def test_every_row_has_an_id_of_its_own_and_ends_after_it_begins() -> None:
    rows = [*PERMITS, *DEMANDS]
    assert len({row.id for row in rows}) == len(rows)
    assert all(row.until is None or row.since < row.until for row in rows)


@pytest.mark.parametrize("act", list(LawAct))
def test_what_a_level_permits_every_higher_one_permits_too(act: LawAct) -> None:
    def permitted(care: Care) -> bool:
        try:
            guards.act_is_lawful(act, care, TODAY)
        except Refusal:
            return False
        return True

    answers = [permitted(care) for care in Care]
    assert answers == sorted(answers)


def test_the_row_that_permits_is_returned_to_be_kept() -> None:
    rows = guards.acts_are_lawful([LawAct.HISTORY, LawAct.ADVISE, LawAct.HISTORY], Care.ADVICE, TODAY)
    assert [row.id for row in rows] == ["order-193n", "fz323-36.2-2-1-history", "fz323-36.2-2-1-advise"]


def test_the_procedure_is_the_one_in_force_on_the_day_of_the_act() -> None:
    change = date(2025, 9, 1)
    assert guards.consultation_is_lawful(change - timedelta(days=1)).id == "order-965n"
    assert guards.consultation_is_lawful(change).id == "order-193n"


def test_before_the_first_procedure_nothing_is_lawful() -> None:
    with pytest.raises(Refusal) as refused:
        guards.acts_are_lawful([LawAct.HISTORY], Care.ADVICE, date(2017, 12, 31))
    assert refused.value.params["expired"] is True


def test_an_expired_row_closes_what_it_permitted() -> None:
    table = [row for row in PERMITS if row.act is not LawAct.START_TREATMENT] + [TRIAL]
    assert guards.act_is_lawful(LawAct.START_TREATMENT, Care.FOLLOW_UP, date(2026, 12, 31), table) is TRIAL
    with pytest.raises(Refusal) as refused:
        guards.act_is_lawful(LawAct.START_TREATMENT, Care.FOLLOW_UP, date(2027, 1, 1), table)
    assert refused.value.params["article"] == "a trial regime"
    assert refused.value.params["expired"] is True


def test_a_second_row_may_permit_what_the_first_does_not() -> None:
    assert guards.act_is_lawful(LawAct.START_TREATMENT, Care.FOLLOW_UP, TODAY, [*PERMITS, TRIAL]) is TRIAL


def test_a_row_alarms_sixty_days_before_its_end() -> None:
    end = date(2025, 8, 31)
    assert [row.id for row in expiring(end - timedelta(days=60))] == ["order-965n"]
    assert expiring(end - timedelta(days=61)) == []
    assert expiring(end + timedelta(days=1)) == []


def test_a_protocol_and_a_prescription_need_a_qualified_signature() -> None:
    for paper in (Paper.PROTOCOL, Paper.PRESCRIPTION):
        assert guards.signature_is_enough(paper, Level.QUALIFIED, TODAY) is not None
        with pytest.raises(Refusal) as refused:
            guards.signature_is_enough(paper, Level.UNQUALIFIED, TODAY)
        assert refused.value.params["level"] == "qualified"


def test_a_referral_demands_no_signature_and_no_registration() -> None:
    assert guards.signature_is_enough(Paper.REFERRAL, Level.SIMPLE, TODAY) is None
    assert guards.registration_demanded(Paper.REFERRAL, TODAY) is None
    assert guards.registration_demanded(Paper.PROTOCOL, TODAY) is not None


def test_only_who_met_the_patient_met_the_patient() -> None:
    guards.met_the_patient("p-1", "p-1")
    for met_by in ("p-2", None):
        with pytest.raises(Refusal):
            guards.met_the_patient("p-1", met_by)


def test_a_subcode_is_another_diagnosis() -> None:
    assert same_diagnosis("i10 ", "I10")
    assert not same_diagnosis("I11", "I11.9")
    assert not same_diagnosis("I10", None)
