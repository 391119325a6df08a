"""A child tells its parent, by fact, through the port ``consultations``; never through its handle."""

from typing import ClassVar

from domain.acts import Fact
from domain.base import Value
from domain.effects import Done, Effect


class Report(Effect):
    """Send a fact to a workflow by id (never to a run)."""

    activity: ClassVar[str] = "report.send"
    result: ClassVar[type[Value]] = Done
    to: str
    fact: Fact
