from domain.effects.payment import Authorise, CancelHold
from tests.pathways.kinds.desk import PATIENT, Desk


def pay() -> Desk:
    return Desk("payment", service="visit")


def test_a_held_payment_leaves_what_the_end_decides_by() -> None:
    desk = pay()
    assert desk.task("pay").data == {"amount": 150_000, "service": "visit"}
    desk.act("pay", "pay", PATIENT, means="tok-1")
    desk.settle(Authorise, hold="h-1")
    assert desk.outcome == "held"
    assert desk.outputs == {"hold": "h-1", "amount": 150_000, "costs": 20_000}
    assert [undo.effect for undo in desk.state.undos] == [CancelHold.activity]


def test_a_second_payment_cannot_be_sent_while_one_is_in_flight() -> None:
    desk = pay()
    desk.act("pay", "pay", PATIENT, means="tok-1")
    assert desk.tasks() == set()


def test_a_declined_card_may_be_followed_by_another_with_a_key_of_its_own() -> None:
    desk = pay()
    desk.act("pay", "pay", PATIENT, means="tok-1")
    first = desk.key(Authorise, None)
    desk.settle(Authorise, declined="no_funds")
    assert desk.outcome is None
    assert desk.task("pay").data["declined"] == "no_funds"
    desk.act("pay", "pay", PATIENT, means="tok-2")
    assert desk.key(Authorise, None) != first
    desk.settle(Authorise, hold="h-2")
    assert desk.outcome == "held"


def test_who_will_not_pay_declines() -> None:
    desk = pay()
    desk.act("pay", "refuse", PATIENT)
    assert desk.outcome == "declined"


def test_the_payer_is_another_person_where_one_is_named() -> None:
    desk = Desk("payment", service="visit", state={"payer": "p-payer"})
    assert desk.refused("pay", "pay", PATIENT, means="tok-1").code == "not_yours"
    desk.act("pay", "pay", PATIENT.model_copy(update={"person": "p-payer", "patient": None}), means="tok-1")
    assert desk.asked(Authorise)[0]["payer"] == "p-payer"


def test_a_provider_that_refuses_holds_nothing() -> None:
    desk = pay()
    desk.act("pay", "pay", PATIENT, means="tok-1")
    assert desk.give_up(Authorise, "Refused")
    assert desk.task("pay").data["declined"] == "provider_refused"


def test_an_uncertain_hold_is_a_matter_for_a_person() -> None:
    desk = pay()
    desk.act("pay", "pay", PATIENT, means="tok-1")
    assert not desk.give_up(Authorise, "Uncertain")


def test_nobody_pays_in_time() -> None:
    desk = pay()
    desk.expire()
    assert desk.outcome == "timed_out"


def test_time_over_after_a_decline_is_a_decline() -> None:
    desk = pay()
    desk.act("pay", "pay", PATIENT, means="tok-1")
    desk.settle(Authorise, declined="no_funds")
    desk.expire()
    assert desk.outcome == "declined"


def test_money_on_its_way_at_the_deadline_is_waited_for() -> None:
    desk = pay()
    desk.act("pay", "pay", PATIENT, means="tok-1")
    desk.expire()
    assert desk.outcome is None
    desk.settle(Authorise, hold="h-1")
    assert desk.outcome == "held"


def test_money_on_its_way_and_declined_after_the_deadline_is_a_decline() -> None:
    desk = pay()
    desk.act("pay", "pay", PATIENT, means="tok-1")
    desk.expire()
    desk.settle(Authorise, declined="no_funds")
    assert desk.outcome == "declined"


def test_a_hold_that_comes_after_the_step_was_closed_is_freed() -> None:
    desk = pay()
    desk.act("pay", "pay", PATIENT, means="tok-1")
    desk.late(Authorise, hold="h-1")
    assert desk.asked(CancelHold)[0]["hold"] == "h-1"


def test_a_free_service_asks_nobody() -> None:
    desk = Desk("payment", service="free")
    assert desk.outcome == "held"
    assert "hold" not in desk.outputs


def test_a_hold_that_stays_uncertain_is_a_persons_and_the_step_ends_by_its_deadline() -> None:
    desk = pay()
    desk.act("pay", "pay", PATIENT, means="tok-1")
    desk.give_up(Authorise, "Uncertain")
    desk.expire()
    assert desk.outcome == "timed_out"
    desk.late(Authorise, hold="h-1")
    assert desk.asked(CancelHold)[0]["hold"] == "h-1"
