"""From what a story writes beside an act to the body the facade would send: facts, ids, digests, moments.

A field is found by its name in the action's own model, so an action of a new kind needs nothing here unless it asks for
something that cannot be made up.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from domain.base import Json, Value
from domain.calendar import Span
from domain.pathway import Pathway, Step
from domain.protocol import ProtocolFacts
from domain.tasks import Task
from pathways.clinic import Clinic
from pathways.forms import form_of, read_answers
from pathways.stories.answers import harmless
from pathways.stories.people import EVERYBODY, person
from pathways.stories.spelling import MOMENT
from pathways.stories.world import Setting, digest, slot_of

TEXT = "text"
"""How a story writes content: the words themselves, which become an id and a digest."""
PEOPLE = frozenset({"to", "doctor", "colleague"})
"""Fields that name a person."""
REASON = "story"


@dataclass(frozen=True)
class Moment:
    """When and with what an act is done: all a body may be made of."""

    pathway: Pathway
    clinic: Clinic
    setting: Setting
    now: datetime
    step: Step | None = None
    task: Task | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's zone, in which a story writes."""
        return ZoneInfo(self.clinic.zone)

    @property
    def data(self) -> dict[str, Json]:
        """What the task shows."""
        return self.task.data if self.task is not None else {}


class Unfit(Exception):
    """What a story writes does not fit the act: where, and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"'{field}' {why}")
        self.field = field
        self.why = why


@dataclass(frozen=True)
class Body:
    """The body of an act, and the red flags its content raises."""

    values: dict[str, Json]
    flags: tuple[str, ...] = ()


def body_of(model: type[Value], given: dict[str, Json], moment: Moment) -> Body:
    """The body of an act.

    Raises:
        Unfit: What is written does not fit, or something is missing that cannot be made up.
    """
    flags: tuple[str, ...] = ()
    content = given
    read = READERS.get((moment.step.kind if moment.step else "", model.__name__))
    if read is not None:
        given, content, flags = read(given, moment)
    values = _written(model, given, moment)
    for name, field in model.model_fields.items():
        if name not in values and (field.is_required() or name in WANTED):
            fill = FILLS.get(name)
            if fill is not None:
                filled = fill(moment, {**content, **values})
                if filled is not None:
                    values[name] = filled
            elif field.is_required():
                raise Unfit(name, "is missing")
    return Body(values, flags)


def _written(model: type[Value], given: dict[str, Json], moment: Moment) -> dict[str, Json]:
    """The fields a story writes, each as its type is sent."""
    fields = model.model_fields
    values: dict[str, Json] = {}
    for name, value in given.items():
        if name == TEXT and TEXT not in fields and "content" in fields:
            continue
        if name not in fields:
            known = ", ".join([*fields, *([TEXT] if "content" in fields else [])]) or "nothing"
            raise Unfit(name, f"is nothing this act takes; it takes {known}")
        values[name] = as_sent(name, value, fields[name].annotation, moment)
        try:
            adapter: TypeAdapter[Any] = TypeAdapter(fields[name].rebuild_annotation())
            adapter.validate_json(json.dumps(values[name]))
        except ValidationError as error:
            raise Unfit(name, f"does not fit: {error.errors()[0]['msg'].lower()}") from None
    return values


def as_sent(name: str, value: Json, annotation: Any, moment: Moment) -> Json:
    """One written value as it is sent: people by id, moments absolute."""
    if name in PEOPLE and value in EVERYBODY:
        return person(value)
    if isinstance(value, str) and not {datetime, AwareDatetime}.isdisjoint((annotation, *get_args(annotation))):
        return when(value, moment).isoformat()
    return value


def when(written: str, moment: Moment) -> datetime:
    """A moment on the clinic's clocks, or a length from now.

    Raises:
        Unfit: It is neither.
    """
    try:
        if MOMENT.fullmatch(written):
            return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=moment.zone)
        return Span.parse(written).after(moment.now, moment.clinic.calendar)
    except ValueError:
        raise Unfit("with", f"'{written}' is neither a moment (2026-03-02 09:40) nor a length (2h)") from None


# --- what is read by a kind's own rules ------------------------------------------------------------------------------

Read = tuple[dict[str, Json], dict[str, Json], tuple[str, ...]]


def _intake(given: dict[str, Json], moment: Moment) -> Read:
    """A form's answers: the function of the facade computes facts and flags from them."""
    assert moment.step is not None
    form = form_of(moment.pathway, str(moment.step.fields["form"]))
    answers = harmless(form, given)
    read = read_answers(form, answers)
    if read.problems:
        problem = read.problems[0]
        raise Unfit(problem.field, f"cannot be taken by the form '{form.form}': {problem.code}")
    return {"facts": read.facts, "flags": list(read.flags)}, read.clean, read.flags


