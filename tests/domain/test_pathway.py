"""What a step left behind carries of its pathway."""

from dev.bench.ours import shipped


def test_a_step_left_behind_carries_no_papers_it_does_not_name() -> None:
    whole = shipped()
    carried = whole.only_for(whole.index["nps"])
    assert (carried.forms, carried.consents, carried.texts, carried.services) == ({}, {}, {}, {})
    assert (carried.code, carried.version, carried.steps, carried.ends) == (
        whole.code, whole.version, whole.steps, whole.ends,
    )  # fmt: skip


def test_a_step_left_behind_carries_the_papers_it_names() -> None:
    whole = shipped()
    assert set(whole.only_for(whole.index["form"]).forms) == {"therapy"}
    assert set(whole.only_for(whole.index["agree"]).consents) == {"contract", "intervention", "personal_data"}
    assert set(whole.only_for(whole.index["pay"]).services) == {"therapist_repeat"}
