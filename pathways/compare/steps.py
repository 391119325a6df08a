"""The steps: added, gone, moved; and what changed of those that stayed."""

from collections.abc import Iterator
from itertools import pairwise

from domain.base import Text
from domain.pathway import Escalation, Pathway, Step
from domain.people import Role
from pathways.compare.change import (
    NOTHING,
    Audience,
    Change,
    both,
    joined,
    jump_said,
    outcome_said,
    role_said,
    same,
    span_said,
    step_said,
    value_said,
)
from pathways.compare.heads import longer, turned

PATIENTS, DOCTORS, STAFF = Audience.PATIENTS, Audience.DOCTORS, Audience.STAFF
CONCERNS: dict[str, tuple[Audience, ...]] = {
    "appointment": (PATIENTS, DOCTORS),
    "chat": (PATIENTS, DOCTORS),
    "consent": (PATIENTS,),
    "eligibility": (PATIENTS, DOCTORS),
    "end": (PATIENTS,),
    "identity": (PATIENTS,),
    "intake": (PATIENTS,),
    "lab_order": (PATIENTS, DOCTORS),
    "notify": (PATIENTS,),
    "parallel": (PATIENTS, DOCTORS),
    "payment": (PATIENTS,),
    "prescription": (PATIENTS, DOCTORS),
    "protocol": (DOCTORS,),
    "queue": (PATIENTS, DOCTORS),
    "referral": (PATIENTS, DOCTORS),
    "repeat": (PATIENTS, DOCTORS),
    "results": (PATIENTS, DOCTORS),
    "signature": (DOCTORS,),
    "survey": (PATIENTS,),
    "video": (PATIENTS, DOCTORS),
}
"""Whom a step of a kind concerns; where the step itself names a role, that one."""
FIELDS: dict[str, Text] = {
    "as": Text(ru="исход", en="the end"),
    "choices": Text(ru="варианты решения", en="the decisions to choose from"),
    "documents": Text(ru="документы", en="the documents"),
    "early": Text(ru="за сколько до начала открывается приём", en="how long before the start the meeting opens"),
    "every": Text(ru="когда повторяется", en="when its turns begin"),
    "form": Text(ru="анкета", en="the form"),
    "gives": Text(ru="что подтверждает", en="what it gives"),
    "join": Text(ru="чего ждём", en="what is waited for"),
    "level": Text(ru="уровень", en="the level"),
    "may": Text(ru="что ещё можно", en="what else is allowed"),
    "no_show": Text(ru="сколько ждём неявившегося", en="how long who did not come is waited for"),
    "not_older_than": Text(ru="давность подтверждения", en="how old the proof may be"),
    "of": Text(ru="по какому этапу", en="the step it is of"),
    "partners": Text(ru="лаборатории", en="the laboratories"),
    "photos": Text(ru="фотографий в сообщении", en="photographs in a message"),
    "plan": Text(ru="планируемая длительность", en="the planned length"),
    "pool": Text(ru="пул врачей", en="the pool of doctors"),
    "remind_before": Text(ru="напоминания до начала", en="the reminders before the start"),
    "reply": Text(ru="срок ответа врача", en="how soon the doctor answers"),
    "requires": Text(ru="что требуется", en="what is required"),
    "service": Text(ru="услуга", en="the service"),
    "silence": Text(ru="сколько ждём ответа пациента", en="how long the patient's answer is waited for"),
    "takes": Text(ru="что спрашивается сразу", en="what is asked at once"),
    "text": Text(ru="текст", en="the text"),
    "times": Text(ru="число повторов", en="how many turns"),
    "to": Text(ru="кому или куда", en="to whom or where"),
    "who": Text(ru="кто решает", en="who decides"),
}
"""A kind's own fields in words."""


def steps(old: Pathway, new: Pathway) -> Iterator[Change]:
    """Every step of either version."""
    moved = _moved(old, new)
    for name, step in new.index.items():
        known = old.index.get(name)
        if known is None:
            yield from _each(step, both("Новый этап {step}", "A new step {step}", step=step_said(step)))
        elif known.kind != step.kind:
            text = both("Этап {old} стал этапом {new}", "The step {old} is now {new}",
                        old=step_said(known), new=step_said(step))  # fmt: skip
            yield from _each(step, text)
        else:
            if name in moved:
                yield from _each(
                    step, both("{step}: {place}", "{step}: {place}", step=step_said(step), place=moved[name])
                )
            yield from _changed(known, step)
    for name, step in old.index.items():
        if name not in new.index:
            yield from _each(step, both("Этапа {step} больше нет", "The step {step} is gone", step=step_said(step)))


