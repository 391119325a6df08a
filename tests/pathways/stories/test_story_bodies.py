"""What stands beside an act in a story becomes the body the facade would send."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.base import Json, Value
from domain.pathway import Pathway
from domain.people import Owner
from domain.tasks import Task
from pathways.core.kind import kinds
from pathways.forms import form_of, read_answers
from pathways.stories.answers import harmless
from pathways.stories.bodies import Body, Moment, Unfit, body_of
from pathways.stories.world import Setting
from tests.pathways.language.base import compiled

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.fixture
def visit(tmp_path: Path) -> Moment:
    """A moment of the small clinic's pathway."""
    found = compiled(tmp_path)
    setting = Setting(diagnosis="I10", seen=date(2026, 2, 16))
    return Moment(found.pathway("visit"), found.clinic.clinic, setting, NOW)


def at(visit: Moment, step: str, **data: Json) -> Moment:
    """The same with a task of a step."""
    task = Task(
        id=f"{step}.1.task", name="task", step=step, occurrence=1, owner=Owner(patient="pt"), actions=(),
        opened_at=NOW, data=data,
    )  # fmt: skip
    return Moment(visit.pathway, visit.clinic, visit.setting, NOW, visit.pathway.index[step], task)


def model(kind: str, action: str) -> type[Value]:
    return type(kinds()[kind]).actions()[action].body


def body(moment: Moment, action: str, **given: Json) -> Body:
    assert moment.step is not None
    return body_of(model(moment.step.kind, action), given, moment)


def test_a_text_is_named_by_an_id_and_its_real_digest(visit: Moment) -> None:
    from pathways.core.emergency import Record

    sent = body_of(Record, {"text": "приехала скорая", "verdict": "real"}, visit).values
    assert sent["sha256"] == hashlib.sha256("приехала скорая".encode()).hexdigest()
    assert sent["content"].startswith("ct-")
    assert "text" not in sent
    Record.model_validate(sent)


def test_the_digest_of_answers_changes_with_the_answers(visit: Moment) -> None:
    one, same, other = (body(at(visit, "form"), "submit", severity=n).values for n in (1, 1, 2))
    assert one["sha256"] == same["sha256"] != other["sha256"]
    assert one["content"] != same["content"]
    assert one["facts"] == {"severity": 1}


def test_a_flag_comes_from_the_answers(visit: Moment) -> None:
    assert body(at(visit, "form"), "submit", pain="now").flags == ("chest_pain",)
    assert body(at(visit, "form"), "submit").flags == ()


def test_a_signature_is_over_the_document_that_lies_there(visit: Moment) -> None:
    sent = body(at(visit, "sign", document="d-1", sha256="a" * 64), "sign").values
    assert (sent["sha256"], sent["level"]) == ("a" * 64, "qualified")
    assert body(at(visit, "sign", document="d-1", sha256="a" * 64), "sign", level="simple").values["level"] == "simple"


def test_evidence_is_seen_on_paper_only_with_the_good_choice(visit: Moment) -> None:
    papers = at(visit, "papers", gives="evidence", choices=["confirmed", "not_found"])
    assert body(papers, "decide").values["evidence"]["source"] == "papers"
    assert "evidence" not in body(papers, "decide", choice="not_found").values


def test_people_and_moments_are_written_as_people_write_them(visit: Moment) -> None:
    class Given(Value):
        to: str
        until: datetime

    sent = body_of(Given, {"to": "colleague", "until": "2026-03-09 10:00"}, visit).values
    assert sent == {"to": "p-colleague", "until": "2026-03-09T10:00:00+03:00"}
    assert body_of(Given, {"to": "doctor", "until": "2h"}, visit).values["until"] == "2026-03-02T09:00:00+00:00"
    with pytest.raises(Unfit, match="neither a moment"):
        body_of(Given, {"to": "doctor", "until": "soon"}, visit)


def test_what_only_a_person_can_decide_is_never_made_up(visit: Moment) -> None:
    from pathways.core.emergency import Record

    with pytest.raises(Unfit, match="'verdict' is missing"):
        body_of(Record, {"text": "ok"}, visit)


def test_answers_left_out_are_harmless_and_those_given_stay(visit: Moment) -> None:
    form = form_of(visit.pathway, "therapy")
    read = read_answers(form, harmless(form, {}))
    assert (read.problems, read.flags) == ((), ())
    assert harmless(form, {"pressure": 200})["pressure"] == 200
    assert read_answers(form, harmless(form, {"pressure": 200})).flags == ("crisis",)


def test_every_form_of_the_demo_clinic_can_be_answered_harmlessly() -> None:
    from pathways.compile import compile_folder

    pathways: tuple[Pathway, ...] = compile_folder(Path("pathways/shipped")).pathways
    forms = {name: form_of(pathway, name) for pathway in pathways for name in pathway.forms}
    assert forms
    for form in forms.values():
        read = read_answers(form, harmless(form, {}))
        assert (read.problems, read.flags) == ((), ()), form.form
