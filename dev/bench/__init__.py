"""What the engine costs: story (a) on ours and on a hand-written workflow, in one run. See docs/bench.md."""
