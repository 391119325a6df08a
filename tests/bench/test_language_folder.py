"""The folder `make bench-language` measures is one a clinic could publish, and as large as it says."""

from pathlib import Path

from dev.bench.language_folder import CODE, STEPS, write
from pathways.compile import compile_folder
from pathways.core.kind import kinds


def test_the_measured_pathway_is_sound_and_has_as_many_steps_as_it_says(tmp_path: Path) -> None:
    write(tmp_path)
    found = compile_folder(tmp_path)
    assert found.findings == []
    steps = found.pathway(CODE).index.values()
    assert len(steps) == STEPS
    used = {step.kind for step in steps}
    assert len(used & kinds().keys()) >= 15, "most kinds stand in it"
