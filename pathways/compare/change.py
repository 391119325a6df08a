"""One change in words, and how parts of a pathway are said."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from domain.base import Text, Value
from domain.calendar import UNITS, Span
from domain.pathway import Jump, Step
from domain.people import Role
from pathways import words
from pathways.core.kind import kinds
from pathways.outcomes import said


class Audience(StrEnum):
    """Whom a change concerns."""

    PATIENTS = "patients"
    DOCTORS = "doctors"
    STAFF = "staff"


class Change(Value):
    """One change, in both languages."""

    audience: Audience
    text: Text


STRUCTURE = {
    "repeat": Text(ru="Повтор", en="Repeat"),
    "parallel": Text(ru="Параллельные этапы", en="Parallel steps"),
    "end": Text(ru="Завершение", en="End"),
}
NUMBER = {
    "m": Text(ru="{} мин", en="{} min"),
    "h": Text(ru="{} ч", en="{} h"),
    "d": Text(ru="{} дн.", en="{} d"),
}
WORKING = Text(ru=" рабочего времени", en=" of working time")
JUMPS = {
    "next": Text(ru="следующий этап", en="the next step"),
    "go": Text(ru="этап «{}»", en="step '{}'"),
    "end": Text(ru="завершение «{}»", en="the end '{}'"),
    "again": Text(ru="новая попытка", en="another turn"),
    "leave": Text(ru="выход из повтора", en="out of the repeat"),
}
NOTHING = Text(ru="нет", en="none")
YES = Text(ru="да", en="yes")
NO = Text(ru="нет", en="no")


def both(ru: str, en: str, **parts: Text | str | int) -> Text:
    """A sentence in both languages, with parts put in, each in its language."""
    return Text(ru=ru.format(**_in(parts, "ru")), en=en.format(**_in(parts, "en")))


def _in(parts: dict[str, Any], language: str) -> dict[str, Any]:
    return {name: part.in_(language) if isinstance(part, Text) else part for name, part in parts.items()}


def same(word: str) -> Text:
    """A word that is the same in both languages: a name or a value."""
    return Text(ru=word, en=word)


def joined(texts: Iterable[Text]) -> Text:
    """A list in words."""
    every = list(texts)
    if not every:
        return NOTHING
    return Text(ru=", ".join(text.ru for text in every), en=", ".join(text.en for text in every))


def step_said(step: Step) -> Text:
    """A step: what people read, and its name."""
    title = STRUCTURE.get(step.kind) or type(kinds()[step.kind]).title
    return both("«{title}» ({id})", "'{title}' ({id})", title=title, id=step.id)


def span_said(span: Span | None) -> Text:
    """A length of time."""
    if span is None:
        return NOTHING
    names = ("h", "m") if span.working else ("d", "h", "m")
    unit = next((name for name in names if span.seconds % UNITS[name] == 0), "m")
    number = span.seconds // UNITS[unit]
    working = WORKING if span.working else same("")
    return Text(ru=NUMBER[unit].ru.format(number) + working.ru, en=NUMBER[unit].en.format(number) + working.en)


def jump_said(jump: Jump | None) -> Text:
    """A way on."""
    if jump is None:
        return JUMPS["next"]
    target: Text | str = end_said(jump.target or "") if jump.to == "end" else (jump.target or "")
    return both(JUMPS[jump.to].ru.replace("{}", "{to}"), JUMPS[jump.to].en.replace("{}", "{to}"), to=target)


def end_said(end: str) -> Text:
    """An end as people read it."""
    return words.ENDS.get(end, same(end))


def role_said(role: Role | str | None) -> Text:
    """A role, or nobody."""
    return NOTHING if role is None else words.ROLES[Role(role)]


def outcome_said(outcome: str) -> Text:
    """An outcome."""
    return Text(ru=said(outcome, "ru"), en=said(outcome, "en"))


def value_said(value: Any) -> Text:
    """A value of a field as a person reads it."""
    match value:
        case None | [] | "":
            return NOTHING
        case bool():
            return YES if value else NO
        case list():
            return joined(value_said(item) for item in value)
        case {"seconds": int()}:
            return span_said(Span.model_validate(value))
        case {"days": days, "at": at}:
            return both("каждые {days} дн. в {at}", "every {days} days at {at}", days=days, at=at)
        case {"id": id_}:
            return same(str(id_))
        case str() if value in set(Role):
            return role_said(value)
        case _:
            return same(str(value))
