"""What can be wrong with a story, beside what can be wrong with any file (``pathways.codes``).

The codes are of stories alone: ``docs/stories.md`` tells them, a test holds that it tells each.
"""

from pathways.findings import Rule
from pathways.reader import Node, Source

BOOK: dict[str, Rule] = {}


def declare(code: str, title: str, *, why: str, mend: str, example: str) -> str:
    """Enter a code into the book of stories and return it.

    Raises:
        ValueError: It is taken.
    """
    rule = Rule(code, title, why, mend, example)
    if BOOK.setdefault(code, rule) != rule:
        raise ValueError(f"the code {code} is taken")
    return code


def report(source: Source, code: str, node: "Node | tuple[int, int]", what: str, mend: str | None = None) -> None:
    """Add a finding; its mend is the book's unless this one knows better."""
    source.report(code, node, what, mend or BOOK[code].mend)


NO_LINE = declare(
    "CS101",
    "The line has no form we know",
    why="Every line is one of a closed set of forms; another one would silently do nothing.",
    mend="Write one of: who/does, comes, leaves, from, wait, until, world, fails, works, expect.",
    example="- {patient: submit}",
)
TWO_LINES = declare(
    "CS102",
    "Two lines in one",
    why="Nobody could say which of the two happens first.",
    mend="Write two lines.",
    example="- {wait: 2h, until: deadline}",
)
NO_EXPECTATION = declare(
    "CS103",
    "What is expected has no form we know",
    why="An expectation nobody understands would always hold.",
    mend="Begin with one of: task, no_task, step, end, told, did, state, doctor, may, may_not.",
    example="- {expect: {outcome: done}}",
)
HOW_IT_ENDS = declare(
    "CS104",
    "The story does not say how it ends",
    why="A story that may end anyhow is no test.",
    mend="Write 'ends: NAME', one of the pathway's ends, or 'open: true'; one of the two.",
    example="(neither 'ends' nor 'open')",
)
NO_PATHWAY = declare(
    "CS105",
    "There is no such pathway",
    why="A story is played on a pathway of its own clinic.",
    mend="Name a pathway of this folder that has no findings.",
    example="pathway: therapist-folow-up",
)
NO_STEP = declare(
    "CS106",
    "There is no such step",
    why="The line is about a step the pathway does not have.",
    mend="Name a step of the pathway, or a task of the consultation itself (call_back, alarm, stuck, ...).",
    example="- {who: patient, does: submit, on: from}",
)
NO_ACTION = declare(
    "CS107",
    "There is no such action",
    why="Nobody can ever do that with this step.",
    mend="Use an action of the step's kind; docs/pathways.md lists them.",
    example="- {who: patient, does: sign, on: form}",
)
BAD_WITH = declare(
    "CS108",
    "What stands beside the act does not fit it",
    why="The facade would never send such an act.",
    mend="Correct the field.",
    example="- {who: patient, does: submit, on: form, with: {severity: 11}}",
)
NO_EFFECT = declare(
    "CS109",
    "There is no such effect, or it is not answered so",
    why="The world would go on as usual, and the story would test nothing.",
    mend="Use the name of an effect and the fields of its answer.",
    example="- {world: {eligibility.find: {outcome: maybe}}}",
)
NO_OUTCOME = declare(
    "CS110",
    "The step cannot end so",
    why="The outcome is not in the closed list of the step's kind.",
    mend="Use one of the step's outcomes, or skipped, left_behind, closed.",
    example="- {expect: {step: form, outcome: declined}}",
)
NO_END = declare(
    "CS111",
    "The pathway has no such end",
    why="A consultation only ends as the pathway declares.",
    mend="Use one of the pathway's ends.",
    example="ends: done",
)
NO_STORY = declare(
    "CS112",
    "The file is no story",
    why="Files in stories/ begin with 'story: NAME'.",
    mend="Begin with 'story:' and the file's own name.",
    example="title: {ru: ..., en: ...}",
)
