"""A child tells its parent, by fact, through the port ``consultations``; never through its handle."""

from typing import ClassVar

from domain.acts import Fact
from domain.base import Text, Value
from domain.effects import Done, Effect


class Report(Effect):
    """Send a fact to a workflow by id (never to a run)."""

    activity: ClassVar[str] = "report.send"
    title: ClassVar[Text] = Text(ru="сообщение основному процессу", en="report to the parent")
    result: ClassVar[type[Value]] = Done
    to: str
    fact: Fact
