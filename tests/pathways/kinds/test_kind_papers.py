"""Protocol, its signature, prescriptions: who may write and sign what, and what the law says to it."""

from datetime import timedelta
from typing import Any

import pytest

from domain.effects.prescription import IssuePrescription
from domain.effects.protocol import RenderDocument
from domain.pathway import Care, Step
from domain.people import Owner, Role
from tests.pathways.kinds.desk import COLLEAGUE, DOCTOR, HEAD, HOUR, NOTE, OTHER_SHA, PROOF, SHA, START, Desk

MET = {"doctor": "p-doctor", "met_by": "p-doctor", "met_at": START}
GATE = {"outcome": "met", "proofs": [PROOF.model_dump(mode="json")]}
CONTENT = {"content": "ct-1", "sha256": OTHER_SHA}
NOTE_STEP = Step(id="note", kind="protocol")


def note(proven: bool = True, **more: Any) -> Desk:
    return Desk("protocol", state=MET, outputs={"gate": GATE} if proven else {}, **more)


def facts(**named: Any) -> dict[str, Any]:
    return {**CONTENT, "facts": {"acts": ["history", "advise"], **named}}


def test_a_protocol_becomes_the_paper_to_sign() -> None:
    desk = note()
    body = facts(diagnosis="I10", prescriptions=2, orders=1, acts=["history", "correct_treatment"])
    desk.act("write", "submit", DOCTOR, **body)
    asked = desk.asked(RenderDocument)[0]
    assert (asked["paper"], asked["content"], asked["sha256"]) == ("protocol", "ct-1", OTHER_SHA)
    desk.settle(RenderDocument, document="d-1", sha256=SHA)
    assert desk.outcome == "done"
    assert desk.outputs == {
        "document": "d-1",
        "sha256": SHA,
        "content": "ct-1",
        "content_sha256": OTHER_SHA,
        "doctor": "p-doctor",
        "diagnosis": "I10",
        "care": "follow_up",
        "prescriptions": ["0", "1"],
        "orders": ["0"],
        "referrals": [],
        "rules": [
            "order-193n",
            "fz323-36.2-2-1-history",
            "fz323-36.2-3-correct",
            "fz323-36.2-3-diagnose",
            "fz323-36.2-3-prescribe",
            "fz323-36.2-2-tests",
        ],
    }


def test_the_rules_relied_on_stand_in_the_record_of_the_act() -> None:
    desk = note()
    desk.act("write", "submit", DOCTOR, **facts(diagnosis="I10"))
    checked = next(t for t in desk.state.transitions if t.code == "law.checked")
    assert checked.actor == "p-doctor"
    assert checked.detail["care"] == "follow_up"


@pytest.mark.parametrize(
    ("named", "act"),
    [
        ({"diagnosis": "I10"}, "diagnose"),
        ({"prescriptions": 1}, "prescribe"),
        ({"acts": ["correct_treatment"]}, "correct_treatment"),
        ({"acts": ["start_treatment"]}, "start_treatment"),
        ({"acts": ["monitor"]}, "monitor"),
    ],
)
def test_a_first_contact_gives_advice_and_nothing_beyond_it(named: dict[str, Any], act: str) -> None:
    desk = note(proven=False)
    refusal = desk.refused("write", "submit", DOCTOR, **facts(**named))
    assert refusal.code == "law"
    assert refusal.params["act"] == act
    assert refusal.params["article"].startswith("323-ФЗ ст. 36.2 ч.")
    desk.act("write", "submit", DOCTOR, **facts(referrals=1, orders=1))
    desk.settle(RenderDocument, document="d-1", sha256=SHA)
    assert desk.outputs["care"] == "advice"


def test_another_diagnosis_than_the_one_set_in_person_is_refused() -> None:
    assert note().refused("write", "submit", DOCTOR, **facts(diagnosis="J06.9")).code == "law"


def test_a_colleague_acts_as_advice_whatever_the_gate_found() -> None:
    desk = Desk("protocol", state={**MET, "met_by": "p-colleague"}, outputs={"gate": GATE})
    assert desk.refused("write", "submit", COLLEAGUE, **facts(diagnosis="I10")).code == "law"


def test_the_ceiling_of_the_pathway_holds_whatever_is_proven() -> None:
    desk = note(care=Care.ADVICE)
    assert desk.refused("write", "submit", DOCTOR, **facts(diagnosis="I10")).code == "law"


