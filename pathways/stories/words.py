"""A timeline in words, for a head doctor: Russian first."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.base import Text
from domain.effects import load
from domain.effects.notify import Tell
from domain.pathway import Pathway
from domain.people import Role
from domain.texts import TEXTS
from pathways import words
from pathways.core.kind import kinds
from pathways.outcomes import said
from pathways.stories.timeline import DID, FAILED, Duty, Entry, Played

CODES: dict[str, Text] = {
    "started": Text(ru="начало", en="begins"),
    "step.opened": Text(ru="открыт этап {step}", en="step {step} opens"),
    "step.ended": Text(ru="этап {step} завершён: {outcome}", en="step {step} is over: {outcome}"),
    "step.skipped": Text(ru="этап {step} пропущен", en="step {step} is skipped"),
    "step.left": Text(ru="этап {step} идёт отдельно", en="step {step} goes its own way"),
    "step.expired": Text(ru="срок этапа {step} истёк", en="the time of step {step} is over"),
    "step.reminded": Text(ru="напоминание: {step}", en="reminder: {step}"),
    "step.escalated": Text(ru="этап {step} замечен старшими: {to}", en="step {step} is shown to {to}"),
    "step.closed": Text(ru="этап {step} закрыт извне", en="step {step} is closed from outside"),
    "step.halted": Text(ru="этап {step} остановлен: условие не вычислилось", en="step {step} is halted"),
    "child.left": Text(ru="начато отдельно: {child}", en="begun beside: {child}"),
    "turn.opened": Text(ru="{step}: круг {occurrence}", en="{step}: turn {occurrence}"),
    "turn.awaited": Text(ru="{step}: следующий круг {at}", en="{step}: the next turn {at}"),
    "met": Text(ru="врач и пациент встретились ({how})", en="doctor and patient have met ({how})"),
    "fact": Text(ru="извне: {source}", en="from outside: {source}"),
    "paused": Text(ru="пауза", en="paused"),
    "resumed": Text(ru="пауза окончена", en="goes on"),
    "emergency.opened": Text(ru="ЭКСТРЕННЫЙ СЛУЧАЙ: {flag}", en="EMERGENCY: {flag}"),
    "emergency.flagged_again": Text(ru="ещё один тревожный признак: {flag}", en="another red flag: {flag}"),
    "emergency.escalated": Text(ru="перезвонить: очередь за {to}", en="call back: it is {to}'s turn"),
    "emergency.recorded": Text(ru="записано, что сделано: {verdict}", en="what was done is recorded: {verdict}"),
    "end.wished": Text(ru="итог будет: {end}; сначала протокол и подпись", en="will end as {end} after its protocol"),
    "ending": Text(ru="завершается: {end}", en="is ending: {end}"),
    "closed": Text(ru="закрыта", en="closed"),
    "undo.asked": Text(ru="отменяется: {effect}", en="is taken back: {effect}"),
    "undone": Text(ru="отменено: {effect}", en="taken back: {effect}"),
    "effect.held": Text(ru="не удалось ({error}), ждёт администратора: {effect}", en="held ({error}): {effect}"),
    "effect.given_up": Text(ru="не удалось ({error}): {effect}", en="could not be done ({error}): {effect}"),
    "effect.written_off": Text(ru="улажено вручную: {effect}", en="settled by hand: {effect}"),
    "told.failed": Text(ru="сообщение не ушло", en="a message could not go out"),
    "consent.withdrawn": Text(ru="согласие отозвано", en="a consent is withdrawn"),
    "chat.message": Text(ru="сообщение в переписке", en="a message in the chat"),
    DID: Text(ru="сделано: {effect}", en="done: {effect}"),
    FAILED: Text(ru="не получилось ({error}): {effect}", en="failed ({error}): {effect}"),
}
"""How each thing that happens is told; codes that stand in no row are told by their own name."""
TOLD = Text(ru="сообщение → {to}: «{text}»", en='message → {to}: "{text}"')
QUIET = frozenset({"task.opened", "task.changed", "task.closed", "effect.done", "law.checked", "met.goes_on"})
"""What a reader does not need: it is told by its step, or shown among the duties at the end."""

DAYS = {
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
PEOPLE = {
    "doctor": Text(ru="врач", en="doctor"),
    "colleague": Text(ru="другой врач", en="colleague"),
    "nobody": Text(ru="никто", en="nobody"),
}
END = Text(ru="Итог", en="End")
OPEN = Text(ru="консультация продолжается", en="the consultation goes on")
DUTIES = Text(ru="Открытые обязанности", en="Open duties")
NO_DUTIES = Text(ru="Никто ничего не должен.", en="Nobody owes anything.")
UNTIL = Text(ru="до", en="until")
GONE_WRONG = Text(ru="НЕ СОШЛОСЬ", en="FAILED")
LINE = Text(ru="строка", en="line")


def who(word: str, language: str) -> str:
    """One of a story's people, or a role, as people read it."""
    if word in PEOPLE:
        return PEOPLE[word].in_(language)
    return words.ROLES[Role(word)].in_(language) if word in set(Role) else word


