"""Which step comes next."""

import pytest

from domain.pathway import Jump, Step
from domain.state import Status
from tests.pathways.core.conftest import ADMIN, PATIENT, Play, duty, span

AGAIN = {"failed": Jump(to="again"), "timed_out": Jump(to="leave")}


def repeat(*steps: Step, times: int = 2, **values: object) -> Step:
    then = {"exhausted": Jump(to="end", target="failed_by_us")}
    return Step(id="meet", kind="repeat", fields={"times": times}, steps=steps, then=then, **values)


def test_a_good_outcome_falls_to_the_next_step_and_off_the_last_one_is_completed(two_duties: Play) -> None:
    assert two_duties.act(PATIENT, "do", "first.1.work") is None
    assert list(two_duties.state.runs) == ["second"]
    two_duties.act(PATIENT, "do", "second.1.work")
    assert (two_duties.state.end, two_duties.state.status) == ("completed", Status.CLOSED)


def test_another_outcome_follows_its_jump(two_duties: Play) -> None:
    two_duties.act(PATIENT, "fail", "first.1.work")
    assert (two_duties.state.end, two_duties.state.status) == ("abandoned", Status.CLOSED)


def test_a_deadline_that_passes_is_an_outcome(two_duties: Play) -> None:
    two_duties.wait(minutes=59)
    assert "first" in two_duties.state.runs
    two_duties.wait(minutes=1)
    assert two_duties.state.end == "abandoned"


def test_a_step_whose_condition_does_not_hold_is_skipped() -> None:
    play = Play(duty("first"), duty("second", when='first.outcome == "failed"'), duty("third"))
    play.act(PATIENT, "do", "first.1.work")
    assert list(play.state.runs) == ["third"]
    assert play.state.outputs["second"] == {"outcome": "skipped"}


def test_a_step_of_a_skipped_one_is_skipped() -> None:
    play = Play(duty("first"), duty("second", when="false"), duty("third", fields={"of": "second"}))
    play.act(PATIENT, "do", "first.1.work")
    assert play.state.end == "completed"


def test_a_condition_that_cannot_be_evaluated_halts_the_step_and_is_never_a_branch() -> None:
    play = Play(duty("first"), duty("second", when="first.by > 3"))
    play.act(PATIENT, "do", "first.1.work")
    assert list(play.state.runs) == ["second"]
    (task,) = play.state.tasks.values()
    assert task.name == "halted"
    play.state.outputs["first"]["by"] = 4
    assert play.act(ADMIN, "retry", task.id) is None
    assert list(play.state.tasks) == ["second.1.work"]


def test_go_jumps_forward() -> None:
    then = {"failed": Jump(to="go", target="third"), "timed_out": Jump(to="next")}
    play = Play(duty("first", then=then), duty("second"), duty("third"))
    play.act(PATIENT, "fail", "first.1.work")
    assert list(play.state.runs) == ["third"]


def test_again_starts_the_next_turn_and_its_number_is_the_occurrence_inside() -> None:
    play = Play(repeat(duty("line"), duty("talk", then=AGAIN)))
    play.act(PATIENT, "do", "line.1.work")
    play.act(PATIENT, "fail", "talk.1.work")
    assert list(play.state.tasks) == ["line.2.work"]
    assert play.act(PATIENT, "do", "line.1.work") == "too_late"


def test_no_turn_left_is_exhausted() -> None:
    play = Play(repeat(duty("talk", then=AGAIN)))
    play.act(PATIENT, "fail", "talk.1.work")
    play.act(PATIENT, "fail", "talk.2.work")
    play.tell_all()
    assert (play.state.end, play.state.outputs["meet"]) == (
        "failed_by_us",
        {"count": 2, "missed": 2, "missed_in_a_row": 2, "outcome": "exhausted"},
    )


def test_a_turn_that_falls_off_its_end_or_leaves_ends_the_repeat_well() -> None:
    for how in ("do", "wait"):
        play = Play(repeat(duty("talk", then=AGAIN)), duty("after"))
        play.act(PATIENT, "do", "talk.1.work") if how == "do" else play.wait(hours=1)
        assert list(play.state.runs) == ["after"]
        assert play.state.outputs["meet"]["outcome"] == "done"


def test_turns_of_a_nested_repeat_are_counted_over_the_whole_consultation() -> None:
    inner = Step(
        id="inner", kind="repeat", fields={"times": 2}, steps=(duty("talk", then=AGAIN),),
        then={"exhausted": Jump(to="again")},
    )  # fmt: skip
    play = Play(repeat(inner))
    for turn in (1, 2, 3):
        play.act(PATIENT, "fail", f"talk.{turn}.work")
    assert list(play.state.tasks) == ["talk.4.work"]


def parallel(join: str) -> Step:
    branches = {"a": (duty("left"),), "b": (duty("right"), duty("more"))}
    return Step(id="both", kind="parallel", fields={"join": join}, branches=branches)


def test_a_parallel_group_ends_when_all_its_branches_have() -> None:
    play = Play(parallel("all"), duty("after"))
    play.act(PATIENT, "do", "left.1.work")
    play.act(PATIENT, "do", "right.1.work")
    assert "after" not in play.state.runs
    play.act(PATIENT, "do", "more.1.work")
    assert list(play.state.runs) == ["after"]


def test_the_first_branch_closes_the_others_where_it_is_said() -> None:
    play = Play(parallel("first"), duty("after"))
    play.act(PATIENT, "do", "left.1.work")
    assert list(play.state.runs) == ["after"]
    assert list(play.state.tasks) == ["after.1.work"]


def test_a_step_left_behind_is_a_child_that_reports_by_fact() -> None:
    play = Play(duty("labs", wait=False), duty("after"))
    assert list(play.state.runs) == ["after"]
    (child,) = play.state.children.values()
    assert (child.workflow, child.started) == ("c-1.labs.1", False)
    play.fact("x", source="child", step="labs", body={"child": child.workflow, "outputs": {"outcome": "done"}})
    assert play.state.children[child.workflow].outcome == "done"
    assert play.state.outputs["labs"] == {"outcome": "done"}


def test_an_end_step_ends_as_it_says() -> None:
    play = Play(duty("first"), Step(id="stop", kind="end", fields={"as": "no_show"}))
    play.act(PATIENT, "do", "first.1.work")
    assert play.state.end == "no_show"


def test_a_structure_has_a_deadline_too() -> None:
    then = {"exhausted": Jump(to="next"), "timed_out": Jump(to="end", target="no_show")}
    slow = duty("talk", then=AGAIN, within=span(86400))
    play = Play(Step(id="meet", kind="repeat", fields={"times": 2}, steps=(slow,), then=then, within=span(60)))
    play.wait(minutes=1)
    assert play.state.end == "no_show"


@pytest.mark.parametrize(("kind", "fields"), [("end", {"as": "no_show"}), ("video", {})])
def test_a_halted_step_is_left_alone_by_facts_and_goes_with_the_consultation(kind: str, fields: dict[str, str]) -> None:
    play = Play(duty("first"), Step(id="stop", kind=kind, fields=fields, when="first.by > 3"))
    play.act(PATIENT, "do", "first.1.work")
    assert play.state.runs["stop"].halted
    play.fact("f1", step="stop", occurrence=1, body={"event": "joined", "side": "patient"})
    assert play.act(PATIENT, "cancel") is None
    assert play.status is Status.CLOSED
