"""Rule 2, of turns that have their time: no turn is still running when the next one begins."""

from datetime import timedelta

from domain.calendar import Calendar
from domain.pathway import Step
from pathways.checks.bound import CLOCK_CHANGE, in_words, longest
from pathways.checks.context import Case
from pathways.findings import declare
from pathways.outline import StepOutline

OVERLAP = declare(
    "CP308",
    "A turn may still run when the next one begins",
    why="Turns never overlap: a patient would be asked the same thing twice at once (rule 2).",
    mend="Shorten the deadlines inside, or make 'every' longer; a day of a clock change has 23 hours.",
    example="- id: days\n  kind: repeat\n  times: 7\n  every: 1d at 10:00\n"
    "  steps: [{id: ask, kind: survey, within: 1d, then: {timed_out: again}}]",
)


def check(case: Case) -> None:
    """Every repeat with ``every`` that could be read whole."""
    for step in case.outline.walk():
        if step.every is not None and all(inside.whole for inside in case.outline.walk(step.steps)):
            _turn(case, step, step.every.days)


def _turn(case: Case, step: StepOutline, days: int) -> None:
    turn = longest(tuple(inside.compiled() for inside in step.steps), lambda inside: _calendar(case, inside))
    if turn > timedelta(days=days) - CLOCK_CHANGE:
        what = f"a turn of '{step.id}' may take {in_words(turn)}, and another one begins every {days}d"
        case.report(OVERLAP, step.mark("every"), what)


def _calendar(case: Case, step: Step) -> Calendar | None:
    """The calendar working time of a step is counted in; None where the clinic could not be read."""
    if case.clinic is None:
        return None
    pool = case.clinic.pools.get(str(step.fields.get("pool")))
    return pool.calendar if pool is not None else case.clinic.calendar
