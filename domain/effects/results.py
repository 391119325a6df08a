"""Results: fetched when the laboratory says they are there, delivered to the patient they belong to."""

from typing import ClassVar, Literal

from domain.base import Code, Text, Value
from domain.effects import Done, Effect


class ResultsFetched(Value):
    """The result kept in the record. ``critical`` opens the doctor's task as urgent."""

    result: str | None = None
    status: Literal["none", "partial", "final"]
    critical: bool = False


class FetchResults(Effect):
    """Fetch and keep the results of an order, matched to the patient on two attributes."""

    activity: ClassVar[str] = "results.fetch"
    title: ClassVar[Text] = Text(ru="получение результатов", en="fetch results")
    queue: ClassVar[str] = "io"
    result: ClassVar[type[Value]] = ResultsFetched
    reads: ClassVar[bool] = True
    patient: str
    partner: Code
    order: str


class DeliverResult(Effect):
    """Open the acknowledged result to its patient."""

    activity: ClassVar[str] = "results.deliver"
    title: ClassVar[Text] = Text(ru="выдача результата пациенту", en="deliver the result")
    result: ClassVar[type[Value]] = Done
    patient: str
    result_id: str
    by: str
