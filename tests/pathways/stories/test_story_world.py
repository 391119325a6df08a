"""The world of a story: every effect has its usual answer, and a story changes what it says and nothing else."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.base import Json
from domain.effects import Done, Effect, load
from domain.state import Pending
from pathways.stories.language import Answer, Fails
from pathways.stories.world import USUAL, Answers, Failed, Setting, changed, usual

AT = datetime(2026, 3, 2, 7, tzinfo=UTC)
FIELDS: dict[str, Json] = {
    "clinic": "cl-1",
    "consultation": "c-1",
    "workflow": "c-1",
    "step": "step",
    "at": AT.isoformat(),
    "slot": "slot-20260303T070000Z",
    "documents": [{"id": "contract", "version": 1, "sha256": "a" * 64}],
}


def setting() -> Setting:
    return Setting(diagnosis="I10", seen=date(2026, 2, 16))


def asked(kind: type[Effect], **more: Any) -> Effect:
    """An effect of a type with as much of a body as answers look at."""
    fields = {"order": "L-1", **FIELDS, **more, "at": AT}
    known = {name: value for name, value in fields.items() if name in kind.model_fields}
    return kind.model_construct(**{**known, "documents": ("contract",)})


def pending(effect: str, body: dict[str, Json], step: str = "step") -> Pending:
    base = {name: FIELDS[name] for name in ("clinic", "consultation", "workflow", "at")}
    return Pending(effect=effect, body={**base, "step": step, **body}, step=step, occurrence=1, since=AT)


PAY = {"payer": "p-1", "service": "visit", "amount": 100, "means": "m"}


@pytest.mark.parametrize("name", sorted(load()))
def test_every_effect_has_a_usual_answer_of_its_own_type(name: str) -> None:
    kind = load()[name]
    answer = usual(setting(), asked(kind))
    assert type(answer) is kind.result


def test_an_effect_with_something_to_tell_and_no_answer_would_be_noticed() -> None:
    class Unheard(Effect):
        pass

    Unheard.result = load()["payment.authorise"].result
    with pytest.raises(KeyError):
        usual(setting(), asked(Unheard))


def test_the_table_answers_no_effect_that_is_only_done() -> None:
    assert [kind for kind in USUAL if kind.result is Done] == []


def test_what_a_story_says_changes_its_fields_and_what_follows_from_them() -> None:
    held = usual(setting(), asked(load()["payment.authorise"]))
    assert changed(held, {"declined": "no_funds"}).model_dump() == {"hold": None, "declined": "no_funds"}
    found = usual(setting(), asked(load()["eligibility.find"]))
    assert changed(found, {"outcome": "unknown"}).model_dump()["proofs"] == ()
    assert len(changed(found, {"outcome": "met"}).model_dump()["proofs"]) == 1
    booked = usual(setting(), asked(load()["appointment.book"]))
    assert changed(booked, {"booking": "none"}).model_dump()["booking"] is None


def test_a_booking_begins_when_its_slot_does() -> None:
    booked = usual(setting(), asked(load()["appointment.book"])).model_dump()
    assert booked["starts"] == datetime(2026, 3, 3, 7, tzinfo=UTC)


def test_once_is_used_up_and_the_rest_holds_from_then_on() -> None:
    answers = Answers(setting())
    answers.said += [
        Answer.model_validate({"world": {"payment.authorise": {"declined": "later"}}}),
        Fails(fails="payment.authorise", error="Refused", once=True),
    ]
    ask = pending("payment.authorise", PAY)
    with pytest.raises(Failed) as failed:
        answers.answer(ask)
    assert failed.value.error == "Refused"
    assert answers.answer(ask)["declined"] == "later"
    assert answers.answer(ask)["declined"] == "later"
    answers.works("payment.authorise")
    assert answers.answer(ask)["hold"] is not None


def test_what_is_said_of_one_step_is_not_said_of_another() -> None:
    answers = Answers(setting())
    answers.said.append(Fails(fails="payment.authorise", on="pay"))
    assert answers.answer(pending("payment.authorise", PAY, step="again"))["hold"] is not None
    with pytest.raises(Failed):
        answers.answer(pending("payment.authorise", PAY, step="pay"))


def test_taking_back_what_was_said_of_one_effect_leaves_the_other() -> None:
    answers = Answers(setting())
    both = {"payment.authorise": {"declined": "no"}, "notify.tell": {"people": 0}}
    answers.said.append(Answer.model_validate({"world": both}))
    answers.works("payment.authorise")
    tell = pending("notify.tell", {"to": {"patient": "pt-1"}, "text": "task_waits"})
    assert answers.answer(tell) == {"people": 0}
    assert answers.answer(pending("payment.authorise", PAY))["hold"] is not None
