"""How a step of each kind is drawn."""

from collections.abc import Callable

from tests.properties.author import STAFF, Author, Place
from tests.properties.tree import Written


def task(author: Author, place: Place) -> Written:
    who = author.pick("patient", *STAFF, *(("doctor",) if place.doctor else ()))
    choices = author.pick(["fine"], ["fine", "bad"], ["fine", "bad", "worse"])
    return author.step("task", place, who=who, choices=choices)


def consent(author: Author, place: Place) -> Written:
    contract, intervention = {"id": "contract", "by": "payer"}, {"id": "intervention", "reuse": True}
    return author.step("consent", place, documents=author.pick([intervention], [contract], [contract, intervention]))


def notify(author: Author, place: Place) -> Written:
    to = author.pick("patient", "nurse", *(("doctor",) if place.doctor else ()))
    return author.step("notify", place, within=author.maybe(3), to=to, text="hello")


def video(author: Author, place: Place) -> Written:
    may = [word for word in ("phone", "consult", "handover", "handover") if author.maybe(2)]
    may = list(dict.fromkeys(may))
    step = author.step("video", place, may=[*may, *(["record"] if author.record else [])])
    if author.maybe(3):
        step["no_show"] = "5m"
    if author.maybe(3):
        step["plan"] = "15m"
    return step


def chat(author: Author, place: Place) -> Written:
    may = [word for word in ("video", "consult", "handover", "handover") if author.maybe(2)]
    may = list(dict.fromkeys(may))
    step = author.step("chat", place, reply="5m", silence="10m", may=may)
    step["within"] = author.pick("2h", "5h") if place.timed else author.pick("2h", "1d", "5h")
    for key in ("remind", "escalate"):
        step.pop(key, None)
    if not place.timed and author.maybe(2):
        step |= {"reply": "1h", "silence": "90m", "within": "2h"}
    return step


def lab_order(author: Author, place: Place) -> Written:
    return author.step("lab_order", place, of=place.note, partners=author.pick(["north"], ["north", "south"]))


def results(author: Author, place: Place) -> Written:
    step = author.step("results", place, of=author.pick(*author.labs))
    return step | {"when": f'has({step["of"]}.outcome) && {step["of"]}.outcome in ["done", "left_behind"]'}


def referral(author: Author, place: Place) -> Written:
    step = author.step("referral", place, to="cardiology")
    return step | {"of": place.note} if place.note and author.maybe(2) else step


LEAVES: dict[str, Callable[[Author, Place], Written]] = {
    "task": task,
    "identity": lambda a, p: a.step("identity", p, level=a.pick("confirmed", "confirmed", "declared")),
    "consent": consent,
    "intake": lambda a, p: a.step("intake", p, form="complaints"),
    "payment": lambda a, p: a.step("payment", p, service=a.pick("visit", "visit", "visit", "gift")),
    "eligibility": lambda a, p: a.step("eligibility", p, within=a.maybe(2), requires="in_person_diagnosis"),
    "notify": notify,
    "survey": lambda a, p: a.step("survey", p),
    "video": video,
    "chat": chat,
    "referral": referral,
    "lab_order": lab_order,
    "prescription": lambda a, p: a.step("prescription", p, of=p.note, level="qualified"),
    "results": results,
}
"""How each kind is drawn; doctors and papers are drawn with their meeting."""


def kinds_at(place: Place) -> tuple[str, ...]:
    """The kinds that may stand freely at a place."""
    before = ("task", "identity", "consent", "intake", "payment", "notify", "survey", "eligibility", "referral")
    after = (
        "task",
        "notify",
        "survey",
        "lab_order",
        "lab_order",
        "lab_order",
        "referral",
        "referral",
        "payment",
        "intake",
    )
    return before if place.note is None else after
