"""``make bench-language``: what the language costs a clinic that writes, one line a measure, ``name ours bare ratio``.

No servers: the checker and the core need none. Measured is the processor time of this process, so that other work on
the machine spoils the figures less.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from ruamel.yaml import YAML

from dev.bench.language_folder import CODE, SHIPPED, STEPS, write
from dev.bench.measure import Line
from pathways.compile import compile_folder
from pathways.findings import render
from pathways.stories.core import CoreWorld
from pathways.stories.folder import open_shelf
from pathways.stories.play import play

EIGHT_WEEKS = "blood-pressure-eight-quiet-weeks"
GOAL = 100
"""Milliseconds that checking and compiling may take on an idle machine."""


class BenchError(Exception):
    """What was to be measured does not work."""


def check_ms(rounds: int) -> Line:
    """Check and compile a whole folder with a pathway of forty steps, against loading its files."""
    with tempfile.TemporaryDirectory(prefix="carepath-bench-") as folder:
        files = write(Path(folder))

        def ours() -> None:
            found = compile_folder(folder)
            if found.findings:
                raise BenchError(render(found.findings))
            if len(found.pathway(CODE).index) != STEPS:
                raise BenchError(f"the pathway has {len(found.pathway(CODE).index)} steps, not {STEPS}")

        def bare() -> None:
            for file in files:
                YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))

        first = milliseconds(ours)
        turns = [(milliseconds(ours), milliseconds(bare)) for _ in range(rounds)]
        kilobytes = sum(file.stat().st_size for file in files) / 1000
    mine, theirs = (median(side) for side in zip(*turns, strict=True))
    note = f"goal {GOAL}; {len(files)} files, {kilobytes:.0f} kB; the first one, which loads every kind: {first:.0f}"
    return Line("check_40_steps_ms", mine, theirs, note)


def core(rounds: int) -> list[Line]:
    """Play the shipped eight weeks of blood pressure on the pure core."""
    shelf = open_shelf(SHIPPED)
    reading = next(one for one in shelf.readings if one.file.stem == EIGHT_WEEKS)
    story, pathway = reading.story, reading.pathway
    if story is None or pathway is None:
        raise BenchError(render(reading.findings))
    clinic, real = shelf.compiled.clinic.clinic, datetime.now(UTC)
    calls: list[int] = []

    def plays() -> None:
        done = asyncio.run(play(story, pathway, clinic, CoreWorld(), real=real))
        if done.failure is not None:
            raise BenchError(done.failure.what.en)
        calls.append(done.calls)

    plays()
    took = median(milliseconds(plays) for _ in range(rounds))
    return [
        Line(
            "core_steps_per_s",
            1000 * calls[-1] / took,
            None,
            f"acts, facts, answers, turns of the clock: {EIGHT_WEEKS}",
        ),
        Line("eight_weeks_ms", took, None, f"{EIGHT_WEEKS}: {calls[-1]} steps"),
    ]


def milliseconds(work: Callable[[], None]) -> float:
    """Processor time of one call."""
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def main() -> None:
    """Read how much of it, measure, tell."""
    parser = argparse.ArgumentParser(prog="bench-language", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="rounds of each side")
    asked = parser.parse_args()
    for line in [check_ms(asked.rounds), *core(asked.rounds)]:
        print(line, flush=True)
        print(f"  {line.note}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