def test_monitoring_needs_a_pathway_of_that_level() -> None:
    assert note().refused("write", "submit", DOCTOR, **facts(diagnosis="I10", acts=["monitor"])).code == "law"
    desk = note(care=Care.MONITORING)
    desk.act("write", "submit", DOCTOR, **facts(diagnosis="I10", acts=["monitor"]))
    assert desk.asked(RenderDocument)


def test_a_first_treatment_is_never_lawful() -> None:
    desk = note(care=Care.MONITORING)
    refusal = desk.refused("write", "submit", DOCTOR, **facts(diagnosis="I10", acts=["start_treatment"]))
    assert refusal.params["rule"] == "fz323-36.2-3-start"


def test_a_proof_taken_on_paper_counts_like_one_of_the_mis() -> None:
    papers = {"outcome": "confirmed", "proofs": [{**PROOF.model_dump(mode="json"), "source": "papers"}]}
    desk = Desk("protocol", state=MET, outputs={"gate": {"outcome": "unknown", "proofs": []}, "papers": papers})
    desk.act("write", "submit", DOCTOR, **facts(diagnosis="I10"))
    assert desk.asked(RenderDocument)


def test_an_escalation_lets_the_head_doctor_see_and_not_write() -> None:
    desk = note()
    desk.task("write").also = (Owner(role=Role.HEAD_DOCTOR),)
    assert desk.refused("write", "submit", HEAD, **facts()).code == "not_the_doctor_who_met"


def test_a_content_that_is_not_what_was_named_goes_back_to_the_doctor() -> None:
    desk = note()
    desk.act("write", "submit", DOCTOR, **facts())
    assert desk.give_up(RenderDocument, "Refused")
    assert desk.task("write").data == {"refused": "not_rendered"}
    desk.act("write", "submit", DOCTOR, **facts())
    assert desk.asked(RenderDocument)[0]["part"] == "2"


def test_a_printer_that_is_down_is_a_matter_for_the_administrator() -> None:
    desk = note()
    desk.act("write", "submit", DOCTOR, **facts())
    assert not desk.give_up(RenderDocument, "Unavailable")


def test_a_protocol_not_written_in_time_times_out_and_one_submitted_in_time_does_not() -> None:
    desk = note()
    desk.expire()
    assert desk.outcome == "timed_out"
    desk = note()
    desk.act("write", "submit", DOCTOR, **facts())
    desk.expire()
    assert desk.outcome is None
    desk.settle(RenderDocument, document="d-1", sha256=SHA)
    assert desk.outcome == "done"


SIGNATURE = {"signature": "sg-1", "sha256": SHA, "level": "qualified"}


def sign(**more: Any) -> Desk:
    return Desk("signature", of="note", others=(NOTE_STEP,), outputs={"note": dict(NOTE)}, state=MET, **more)


def test_the_doctor_signs_and_the_registration_is_left_behind() -> None:
    desk = sign()
    assert desk.task("sign").data == {"document": "d-1", "sha256": SHA, "level": "qualified"}
    desk.act("sign", "sign", DOCTOR, **SIGNATURE)
    assert desk.outcome == "done"
    assert desk.state.signed
    child = desk.state.children["c-1.step.1.registration"]
    assert child.inner is not None
    assert child.inner.fields == {"document": "d-1", "signature": "sg-1", "doctor": "p-doctor"}


def test_a_signature_over_other_bytes_is_refused() -> None:
    desk = sign()
    assert desk.refused("sign", "sign", DOCTOR, **{**SIGNATURE, "sha256": OTHER_SHA}).code == "wrong_document"
    assert not desk.state.signed


def test_a_weaker_signature_than_the_field_or_the_law_wants_is_refused() -> None:
    weak = {**SIGNATURE, "level": "unqualified"}
    assert sign().refused("sign", "sign", DOCTOR, **weak).code == "level_too_low"
    refusal = sign(level="simple").refused("sign", "sign", DOCTOR, **weak)
    assert (refusal.code, refusal.params["article"]) == ("law", "323-ФЗ ст. 36.2 ч. 7")


def test_nobody_signs_for_the_doctor_who_met_the_patient() -> None:
    desk = sign()
    desk.task("sign").also = (Owner(role=Role.HEAD_DOCTOR), Owner(person="p-colleague"))
    for other in (HEAD, COLLEAGUE):
        assert desk.refused("sign", "sign", other, **SIGNATURE).code == "not_the_doctor_who_met"


def test_a_former_doctor_who_met_the_patient_signs_not_the_new_one() -> None:
    desk = sign()
    desk.state.doctor = "p-colleague"
    desk.act("sign", "sign", DOCTOR, **SIGNATURE)
    assert desk.outcome == "done"


