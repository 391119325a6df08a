# ruff: noqa: E501  (the files of a clinic are written as a clinic writes them)
"""Diagrams: Mermaid's own grammar of flowcharts, and everything of the pathway in them."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from domain.pathway import Pathway
from pathways.compile import compile_folder
from pathways.core.kind import kinds
from pathways.diagram import diagram
from pathways.outcomes import OUTCOMES
from tests.pathways.language.base import PATHWAY, WATCH, broken, clinic, compiled

SHIPPED = compile_folder("pathways/shipped").pathways
LABEL = r'"(?:[^"<>`\\#&]|<br/>|#(?:quot|35|lt|gt|96|amp|92);)+"'
NODE = re.compile(rf"([a-z]\w*)(?:\(\({LABEL}\)\)|\[{LABEL}\]|\{{\{{{LABEL}\}}\}}|\(\[{LABEL}\]\))(?::::\w+)?")
EDGE = re.compile(rf"([a-z]\w*) (?:-->|-\.->)(?:\|{LABEL}\|)? ([a-z]\w*)")
FRAME = re.compile(rf"subgraph ([a-z]\w*)\[{LABEL}\]")
CLASS = re.compile(r"classDef \w+ [\w:#,]+")
BRANCHES = """  - id: both
    kind: parallel
    within: 5h
    join: first
    then: {timed_out: next}
    branches:
      end: [{id: a, kind: task, who: nurse, choices: ['yes'], within: 1h, then: {timed_out: next}}]
      two: [{id: b, kind: task, who: nurse, when: 'form.severity > 3', choices: [ok, no], within: 1h, then: {no: next, timed_out: next}}]
"""


def read(text: str) -> tuple[set[str], list[tuple[str, str]]]:
    """Nodes and edges; every line must be one that Mermaid knows."""
    first, *lines = text.splitlines()
    assert first == "flowchart TD"
    names: list[str] = []
    edges = []
    open_frames = 0
    for line in map(str.strip, lines):
        if edge := EDGE.fullmatch(line):
            edges.append((edge[1], edge[2]))
        elif frame := FRAME.fullmatch(line):
            names.append(frame[1])
            open_frames += 1
        elif line == "end":
            open_frames -= 1
        elif node := NODE.fullmatch(line):
            names.append(node[1])
        else:
            assert CLASS.fullmatch(line), line
        assert open_frames >= 0
    assert open_frames == 0
    assert len(set(names)) == len(names), "a node is drawn twice"
    return set(names), edges


def watch(folder: Path) -> Pathway:
    return compiled(folder, watch=WATCH).pathway("watch")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("pathway", SHIPPED, ids=lambda pathway: pathway.code)
def test_every_shipped_pathway_is_drawn_whole(pathway: Pathway, language: str) -> None:
    nodes, edges = read(diagram(pathway, language))
    assert {end for edge in edges for end in edge} <= nodes
    for step in pathway.index.values():
        drawn = {"repeat": "r_", "parallel": "p_"}.get(step.kind, "s_") + step.id
        assert step.kind == "end" or drawn in nodes
    reached = {"begin"}
    while more := {target for source, target in edges if source in reached} - reached:
        reached |= more
    assert nodes - reached == {name for name in nodes if name.startswith(("r_", "p_", "b_"))}, (
        "something hangs in the air"
    )


def test_outcomes_lead_where_the_pathway_says(tmp_path: Path) -> None:
    text = diagram(compiled(tmp_path).pathway("visit"), "en")
    assert 's_pay -->|"declined, out of time"| e_away' in text
    assert 's_talk -->|"the doctor did not come, technical failure"| s_line' in text
    assert 'r_meet -->|"no turn left"| e_away' in text
    assert 'w_papers -->|"no"| s_form' in text
    assert 'f_labs -.->|"on its own"| s_labs' in text
    assert 'e_unsigned(["unsigned"])' in text
    assert "e_cancelled" not in text


def test_turns_with_their_time_come_again_and_end(tmp_path: Path) -> None:
    text = diagram(watch(tmp_path), "en")
    assert 'subgraph r_weeks["weeks: 8 times, every 7 days at 10:00"]' in text
    assert 's_ask -->|"out of time"| s_ask' in text
    assert 's_look -->|"next turn"| s_ask' in text
    assert "s_look --> e_completed" in text


def test_a_parallel_group_is_a_frame_of_branches(tmp_path: Path) -> None:
    nps = PATHWAY[PATHWAY.index("  - {id: nps") :]
    text = diagram(compiled(tmp_path, visit=broken(PATHWAY, nps, BRANCHES + nps)).pathway("visit"), "en")
    nodes, edges = read(text)
    assert {"p_both", "b_both_end", "b_both_two", "s_a", "w_b", "s_b"} <= nodes
    assert ("s_b", "w_nps") in edges
    assert ("p_both", "w_nps") in edges


def test_signs_of_mermaid_in_a_condition_are_no_signs_any_more(tmp_path: Path) -> None:
    text = broken(PATHWAY, "'form.severity > 3'", "'form.severity > 3 && form.flags.exists(f, f == \"#`</b>&;end\")'")
    found = compiled(tmp_path, visit=text)
    assert found.findings == []
    read(diagram(found.pathway("visit")))


def test_every_outcome_has_words() -> None:
    named = {o for kind in kinds().values() if not kind.internal for o in (type(kind).good, *type(kind).others)}
    assert named | {"exhausted", "done", "skipped"} == set(OUTCOMES)


def test_the_command_draws_it_or_says_why_not(tmp_path: Path) -> None:
    root = clinic(tmp_path, watch=WATCH)
    done = CliRunner().invoke(app, ["diagram", str(root / "pathways/watch.yaml"), "--language", "en"])
    assert done.exit_code == 0
    assert done.stdout == diagram(watch(tmp_path), "en")
    (root / "pathways/watch.yaml").write_text(WATCH.replace("pool: night", "pool: dentists"))
    done = CliRunner().invoke(app, ["diagram", str(root / "pathways/watch.yaml")])
    assert done.exit_code == 1
    assert "CP502" in done.output
    assert CliRunner().invoke(app, ["diagram", str(root / "forms/therapy.yaml")]).exit_code == 1
