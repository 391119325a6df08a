"""How a step ends, in words: what diagrams, comparisons and editors say of each outcome."""

from domain.base import Text

OUTCOMES: dict[str, Text] = {
    "done": Text(ru="сделано", en="done"),
    "timed_out": Text(ru="срок вышел", en="out of time"),
    "failed": Text(ru="не удалось", en="failed"),
    "agreed": Text(ru="согласие дано", en="agreed"),
    "declined": Text(ru="отказ", en="declined"),
    "met": Text(ru="условие выполнено", en="met"),
    "not_met": Text(ru="условие не выполнено", en="not met"),
    "unknown": Text(ru="неизвестно", en="unknown"),
    "held": Text(ru="оплата удержана", en="payment held"),
    "none_free": Text(ru="нет свободного времени", en="no free time"),
    "accepted": Text(ru="врач принял", en="a doctor accepted"),
    "closed": Text(ru="приём закрыт", en="closed"),
    "left": Text(ru="пациент ушёл", en="the patient left"),
    "no_show_patient": Text(ru="пациент не пришёл", en="the patient did not come"),
    "no_show_doctor": Text(ru="врач не пришёл", en="the doctor did not come"),
    "technical": Text(ru="технический сбой", en="technical failure"),
    "in_person_needed": Text(ru="нужен очный приём", en="in-person visit needed"),
    "unanswered": Text(ru="врач не ответил", en="the doctor never answered"),
    "doctor_silent": Text(ru="врач замолчал", en="the doctor fell silent"),
    "patient_silent": Text(ru="пациент замолчал", en="the patient fell silent"),
    "refused": Text(ru="отказано", en="refused"),
    "not_chosen": Text(ru="лаборатория не выбрана", en="no laboratory chosen"),
    "not_given": Text(ru="материал не сдан", en="no material given"),
    "none": Text(ru="результата нет", en="no result"),
    "undelivered": Text(ru="не доставлено", en="not delivered"),
    "exhausted": Text(ru="попытки кончились", en="no turn left"),
    "skipped": Text(ru="пропущено", en="skipped"),
}
"""Outcomes of kinds and structures; a task's own choices are read as the clinic wrote them."""


def said(outcome: str, language: str) -> str:
    """An outcome in words; a clinic's own word as it is."""
    return OUTCOMES[outcome].in_(language) if outcome in OUTCOMES else outcome
