"""What is pinned into a pathway: forms, consents, texts, prices, working time."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.base import Json, Text
from domain.pathway import Pathway
from pathways.compare.change import NOTHING, Audience, Change, both, joined, same, value_said
from pathways.compare.heads import turned
from pathways.fields import AnyField
from pathways.forms import Form, read_form

PATIENTS, DOCTORS, STAFF = Audience.PATIENTS, Audience.DOCTORS, Audience.STAFF
ADDED = {
    "forms": ("Новая анкета «{title}»", "A new form: '{title}'"),
    "consents": ("Новый документ для согласия: «{title}»", "A new document to accept: '{title}'"),
    "texts": ("Новый текст для чтения: «{title}»", "A new text to read: '{title}'"),
}
PRICES = (
    ("amount", "Цена услуги «{title}»", "The price of '{title}'"),
    ("costs", "Удержание при неявке или поздней отмене, «{title}»", "What a no-show of '{title}' costs"),
)
REMOVED = {
    "forms": ("Больше не заполняется анкета «{title}»", "No longer filled in: the form '{title}'"),
    "consents": ("Больше не спрашивается согласие: «{title}»", "No longer asked to accept: '{title}'"),
    "texts": ("Больше не показывается текст «{title}»", "No longer shown: the text '{title}'"),
}


def papers(old: Pathway, new: Pathway) -> Iterator[Change]:
    """Every paper of either version."""
    for shelf in ADDED:
        before, after = getattr(old, shelf), getattr(new, shelf)
        for name in sorted({*before, *after}):
            if name not in before:
                yield _paper(ADDED[shelf], after[name].content)
            elif name not in after:
                yield _paper(REMOVED[shelf], before[name].content)
            elif before[name].content != after[name].content:
                yield from COMPARED[shelf](before[name], after[name])
    yield from _prices(old, new)
    yield from _hours(old, new)


def _paper(words: tuple[str, str], content: Mapping[str, Json]) -> Change:
    return Change(audience=PATIENTS, text=both(*words, title=_title(content)))


def _title(content: Mapping[str, Json]) -> Text:
    return Text.model_validate(content["title"])


def _form(old: Any, new: Any) -> Iterator[Change]:
    before, after = read_form(old), read_form(new)
    title = after.title
    for name, field in after.fields.items():
        known = before.fields.get(name)
        if known is None:
            must = Text(ru=", обязателен", en=", must be answered") if field.required else same("")
            text = both(
                "Анкета «{form}»: новый вопрос «{label}»{must}", "Form '{form}': a new question '{label}'{must}",
                form=title, label=field.label, must=must,
            )  # fmt: skip
            yield Change(audience=PATIENTS, text=text)
        elif known != field:
            yield _question(title, known, field)
    for name, field in before.fields.items():
        if name not in after.fields:
            text = both(
                "Анкета «{form}»: убран вопрос «{label}»", "Form '{form}': the question '{label}' is gone",
                form=title, label=field.label,
            )  # fmt: skip
            yield Change(audience=PATIENTS, text=text)
    yield from _flags(before, after)
    if set(before.facts) != set(after.facts):
        what = both("Анкета «{form}»: что учитывает процесс", "Form '{form}': what the process decides on", form=title)
        yield turned(STAFF, what, joined(map(same, before.facts)), joined(map(same, after.facts)))


def _question(title: Text, old: AnyField, new: AnyField) -> Change:
    """One question that changed: how, as far as it can be said in a word."""
    how = Text(ru="изменён", en="is changed")
    if old.required != new.required:
        must = Text(ru="теперь обязателен", en="must be answered now")
        how = must if new.required else Text(ru="теперь необязателен", en="need not be answered now")
    elif old.label != new.label:
        how = Text(ru="сформулирован иначе", en="is worded otherwise")
    elif getattr(old, "options", ()) != getattr(new, "options", ()):
        how = Text(ru="другие варианты ответа", en="has other answers to choose from")
    text = both(
        "Анкета «{form}»: вопрос «{label}» {how}", "Form '{form}': the question '{label}' {how}",
        form=title, label=new.label, how=how,
    )  # fmt: skip
    return Change(audience=PATIENTS, text=text)


def _flags(old: Form, new: Form) -> Iterator[Change]:
    before, after = ({flag.id: flag for flag in form.flags} for form in (old, new))
    for name in [*before, *(name for name in after if name not in before)]:
        one, other = before.get(name), after.get(name)
        if one == other:
            continue
        if one is None:
            words = ("Новый тревожный признак «{flag}» в анкете «{form}»", "A new red flag '{flag}' in form '{form}'")
        elif other is None:
            words = ("Убран тревожный признак «{flag}» в анкете «{form}»", "Red flag '{flag}' of form '{form}' is gone")
        else:
            words = ("Тревожный признак «{flag}» изменён (анкета «{form}»)", "Red flag '{flag}' of '{form}' is changed")
        for audience in (PATIENTS, STAFF):
            yield Change(audience=audience, text=both(*words, flag=name, form=new.title))


def _consent(old: Any, new: Any) -> Iterator[Change]:
    title = _title(new.content)
    if old.content["text"] != new.content["text"]:
        text = both(
            "Документ «{title}» изменён (версия {old} → {new}): его примут заново",
            "The document '{title}' is changed (version {old} → {new}): it is accepted anew",
            title=title, old=old.version, new=new.version,
        )  # fmt: skip
        yield Change(audience=PATIENTS, text=text)
    rows = (
        ("who", "Кто принимает документ «{title}»", "Who accepts the document '{title}'"),
        ("purpose", "Цель документа «{title}»", "The purpose of the document '{title}'"),
        ("lasts", "Срок действия документа «{title}»", "How long the document '{title}' lasts"),
        ("title", "Название документа «{title}»", "The name of the document '{title}'"),
    )
    for key, ru, en in rows:
        before, after = old.content.get(key), new.content.get(key)
        if before != after:
            said = (_title(old.content), title) if key == "title" else (value_said(before), value_said(after))
            yield turned(PATIENTS, both(ru, en, title=title), *said)


def _text(old: Any, new: Any) -> Iterator[Change]:
    yield _paper(("Текст «{title}» изменён", "The text '{title}' is changed"), new.content)


COMPARED = {"forms": _form, "consents": _consent, "texts": _text}


def _prices(old: Pathway, new: Pathway) -> Iterator[Change]:
    """What each payment holds and costs, whichever service it is of."""
    for name, step in new.index.items():
        service = new.services.get(str(step.fields.get("service")))
        if service is None:
            continue
        before = old.index[name].fields.get("service") if name in old.index else None
        known = old.services.get(str(before), {})
        title = Text.model_validate(service["title"])
        for key, ru, en in PRICES:
            if known.get(key) != service[key]:
                yield turned(PATIENTS, both(ru, en, title=title), _money(known.get(key)), _money(service[key]))


def _money(kopecks: int | None) -> Text:
    if kopecks is None:
        return NOTHING
    roubles, rest = divmod(kopecks, 100)
    whole = f"{roubles}" + (f",{rest:02}" if rest else "")
    return Text(ru=f"{whole} ₽", en=f"{whole.replace(',', '.')} RUB")


def _hours(old: Pathway, new: Pathway) -> Iterator[Change]:
    if old.calendar != new.calendar:
        text = Text(ru="Изменены рабочие часы клиники", en="The clinic's working hours are changed")
        yield Change(audience=STAFF, text=text)
    own = {*old.calendars, *new.calendars}
    for pool in sorted(_pools(old) & _pools(new) & own):
        if old.calendars.get(pool, old.calendar) != new.calendars.get(pool, new.calendar):
            text = both(
                "Изменены рабочие часы пула «{pool}»", "The working hours of pool '{pool}' are changed", pool=pool
            )
            for audience in (DOCTORS, STAFF):
                yield Change(audience=audience, text=text)


def _pools(pathway: Pathway) -> set[str]:
    """The pools a version names."""
    return {str(step.fields["pool"]) for step in pathway.index.values() if "pool" in step.fields}