def render(played: Played, pathway: Pathway, language: str) -> str:
    """A story that was played, hour by hour, and how it ended."""
    lines = [f"{pathway.title.in_(language)} · {played.title.in_(language)} ({played.story})"]
    day = ""
    for entry in played.timeline:
        told = sentence(entry, pathway, language)
        if told is None:
            continue
        at = entry.at.astimezone(ZoneInfo(played.zone))
        if (today := f"{DAYS[language][at.weekday()]} {at:%d.%m.%Y}") != day:
            day = today
            lines.append(f"\n{day}")
        beside = f"[{entry.workflow}] " if entry.workflow else ""
        lines.append(f"  {at:%H:%M}  {beside}{told}")
    return "\n".join([*lines, "", *summary(played, language)])


def sentence(entry: Entry, pathway: Pathway, language: str) -> str | None:
    """One thing that happened in words; None where nobody needs to hear it."""
    if entry.code in QUIET:
        return None
    values = {
        **{name: in_words(name, value, language) for name, value in entry.detail.items()},
        "step": step_title(entry.step, pathway, language),
        "occurrence": str(entry.occurrence),
    }
    if entry.code == DID and entry.detail["effect"] == Tell.activity:
        return TOLD.in_(language).format(**values)
    if entry.code.startswith("act."):
        actor = who(entry.who, language) if entry.who else "?"
        return f"{actor}: {entry.code.removeprefix('act.')}" + (f" · {values['step']}" if entry.step else "")
    template = CODES.get(entry.code)
    told = template.in_(language) if template is not None else entry.code
    return told.format_map(_Kept(values))


class _Kept(dict[str, str]):
    """What a transition does not say is left out of its sentence."""

    def __missing__(self, key: str) -> str:
        return "…"


def in_words(name: str, value: object, language: str) -> str:
    """A detail as people read it."""
    word = str(value)
    if name == "effect":
        found = load().get(word)
        return f"{found.title.in_(language)}" if found is not None else word
    if name == "outcome":
        return said(word, language)
    if name == "to":
        return who(word, language)
    if name == "text" and word in TEXTS:
        return TEXTS[word].in_(language)
    if name == "end" and word in words.ENDS:
        return words.ENDS[word].in_(language)
    if name == "at":
        return word[:16].replace("T", " ")
    return word


def step_title(step: str | None, pathway: Pathway, language: str) -> str:
    """A step by its kind's title and its own id."""
    if step is None:
        return ""
    found = pathway.index.get(step)
    kind = kinds().get(found.kind if found is not None else step.split(".")[1] if "." in step else "")
    return f"«{type(kind).title.in_(language)}» ({step})" if kind is not None else step


def summary(played: Played, language: str) -> Iterator[str]:
    """How it ended and who owes what."""
    yield f"{END.in_(language)}: {in_words('end', played.end, language) if played.end else OPEN.in_(language)}"
    if played.duties:
        yield f"{DUTIES.in_(language)}:"
        yield from (f"  {duty_in_words(duty, played.zone, language)}" for duty in played.duties)
    else:
        yield NO_DUTIES.in_(language)
    if played.failure is not None:
        where = f" ({LINE.in_(language)} {played.failure.line})" if played.failure.line else ""
        yield f"{GONE_WRONG.in_(language)}{where}: {played.failure.what.in_(language)}"


def duty_in_words(duty: Duty, zone: str, language: str) -> str:
    """One open duty."""
    until = f", {UNTIL.in_(language)} {local(duty.until, zone)}" if duty.until else ""
    return f"{duty.who.in_(language)}: {duty.what.in_(language)}{until}"


def local(at: datetime, zone: str) -> str:
    """A moment on the clinic's clocks."""
    return at.astimezone(ZoneInfo(zone)).strftime("%d.%m.%Y %H:%M")
