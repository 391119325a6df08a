"""From files to frozen values: the shipped clinic, single files, pinned papers, the bound."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from domain.calendar import Span
from domain.pathway import Care, Jump, Pathway, digest_of
from domain.people import Role
from pathways.checks.bound import bound, elapsed
from pathways.compile import BrokenFolder, check_paths, compile_folder
from pathways.core.kind import fields_of, kinds
from pathways.findings import as_json, render
from tests.pathways.language.base import CLINIC, PATHWAY, TODAY, broken, clinic, compiled

SHIPPED = Path("pathways/shipped")


def test_the_shipped_clinic_has_no_findings() -> None:
    found = compile_folder(SHIPPED)
    assert found.findings == [], render(found.findings)
    assert {p.code for p in found.pathways} >= {"therapist-follow-up", "first-contact", "on-call-therapist"}
    assert found.clinic.clinic.id == "cl-demo"
    assert set(found.clinic.clinic.labs) == {"north", "south"}
    assert found.clinic.clinic.pools["on_call"].calendar.intervals(TODAY)[0][1].hour == 0


def test_the_shipped_follow_up_is_what_the_design_shows() -> None:
    pathway = compile_folder(SHIPPED).pathway("therapist-follow-up")
    assert pathway.care is Care.FOLLOW_UP
    assert pathway.people.patient_age == (18, None)
    assert pathway.emergency.otherwise is Role.HEAD_DOCTOR
    assert [step.id for step in pathway.steps] == [
        *("who", "agree", "gate", "papers", "form", "pay", "meet", "note", "sign", "rx", "labs", "nps", "come")
    ]
    assert pathway.index["talk"].then["no_show_doctor"] == Jump(to="again")
    assert pathway.index["gate"].then == {"not_met": Jump(to="end", target="not_eligible"), "unknown": Jump(to="next")}
    assert pathway.index["papers"].within == Span(seconds=3600, working=True)
    assert pathway.index["meet"].fields == {"times": 2, "every": None}
    assert pathway.index["come"].fields == {"as": "in_person_needed"}
    assert pathway.services["therapist_repeat"]["amount"] == 190_000
    assert pathway.forms["therapy"].content["facts"] == {"severity": "int"}
    assert set(pathway.consents) == {"contract", "intervention", "personal_data"}
    assert set(pathway.texts) == {"clinic_visit", "rebook"}


def test_a_first_contact_goes_on_as_advice_whatever_the_gate_says() -> None:
    pathway = compile_folder(SHIPPED).pathway("first-contact")
    assert pathway.care is Care.ADVICE
    assert all(jump.to == "next" for jump in pathway.index["gate"].then.values())
    assert "referral" in {step.kind for step in pathway.steps}
    assert "prescription" not in {step.kind for step in pathway.index.values()}


def test_every_compiled_step_has_fields_that_its_kind_reads() -> None:
    for pathway in compile_folder(SHIPPED).pathways:
        for step in pathway.index.values():
            if step.kind in kinds():
                fields_of(step)


def test_a_pathway_survives_the_way_through_json_with_the_same_digest() -> None:
    for pathway in compile_folder(SHIPPED).pathways:
        again = Pathway.model_validate_json(pathway.model_dump_json())
        assert again == pathway
        assert again.digest == pathway.digest
        assert len(pathway.model_dump_json()) < 50_000


def test_papers_are_pinned_by_the_digest_of_their_content() -> None:
    pathway = compile_folder(SHIPPED).pathway("first-contact")
    for pinned in (*pathway.forms.values(), *pathway.consents.values(), *pathway.texts.values()):
        assert pinned.sha256 == digest_of(pinned.content)


def test_a_changed_consent_changes_the_digest_of_the_pathway(tmp_path: Path) -> None:
    one = compiled(tmp_path / "one").pathway("visit")
    other = compiled(tmp_path / "other").pathway("visit")
    text = (tmp_path / "other/consents/contract.yaml").read_text()
    (tmp_path / "other/consents/contract.yaml").write_text(text.replace("Текст договора", "Другой текст"))
    assert one.digest == other.digest
    assert compile_folder(tmp_path / "other").pathway("visit").digest != one.digest


def test_a_single_file_is_checked_against_the_nearest_clinic(tmp_path: Path) -> None:
    root = clinic(tmp_path, visit=broken(PATHWAY, "service: visit", "service: visits"))
    drafts = root / "drafts"
    drafts.mkdir()
    (drafts / "idea.yaml").write_text(broken(PATHWAY, "pool: therapists", "pool: dentists"))
    assert [f.code for f in check_paths([root / "pathways/visit.yaml"])] == ["CP503"]
    assert [f.code for f in check_paths([drafts / "idea.yaml"])] == ["CP502"]
    assert check_paths([root / "forms/therapy.yaml", root / "clinic.yaml", root / "texts/rebook.yaml"]) == []


def test_a_single_file_without_a_clinic_is_told(tmp_path: Path) -> None:
    (tmp_path / "lonely.yaml").write_text(PATHWAY)
    assert [f.code for f in check_paths([tmp_path / "lonely.yaml"])] == ["CP210"]


def test_a_single_file_hears_that_its_clinic_is_broken(tmp_path: Path) -> None:
    root = clinic(tmp_path, clinic=broken(CLINIC, "zone: Europe/Moscow", "zone: Moscow"))
    assert [(f.code, Path(f.file).name) for f in check_paths([root / "pathways/visit.yaml"])] == [
        ("CP206", "clinic.yaml")
    ]


def test_a_file_called_yml_is_told(tmp_path: Path) -> None:
    root = clinic(tmp_path)
    (root / "forms/other.yml").write_text("form: other")
    assert [f.code for f in compile_folder(root).findings] == ["CP208"]


def test_a_broken_clinic_gives_nothing_to_use(tmp_path: Path) -> None:
    found = compiled(tmp_path, clinic=broken(CLINIC, "zone: Europe/Moscow", "zone: Moscow"))
    assert found.pathways == ()
    with pytest.raises(BrokenFolder):
        _ = found.clinic
    with pytest.raises(BrokenFolder):
        found.sound()


def test_findings_are_rendered_for_people_and_machines(tmp_path: Path) -> None:
    found = compiled(tmp_path, visit=broken(PATHWAY, "within: 90m", "whithin: 90m")).findings
    assert render(found).splitlines()[0].endswith("visit.yaml:37:9: CP202 'whithin' is not a key here")
    assert "Did you mean 'within'?" in render(found)
    assert json.loads(as_json(found))[0] == {
        "code": "CP202",
        "file": str(tmp_path / "pathways/visit.yaml"),
        "line": 37,
        "column": 9,
        "what": "'whithin' is not a key here",
        "mend": "Did you mean 'within'?",
    }


def test_the_bound_is_the_longest_path_through_all_deadlines(tmp_path: Path) -> None:
    pathway = compiled(tmp_path).pathway("visit")
    # consent 1d, gate 2m, papers 1h working from Friday 17:00 to Monday 10:00, intake 1d, payment 30m,
    # two turns of 2h + 90m, protocol, signature and prescription 1d each
    longest = timedelta(days=5, minutes=32 + 2 * 210) + timedelta(days=2, hours=17)
    assert bound(pathway).longest == longest
    assert bound(pathway).left_behind == timedelta(days=30)
    assert "8 d 0 h 32 min" in str(bound(pathway)) or "8 d 32 min" in str(bound(pathway))


def test_working_time_is_counted_over_its_worst_stretch() -> None:
    found = compile_folder(SHIPPED).pathway("therapist-follow-up").calendar
    # closing on 31 December at 15:00, open again on Saturday 9 January at 9:00
    assert elapsed(Span.parse("1h working"), found) == timedelta(days=8, hours=19)


@pytest.mark.parametrize("text", ["60m", "24h", "1d working", "0m", "1.5h", "5", "1 h", "1h  working", "99999d", "1w"])
def test_a_span_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r"written|spelling|counted|at most"):
        Span.parse(text)


@pytest.mark.parametrize("text", ["20m", "90m", "3h", "36h", "1d", "30d", "730d", "1h working", "45m working"])
def test_a_span_is_written_as_it_is_read(text: str) -> None:
    assert str(Span.parse(text)) == text
