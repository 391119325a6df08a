"""What a new version of a pathway changes for those who meet it, in words, grouped by whom it concerns."""

from domain.base import Text
from domain.pathway import Pathway
from pathways.compare.change import Audience, Change
from pathways.compare.heads import heads
from pathways.compare.papers import papers
from pathways.compare.steps import steps

GROUPS = {
    Audience.PATIENTS: Text(ru="Для пациентов:", en="For patients:"),
    Audience.DOCTORS: Text(ru="Для врачей:", en="For doctors:"),
    Audience.STAFF: Text(ru="Для сотрудников:", en="For staff:"),
}

NOTHING = Text(ru="Ничего не меняется.", en="Nothing changes.")
NEW = Text(ru="Новый путь: {title} ({code})", en="A new pathway: {title} ({code})")
GONE = Text(ru="Больше нет пути: {title} ({code})", en="No longer there: {title} ({code})")


def changes(old: Pathway, new: Pathway) -> list[Change]:
    """Every change, each once, in the order people read: the whole, its steps, its papers."""
    return list(dict.fromkeys(change for part in (heads, steps, papers) for change in part(old, new)))


def diff(old: Pathway, new: Pathway, language: str = "ru") -> list[str]:
    """The changes as lines: a heading for whom, and a line each. Nothing where nothing changes for anybody."""
    every = changes(old, new)
    lines: list[str] = []
    for audience, heading in GROUPS.items():
        mine = [change.text.in_(language) for change in every if change.audience is audience]
        if mine:
            lines += [heading.in_(language), *(f"- {text}" for text in mine)]
    return lines


def compared(old: dict[str, Pathway], new: dict[str, Pathway], language: str = "ru") -> list[str]:
    """Two files or folders, pathway by pathway, by code; two single ones are compared whatever they are called."""
    if len(old) == len(new) == 1:
        pairs = [(next(iter(old.values())), next(iter(new.values())))]
    else:
        pairs = [(old[code], new[code]) for code in old if code in new]
    lines: list[str] = []
    for before, after in pairs:
        title = f"{after.title.in_(language)} ({after.code}), {before.version} → {after.version}"
        lines += [title, *(diff(before, after, language) or [NOTHING.in_(language)]), ""]
    matched = {pathway.code for pair in pairs for pathway in pair}
    for words, versions in ((GONE, old), (NEW, new)):
        for code, pathway in versions.items():
            if code not in matched:
                lines += [words.in_(language).format(title=pathway.title.in_(language), code=code), ""]
    return lines[:-1]
