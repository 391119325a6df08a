"""Every kind comes to every outcome of its closed list, through the doors of the real core."""

import pytest

from domain.state import ConsultationState
from tests.pathways.kinds.scenarios import SCENARIOS, pairs
from tests.pathways.kinds.stage import bad_end


def test_every_outcome_of_every_kind_has_a_scenario_and_no_scenario_is_of_another() -> None:
    assert set(SCENARIOS) == pairs()


@pytest.mark.parametrize(("kind", "outcome"), sorted(SCENARIOS))
def test_a_kind_ends_in_its_outcome_and_nothing_of_it_is_left(kind: str, outcome: str) -> None:
    stage = SCENARIOS[kind, outcome]()
    assert (stage.kind, stage.outcome) == (kind, outcome)
    assert stage.tasks() == set()
    state = ConsultationState.model_validate_json(stage.state.model_dump_json())
    assert state == stage.state
    if state.met_at is None:
        assert state.end == (bad_end(kind) if outcome in stage.step.then else "completed")
