"""Rule 2: where an outcome may lead. Forward on the same level, out, or to the next turn; never back."""

from pathways.checks.context import Case
from pathways.findings import declare
from pathways.outline import StepOutline

UNKNOWN_STEP = declare(
    "CP311",
    "No such step",
    why="The way would lead to nothing.",
    mend="Name a step that stands later on the same level.",
    example="then: {unknown: go paperz}",
)
BACKWARD = declare(
    "CP312",
    "A jump goes forward on its own level",
    why="'repeat' with its 'times' is the only way back, so that every consultation ends (rule 2).",
    mend="Name a later step of the same list, or put the steps into a repeat and use 'again'.",
    example="then: {not_found: go gate}  # 'gate' stands before",
)
NO_REPEAT = declare(
    "CP313",
    "There is no repeat around this step",
    why="'again' and 'leave' speak of the turn of a repeat; a branch of a parallel jumps only within itself.",
    mend="Use next, go or end, or put the step into a repeat.",
    example="then: {declined: again}  # outside of a repeat",
)
END_IN_BRANCH = declare(
    "CP314",
    "A branch cannot end the consultation",
    why="The other branches would be torn off in the middle (rule 7).",
    mend="Let the branch run to its end and decide after the parallel group.",
    example="then: {timed_out: end abandoned}  # in a branch",
)
NO_END = declare(
    "CP315",
    "No such end",
    why="What the patient pays and is offered stands at the ends; an undeclared one says nothing (rule 7).",
    mend="Declare it under 'ends', or name one that is declared.",
    example="then: {timed_out: end forgotten}",
)


def check(case: Case) -> None:
    """Every jump of every step."""
    _sequence(case, case.outline.steps, inside_repeat=False, inside_branch=False)


def _sequence(case: Case, steps: list[StepOutline], *, inside_repeat: bool, inside_branch: bool) -> None:
    ends = set(case.outline.header.ends) if case.outline.header is not None else None
    places = {step.id: place for place, step in reversed(list(enumerate(steps)))}
    for place, step in enumerate(steps):
        name = getattr(step.fields, "name", None) if step.envelope.kind == "end" else None
        if isinstance(name, str):
            if inside_branch:
                case.report(END_IN_BRANCH, step.mark("id"), "a branch of a parallel group ends the consultation here")
            elif ends is not None and name not in ends:
                case.report(NO_END, step.mark("as"), f"the end '{name}' is not declared")
        for outcome, jump in step.envelope.then.items():
            node = step.mark("then", outcome)
            if jump.to == "go" and jump.target not in places:
                known = jump.target in case.steps
                what = f"'{jump.target}' stands on another level" if known else f"there is no step '{jump.target}'"
                case.report(BACKWARD if known else UNKNOWN_STEP, node, what)
            elif jump.to == "go" and places[jump.target or ""] <= place:
                case.report(BACKWARD, node, f"'{jump.target}' does not stand after '{step.id}'")
            elif jump.to in ("again", "leave") and not inside_repeat:
                case.report(NO_REPEAT, node, f"'{jump.to}' stands in no repeat")
            elif jump.to == "end" and inside_branch:
                case.report(END_IN_BRANCH, node, "a branch of a parallel group ends the consultation here")
            elif jump.to == "end" and ends is not None and jump.target not in ends:
                case.report(NO_END, node, f"the end '{jump.target}' is not declared")
        _sequence(case, step.steps, inside_repeat=True, inside_branch=inside_branch)
        for branch in step.branches.values():
            _sequence(case, branch, inside_repeat=False, inside_branch=True)
