"""``make bench``: one line a measure, ``name ours bare ratio``; remarks go to stderr."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from dev.bench.house import PARTS
from dev.bench.measure import Bench, Line, Plan
from dev.stack import Stack


async def run(real: Plan, inserts: Plan) -> None:
    """Everything, on a stack of its own that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="carepath-bench-"))
    try:
        async with Stack(folder, PARTS, tell=_remark, durable=False) as stack, Bench.on(stack) as bench:
            first, *others = await bench.consultations_per_s(real)
            _say(first)
            _say(await bench.engine_cpu_ms(inserts))
            for line in others:
                _say(line)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _say(line: Line) -> None:
    print(line, flush=True)
    if line.note:
        _remark(f"  {line.note}")


def _remark(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def main() -> None:
    """Read how much of it."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="rounds of each side")
    parser.add_argument("--each", type=int, default=8, help="consultations a round")
    parser.add_argument("--at-once", type=int, default=8, help="consultations at once")
    asked = parser.parse_args()
    plan = Plan(asked.rounds, asked.each, asked.at_once)
    asyncio.run(run(plan, plan))


if __name__ == "__main__":
    main()
