"""What an administrator reads in Temporal UI, from the tables of words themselves."""

from dev.docs.markdown import table as markdown_table
from pathways import words
from pathways.core.kind import kinds
from pathways.core.own import OWN_TASKS


def duties() -> str:
    """The consultation's own duties: words and actions."""
    lines = [
        (f"`{name}`", words.OWN_TASKS[name].ru, words.OWN_TASKS[name].en, ", ".join(f"`{one}`" for one in actions))
        for name, actions in OWN_TASKS.items()
    ]
    return markdown_table(("duty", "in Russian", "in English", "actions"), lines)


def ends() -> str:
    """The usual ends, which are also the last status of a run."""
    return markdown_table(
        ("status", "in Russian", "in English"),
        ((f"`{code}`", text.ru, text.en) for code, text in words.ENDS.items()),
    )


def stages() -> str:
    """Kinds and their duties, as they are called on the page of a run."""
    lines = []
    for name, kind in sorted(kinds().items()):
        titles = type(kind).task_titles.values()
        said = ("; ".join(text.ru for text in titles) or "-", "; ".join(text.en for text in titles) or "-")
        lines.append((f"`{name}`", f"{kind.title.ru}<br>{kind.title.en}", "<br>".join(said)))
    return markdown_table(("kind", "stage", "duties"), lines)
