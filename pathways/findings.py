"""What ``check`` tells: findings with a stable code, a place and a mend, and the book of all codes.

The book is written beside the rules that use it (``declare`` in each module); ``docs/pathways.md`` is made from it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from domain.base import Value

BOOK: dict[str, "Rule"] = {}
"""Every code, by itself. A code never changes its meaning and is never used again."""


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong: what it means, why it matters, how to mend it, and an example of it."""

    code: str
    title: str
    why: str
    mend: str
    example: str


def declare(code: str, title: str, *, why: str, mend: str, example: str) -> str:
    """Enter a code into the book and return it.

    Raises:
        ValueError: The code stands for something else already.
    """
    rule = Rule(code, title, why, mend, example)
    if BOOK.setdefault(code, rule) != rule:
        raise ValueError(f"the code {code} is taken")
    return code


class Finding(Value):
    """One error in a clinic's file. Lines and columns count from 1."""

    code: str
    file: str
    line: int
    column: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.what}"


def book() -> dict[str, Rule]:
    """All codes in order, whichever module declares them."""
    import pathways.compile  # noqa: F401  (importing the pipeline loads every module that declares codes)

    return dict(sorted(BOOK.items()))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, by file and place."""
    return sorted(set(findings), key=lambda f: (f.file, f.line, f.column, f.code, f.what))


def render(findings: Iterable[Finding]) -> str:
    """Findings for a person at a terminal: the place, what is wrong, how to mend it."""
    return "\n".join(f"{finding}\n    {finding.mend}" for finding in in_order(findings))


def as_json(findings: Iterable[Finding]) -> str:
    """Findings for a machine: a JSON array of code, file, line, column, what and mend."""
    return json.dumps([f.model_dump() for f in in_order(findings)], ensure_ascii=False, indent=2)