def concerns(step: Step) -> tuple[Audience, ...]:
    """Whom a step concerns."""
    named = step.fields.get("who") or (step.fields.get("to") if step.kind == "notify" else None)
    if named is None:
        return CONCERNS.get(step.kind, tuple(Audience))
    return ({Role.PATIENT: PATIENTS, Role.DOCTOR: DOCTORS}.get(Role(str(named)), STAFF),)


def _each(step: Step, text: Text) -> Iterator[Change]:
    for audience in concerns(step):
        yield Change(audience=audience, text=text)


def _moved(old: Pathway, new: Pathway) -> dict[str, Text]:
    """Steps that stand elsewhere: in another structure, or in another order beside the others of theirs."""
    found: dict[str, Text] = {}
    for name in new.index:
        if name in old.index and old.parents[name][0] != new.parents[name][0]:
            parent = new.parents[name][0]
            where = Text(ru="вне повторов и групп", en="outside of any group") if parent is None else same(parent)
            found[name] = both("теперь стоит в «{where}»", "stands in '{where}' now", where=where)
    seen: set[int] = set()
    for name in new.index:
        sequence = new.parents[name][1]
        if id(sequence) not in seen:
            seen.add(id(sequence))
            found |= _order(old, [step.id for step in sequence if step.id in old.index and step.id not in found])
    return found


def _order(old: Pathway, names: list[str]) -> dict[str, Text]:
    """The fewest steps of one list that must have moved: those beside the longest run that kept its order."""
    places = list(old.index)
    best: list[list[str]] = []
    for name in names:
        before = [run for run in best if places.index(run[-1]) < places.index(name)]
        best.append([*max(before, key=len, default=[]), name])
    kept = max(best, key=len, default=[])
    first = names[:1]
    after = {other: one for one, other in pairwise(names)}
    return {
        name: Text(ru="теперь стоит первым", en="stands first now")
        if name in first
        else both("теперь стоит после «{other}»", "stands after '{other}' now", other=after[name])
        for name in names
        if name not in kept
    }


def _changed(old: Step, new: Step) -> Iterator[Change]:
    name = step_said(new)
    audiences = concerns(new)
    if old.within != new.within:
        more = longer(old.within, new.within)
        what = both("{step}, срок{more}", "{step}, its deadline{more}", step=name, more=more)
        for audience in audiences:
            yield turned(audience, what, span_said(old.within), span_said(new.within))
    rows: list[tuple[tuple[Audience, ...], Text, Text, Text]] = [
        (audiences, Text(ru="условие", en="its condition"), _words(old.when), _words(new.when)),
        (audiences, Text(ru="напоминания", en="its reminders"), _reminders(old), _reminders(new)),
        ((STAFF,), Text(ru="тревога", en="its alarm"), role_said(old.alarm), role_said(new.alarm)),
        (_rung(old, new), Text(ru="кого зовут", en="who is called in"), _escalations(old), _escalations(new)),
        (audiences, Text(ru="ожидание", en="its waiting"), _waits(old), _waits(new)),
    ]
    for outcome in [*old.then, *(o for o in new.then if o not in old.then)]:
        what = both("после исхода «{outcome}»", "after '{outcome}'", outcome=outcome_said(outcome))
        before, after = ((jump_said(s.then[outcome]) if outcome in s.then else NOTHING) for s in (old, new))
        rows.append((audiences, what, before, after))
    for field in [*old.fields, *(f for f in new.fields if f not in old.fields)]:
        what = FIELDS.get(field, same(field))
        rows.append((audiences, what, value_said(old.fields.get(field)), value_said(new.fields.get(field))))
    for whom, what, before, after in rows:
        if before != after:
            for audience in whom:
                yield turned(audience, both("{step}, {what}", "{step}, {what}", step=name, what=what), before, after)


def _words(condition: str | None) -> Text:
    return NOTHING if condition is None else same(f"`{condition}`")


def _waits(step: Step) -> Text:
    if step.wait:
        return Text(ru="процесс ждёт этого этапа", en="the consultation waits for it")
    return Text(ru="идёт отдельно, процесс не ждёт", en="it goes on by itself, nobody waits")


def _reminders(step: Step) -> Text:
    return joined(map(span_said, step.remind))


def _escalations(step: Step) -> Text:
    return joined(_escalation(rung) for rung in step.escalate)


def _escalation(rung: Escalation) -> Text:
    return both("{who} через {after}", "{who} after {after}", who=role_said(rung.who), after=span_said(rung.after))


def _rung(old: Step, new: Step) -> tuple[Audience, ...]:
    """Whom an escalation of either version calls."""
    roles = {rung.who for step in (old, new) for rung in step.escalate}
    doctors = (DOCTORS,) if Role.DOCTOR.value in roles else ()
    return (*doctors, STAFF) if roles - {Role.DOCTOR.value} else doctors
