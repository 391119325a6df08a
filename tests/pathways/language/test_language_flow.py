"""What the checker understands of paths: it must not cry where a clinic is right."""

from pathlib import Path

import pytest

from pathways.checks.bound import bound
from tests.pathways.language.base import PATHWAY, broken, compiled, told

NPS = "'form.severity > 3'"
TAIL = "  - {id: nps, kind: survey, wait: false, when: 'form.severity > 3', within: 3d}\n"
TASK = "{{id: {0}, kind: task, who: nurse, choices: [yes, no], within: 1h, then: {{no: next, timed_out: next}}}}"


def parallel(join: str, when: str) -> str:
    return broken(
        PATHWAY,
        TAIL,
        "  - id: both\n    kind: parallel\n    within: 5h\n"
        f"    join: {join}\n    then: {{timed_out: next}}\n    branches:\n"
        f"      one: [{TASK.format('a')}]\n      two: [{TASK.format('b')}]\n"
        f"  - {{id: nps, kind: survey, wait: false, when: '{when}', within: 3d}}\n",
    )


@pytest.mark.parametrize(
    "when",
    [
        "meet.count > 1 && meet.missed > 0",
        'talk.outcome == "done" && talk.how == "phone"',
        "has(rx.issued) && size(rx.issued) > 1",
        'rx.outcome == "issued_none" || form.severity > 1',
        'labs.outcome == "left_behind"',
        'papers.outcome == "skipped" || papers.choice == "confirmed"',
        "size(note.orders) > 0 && form.flags.size() == 0",
    ],
)
def test_a_guarded_condition_is_sound(when: str, tmp_path: Path) -> None:
    assert told(compiled(tmp_path, visit=broken(PATHWAY, NPS, f"'{when}'")).findings) == []


def test_outcomes_of_branches_are_there_when_all_have_ended(tmp_path: Path) -> None:
    text = parallel("all", 'both.outcome == "timed_out" || a.choice == "yes"')
    found = compiled(tmp_path, visit=text).findings
    # 'a' may have timed out by itself: the outcome of the group is no guard for it
    assert [code for code, _, _ in told(found)] == ["CP402"]
    assert told(compiled(tmp_path, visit=parallel("all", 'has(a.choice) && a.choice == "yes"')).findings) == []


def test_a_branch_that_lost_may_not_even_have_an_outcome(tmp_path: Path) -> None:
    assert [f.code for f in compiled(tmp_path, visit=parallel("first", 'a.outcome == "yes"')).findings] == ["CP402"]
    assert compiled(tmp_path, visit=parallel("first", 'has(a.outcome) && a.outcome == "yes"')).findings == []


def test_a_meeting_whose_protocol_depends_on_the_outcome_may_end_well_where_they_never_met(tmp_path: Path) -> None:
    text = broken(PATHWAY, "no_show_patient: end away", "no_show_patient: leave")
    text = text.replace(
        "{id: note, kind: protocol,", "{id: note, kind: protocol, when: 'talk.outcome != \"no_show_patient\"',"
    )
    assert told(compiled(tmp_path, visit=text).findings) == []


def test_nested_repeats_are_followed_in_a_moment_and_multiply_the_bound(tmp_path: Path) -> None:
    lines = []
    for depth in range(5):
        pad = "  " * (2 * depth + 1)
        lines += [
            f"{pad}- id: r{depth}",
            f"{pad}  kind: repeat",
            f"{pad}  times: 3",
            f"{pad}  then: {{exhausted: next}}",
        ]
        lines += [f"{pad}  steps:"]
    pad = "  " * 11
    then = "{no: again, timed_out: again}"
    lines.append(f"{pad}- {{id: x, kind: task, who: nurse, choices: [yes, no], within: 1h, then: {then}}}")
    text = broken(PATHWAY, TAIL, "\n".join(lines) + "\n" + TAIL)
    found = compiled(tmp_path, visit=text)
    assert told(found.findings) == []
    more = bound(found.pathway("visit")).longest - bound(compiled(tmp_path / "plain").pathway("visit")).longest
    assert more.total_seconds() == 3**5 * 3600


def test_a_pathway_of_more_steps_than_anybody_reads_is_refused(tmp_path: Path) -> None:
    many = "".join(f"  - {TASK.format(f's{n}')}\n" for n in range(220))
    found = compiled(tmp_path, visit=broken(PATHWAY, TAIL, many))
    assert [(f.code, f.what) for f in found.findings] == [("CP206", "a pathway has at most 200 steps")]


def test_the_result_of_an_order_left_behind_may_be_waited_for(tmp_path: Path) -> None:
    # The kind waits until the order has reported, or says 'none'; nothing else can be 'of' what has not ended.
    read = "  - {id: read, kind: results, of: labs, within: 40d, then: {none: next, timed_out: next}}\n"
    assert told(compiled(tmp_path, visit=broken(PATHWAY, TAIL, read + TAIL)).findings) == []