def _protocol(given: dict[str, Json], moment: Moment) -> Read:
    """What the process learns of a protocol: a diagnosis, and how many papers follow."""
    try:
        facts = ProtocolFacts.model_validate_json(json.dumps(given), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise Unfit(".".join(map(str, first["loc"])), f"does not fit: {first['msg'].lower()}") from None
    return {"facts": facts.model_dump(mode="json")}, given, ()


READERS: dict[tuple[str, str], Callable[[dict[str, Json], Moment], Read]] = {
    ("intake", "Submit"): _intake,
    ("protocol", "Submit"): _protocol,
}
"""By kind and the name of the action's model: what is written in words of its own."""

# --- what is made up -------------------------------------------------------------------------------------------------


def _digest(moment: Moment, values: dict[str, Json]) -> Json:
    """Of the document that lies before one, else of what was written."""
    if "sha256" in moment.data and "document" in moment.data:
        return moment.data["sha256"]
    if TEXT in values:
        return digest(str(values[TEXT]))
    written = {name: value for name, value in values.items() if name != "content"}
    return digest(json.dumps(written, ensure_ascii=False, sort_keys=True, default=str))


def _partner(moment: Moment, values: dict[str, Json]) -> Json:
    return next(iter(moment.data.get("partners") or sorted(moment.clinic.labs)), None)


def _choice(moment: Moment, values: dict[str, Json]) -> Json:
    known = moment.data.get("choices") or (moment.step.fields.get("choices") if moment.step else None)
    return next(iter(known or ()), None)


def _evidence(moment: Moment, values: dict[str, Json]) -> Json:
    if moment.data.get("gives") == "evidence" and values.get("choice") == _choice(moment, {}):
        return moment.setting.proof("papers")
    return None


def _starts(moment: Moment, values: dict[str, Json]) -> Json:
    """A time tomorrow, or half way to the deadline where that is sooner."""
    soon = moment.now + timedelta(days=1)
    if moment.task is not None and moment.task.due is not None:
        soon = min(soon, moment.now + (moment.task.due - moment.now) / 2)
    return soon.replace(second=0, microsecond=0).isoformat()


def _slot(moment: Moment, values: dict[str, Json]) -> Json:
    return slot_of(datetime.fromisoformat(str(values.get("starts") or _starts(moment, values))))


def _id(prefix: str) -> Callable[[Moment, dict[str, Json]], Json]:
    return lambda moment, values: moment.setting.id(prefix)


def _always(value: Json) -> Callable[[Moment, dict[str, Json]], Json]:
    return lambda moment, values: value


FILLS: dict[str, Callable[[Moment, dict[str, Json]], Json]] = {
    "content": _id("ct"),
    "sha256": _digest,
    "seat": _id("seat"),
    "session": _id("session"),
    "means": _id("means"),
    "signature": _id("sg"),
    "invitation": _id("invitation"),
    "consent": _always("cs-1"),
    "level": _always("qualified"),
    "method": _always("esia"),
    "documents": lambda moment, values: moment.data.get("documents"),
    "partner": _partner,
    "choice": _choice,
    "evidence": _evidence,
    "score": _always(9),
    "photos": _always(0),
    "starts": _starts,
    "slot": _slot,
    "guest": lambda moment, values: next(iter(moment.pathway.people.invited), None),
    "pools": lambda moment, values: sorted(moment.clinic.pools),
    "to": _always(person("colleague")),
    "colleague": _always(person("colleague")),
    "doctor": _always(person("colleague")),
    "reason": _always(REASON),
}
"""What a story need not say, by the field's name; a person's decision (``verdict``, ``until``, ``purpose``) it must."""

WANTED = frozenset({"evidence", "pools"})
"""Fields that are made up though the model could do without."""