def test_an_unsigned_protocol_times_out() -> None:
    desk = sign()
    desk.expire()
    assert desk.outcome == "timed_out"
    assert not desk.state.signed


def rx(items: int = 2, diagnosis: str = "I10") -> Desk:
    written = {**NOTE, "prescriptions": [str(n) for n in range(items)], "diagnosis": diagnosis}
    desk = Desk("prescription", of="note", others=(NOTE_STEP,), outputs={"gate": GATE, "note": written}, state=MET)
    for n in range(items):
        desk.settle(RenderDocument, part=str(n), document=f"d-rx{n}", sha256=SHA)
    return desk


def test_every_form_is_rendered_signed_issued_and_registered_once() -> None:
    desk = rx()
    assert desk.tasks() == {"sign_0", "sign_1"}
    for n in ("0", "1"):
        desk.act(f"sign_{n}", "sign", DOCTOR, **SIGNATURE)
        assert desk.asked(IssuePrescription)[0]["item"] == int(n)
        desk.settle(IssuePrescription, prescription=f"rx-{n}", number=f"00{n}")
    assert desk.outcome == "done"
    assert desk.outputs["issued"] == ["000", "001"]
    assert sorted(desk.state.children) == ["c-1.step.1.registration.0", "c-1.step.1.registration.1"]


def test_a_refused_form_is_not_issued_and_the_other_one_is() -> None:
    desk = rx()
    desk.act("sign_0", "refuse", DOCTOR)
    desk.act("sign_1", "sign", DOCTOR, **SIGNATURE)
    desk.settle(IssuePrescription, prescription="rx-1", number="001")
    assert desk.outcome == "done"
    assert desk.outputs["issued"] == ["001"]


def test_every_form_refused_is_refused() -> None:
    desk = rx()
    desk.act("sign_0", "refuse", DOCTOR)
    desk.act("sign_1", "refuse", DOCTOR)
    assert desk.outcome == "refused"


def test_a_prescription_is_a_correction_by_the_attending_doctor_for_his_diagnosis() -> None:
    refusal = rx(diagnosis="J06.9").refused("sign_0", "sign", DOCTOR, **SIGNATURE)
    assert (refusal.code, refusal.params["act"]) == ("law", "prescribe")


def test_a_prescription_needs_its_own_bytes_and_a_qualified_signature() -> None:
    desk = rx()
    assert desk.refused("sign_0", "sign", DOCTOR, **{**SIGNATURE, "sha256": OTHER_SHA}).code == "wrong_document"
    assert desk.refused("sign_0", "sign", DOCTOR, **{**SIGNATURE, "level": "simple"}).code == "level_too_low"


def test_nobody_else_signs_or_refuses_a_prescription() -> None:
    desk = rx()
    desk.task("sign_0").also = (Owner(role=Role.HEAD_DOCTOR),)
    assert desk.refused("sign_0", "sign", HEAD, **SIGNATURE).code == "not_the_doctor_who_met"
    assert desk.refused("sign_0", "refuse", HEAD).code == "not_the_doctor_who_met"


def test_what_was_signed_in_time_is_issued_after_the_deadline_and_the_rest_is_not() -> None:
    desk = rx()
    desk.wait(HOUR - timedelta(minutes=1))
    desk.act("sign_0", "sign", DOCTOR, **SIGNATURE)
    desk.expire()
    assert desk.outcome is None
    assert desk.tasks() == set()
    desk.settle(IssuePrescription, prescription="rx-0", number="000")
    assert desk.outcome == "timed_out"
    assert desk.outputs["issued"] == ["000"]


def test_nothing_signed_in_time_times_out() -> None:
    desk = rx()
    desk.expire()
    assert desk.outcome == "timed_out"


def test_a_protocol_without_prescriptions_has_nothing_to_issue() -> None:
    assert rx(items=0).outcome == "done"


def test_a_form_issued_after_the_step_was_closed_is_registered_all_the_same() -> None:
    desk = rx(1)
    desk.act("sign_0", "sign", DOCTOR, **SIGNATURE)
    desk.late(IssuePrescription, prescription="rx-0", number="000")
    assert list(desk.state.children) == ["c-1.step.1.registration.0"]


def test_a_printer_that_stays_down_does_not_keep_the_protocol_open_beyond_its_deadline() -> None:
    desk = note()
    desk.act("write", "submit", DOCTOR, **facts())
    assert not desk.give_up(RenderDocument)
    desk.expire()
    assert desk.outcome == "timed_out"
