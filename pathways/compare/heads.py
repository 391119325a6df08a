"""The head of a pathway: who takes part, what is lawful, how it may end and at what price, who is called."""

from collections.abc import Iterator
from typing import NamedTuple

from domain.base import Text
from domain.calendar import Span
from domain.pathway import Care, End, Pathway
from pathways.compare.change import (
    NOTHING,
    Audience,
    Change,
    both,
    end_said,
    joined,
    role_said,
    same,
    span_said,
)

PATIENTS, DOCTORS, STAFF = Audience.PATIENTS, Audience.DOCTORS, Audience.STAFF
CARE = {
    Care.ADVICE: Text(ru="консультация без диагноза и назначений", en="advice, no diagnosis and no treatment"),
    Care.FOLLOW_UP: Text(ru="повторный приём, коррекция лечения", en="follow-up, correction of treatment"),
    Care.MONITORING: Text(ru="дистанционное наблюдение", en="remote monitoring"),
}
CHARGE = {
    "full": Text(ru="полная цена", en="the full price"),
    "costs": Text(ru="только расходы", en="the costs only"),
    "none": Text(ru="не оплачивается", en="nothing"),
    None: NOTHING,
}
DOCTOR = {
    "attending": Text(ru="лечащий врач (коллеги только советуют)", en="the attending doctor (colleagues only advise)"),
    "any": Text(ru="любой врач пула", en="any doctor of the pool"),
}
PAYER = {
    "patient": Text(ru="пациент", en="the patient"),
    "representative": Text(ru="представитель", en="the representative"),
}
GUESTS = {
    "relative": Text(ru="родственник", en="a relative"),
    "interpreter": Text(ru="переводчик", en="an interpreter"),
    "colleague": Text(ru="коллега врача", en="a colleague of the doctor"),
}


def heads(old: Pathway, new: Pathway) -> Iterator[Change]:
    """Everything but steps and papers."""
    rows: tuple[tuple[Audience, str, str, Text, Text], ...] = (
        (PATIENTS, "Название", "Title", old.title, new.title),
        (DOCTORS, "Специальность", "Speciality", same(old.speciality), same(new.speciality)),
        (DOCTORS, "Что врач вправе делать", "What a doctor may do", CARE[old.care], CARE[new.care]),
        (DOCTORS, "Кто ведёт приём", "Who holds it", DOCTOR[old.people.doctor], DOCTOR[new.people.doctor]),
        (PATIENTS, "Возраст пациента", "The patient's age", _ages(old), _ages(new)),
        (PATIENTS, "Платит", "Who pays", _payer(old), _payer(new)),
        (PATIENTS, "Можно пригласить", "May be invited", _guests(old), _guests(new)),
        (STAFF, "При тревоге перезванивает", "Calls back on a red flag", *_roles(old, new, "call_back")),
        (STAFF, "Если не ответили, звонят", "Rung if nobody answers", *_roles(old, new, "otherwise")),
        (STAFF, "Срок ответа на тревогу", "How soon a red flag is answered", *_within(old, new)),
    )
    for audience, ru, en, before, after in rows:
        if before != after:
            yield turned(audience, Text(ru=ru, en=en), before, after)
    yield from _ends(old, new)


def turned(audience: Audience, what: Text, before: Text, after: Text) -> Change:
    """Something that was one thing and is another."""
    text = both(
        "{what}: {after} (было: {before})", "{what}: {after} (was: {before})", what=what, before=before, after=after
    )
    return Change(audience=audience, text=text)


def longer(old: Span | None, new: Span | None) -> Text:
    """Whether a length of time became longer or shorter; nothing where the two cannot be compared."""
    if old is None or new is None or old.working != new.working:
        return same("")
    return Text(ru=", дольше", en=", longer") if new.seconds > old.seconds else Text(ru=", короче", en=", shorter")


def _ends(old: Pathway, new: Pathway) -> Iterator[Change]:
    for end in [*old.ends, *(end for end in new.ends if end not in old.ends)]:
        before, after, name = old.ends.get(end), new.ends.get(end), end_said(end)
        if after is None:
            yield Change(
                audience=PATIENTS, text=both("Больше не бывает исхода «{end}»", "No longer an end: '{end}'", end=name)
            )
        elif before is None:
            text = both(
                "Новый исход «{end}», оплата: {charge}", "A new end '{end}', charge: {charge}",
                end=name, charge=CHARGE[after.charge],
            )  # fmt: skip
            yield Change(audience=PATIENTS, text=text)
            yield from _end(name, _Told(End(charge=after.charge), old), _Told(after, new))
        else:
            yield from _end(name, _Told(before, old), _Told(after, new))


class _Told(NamedTuple):
    """An end and the version it is of, whose texts it offers."""

    end: End
    pathway: Pathway

    @property
    def offer(self) -> Text:
        """What is offered, by its title."""
        pinned = self.pathway.texts.get(self.end.offer or "")
        return Text.model_validate(pinned.content["title"]) if pinned is not None else NOTHING


def _end(name: Text, old: _Told, new: _Told) -> Iterator[Change]:
    rows = (
        (PATIENTS, "Оплата при исходе «{end}»", "Charge at the end '{end}'", *_charges(old, new)),
        (PATIENTS, "Предложение при исходе «{end}»", "Offer at the end '{end}'", old.offer, new.offer),
        (STAFF, "Тревога при исходе «{end}»", "Alarm at the end '{end}'", *_alarms(old, new)),
    )
    for audience, ru, en, before, after in rows:
        if before != after:
            yield turned(audience, both(ru, en, end=name), before, after)


def _charges(old: _Told, new: _Told) -> tuple[Text, Text]:
    return CHARGE[old.end.charge], CHARGE[new.end.charge]


def _alarms(old: _Told, new: _Told) -> tuple[Text, Text]:
    return role_said(old.end.alarm), role_said(new.end.alarm)


def _ages(pathway: Pathway) -> Text:
    youngest, oldest = pathway.people.patient_age
    return same(f"{youngest}+" if oldest is None else f"{youngest}-{oldest}")


def _payer(pathway: Pathway) -> Text:
    return PAYER[str(pathway.people.payer)]


def _guests(pathway: Pathway) -> Text:
    return joined(GUESTS[str(guest)] for guest in pathway.people.invited)


def _roles(old: Pathway, new: Pathway, name: str) -> tuple[Text, Text]:
    return role_said(getattr(old.emergency, name)), role_said(getattr(new.emergency, name))


def _within(old: Pathway, new: Pathway) -> tuple[Text, Text]:
    return span_said(old.emergency.within), span_said(new.emergency.within)
