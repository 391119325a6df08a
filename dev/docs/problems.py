"""The table of problems, from `api/catalogue.py`."""

from api.catalogue import CATALOGUE
from dev.docs.markdown import table as markdown_table


def table() -> str:
    """Each code: status, and what it says in both languages, by status."""
    lines = [
        (
            str(entry.status),
            f"`{code}`",
            f"{entry.title.ru}<br>{entry.title.en}",
            f"{entry.mend.ru}<br>{entry.mend.en}",
        )
        for code, entry in sorted(CATALOGUE.items(), key=lambda item: (item[1].status, item[0]))
    ]
    return markdown_table(("status", "code", "title", "mend"), lines)
