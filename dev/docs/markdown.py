"""Markdown as the generators write it."""

from collections.abc import Iterable


def table(heads: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """A table; a bar inside a cell is escaped."""
    named = list(heads)
    body = ("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    return "\n".join([f"| {' | '.join(named)} |", "|" + "---|" * len(named), *body])


def code(words: Iterable[str]) -> str:
    """Words as code, comma-separated; a dash for none."""
    return ", ".join(f"`{word}`" for word in words) or "-"


def first_line(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return prose((text or "").strip().split("\n\n")[0])


def prose(text: str) -> str:
    """A docstring's text on one line, its code as Markdown's."""
    return " ".join(text.replace("``", "`").split())
