"""Every pathway that the checker accepts keeps its promises, whatever anybody does in whatever order."""

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.properties.search import PATHWAYS, PLAYS, Found, search
from tests.properties.table import LEAST, lacking, table

RUNS = 20
"""Seeds, each a run of its own."""
CASES = 5000
"""Fewer plays than this are not enough."""


def searched(seeds: range) -> list[Found]:
    """All runs, on the processors there are. Each worker is begun anew: no kind of another test is known in it."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1), mp_context=fresh) as pool:
        return list(pool.map(search, seeds))


@pytest.mark.timeout(600)
def test_whatever_happens_every_accepted_pathway_ends_in_time_signed_for_and_gives_back_what_it_took(
    capsys: pytest.CaptureFixture[str],
) -> None:
    began = time.monotonic()
    runs = searched(range(1, RUNS + 1))
    found = Found(0)
    for one in runs:
        found.add(one)
    with capsys.disabled():
        print(f"\n{found}, {time.monotonic() - began:.0f} s on the clock")
        print(table(found.counts, found.plays))
    failures = [one.failure for one in runs if one.failure is not None]
    assert not failures, "\n\n".join(failures)
    assert found.plays == RUNS * PATHWAYS * PLAYS >= CASES
    assert lacking(found.counts) == [], f"held by fewer than {LEAST} plays"
