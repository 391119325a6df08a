"""``python -m tests.properties.play SEED...``: one run of the property tests again, and the table of what it held."""

import argparse

from tests.properties.search import PATHWAYS, PLAYS, search
from tests.properties.table import table


def main() -> int:
    """Play the seeds; the status is 1 where a rule does not hold."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("seeds", metavar="SEED", type=int, nargs="+")
    words.add_argument("--pathways", type=int, default=PATHWAYS, help="accepted pathways of each seed")
    words.add_argument("--plays", type=int, default=PLAYS, help="plays of each pathway")
    words.add_argument("--table", action="store_true", help="print what the plays held")
    asked = words.parse_args()
    failed = 0
    for seed in asked.seeds:
        found = search(seed, asked.pathways, asked.plays)
        print(f"seed {seed}: {found}")
        if found.failure is not None:
            failed += 1
            print(found.failure)
        elif asked.table:
            print(table(found.counts, found.plays))
    return min(failed, 1)


if __name__ == "__main__":
    raise SystemExit(main())
