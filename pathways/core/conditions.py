"""Conditions as the core asks them."""

from pathways.conditions import evaluate
from pathways.core.context import Context


def holds(c: Context, step: str, condition: str) -> bool:
    """Whether a step's ``when`` holds on the outputs so far.

    Raises:
        ConditionFailed: It could not be evaluated; never a branch.
    """
    return evaluate(condition, c.state.outputs)
