"""The patient's score."""

from typing import ClassVar

from domain.base import Text, Value
from domain.effects import Done, Effect


class RecordScore(Effect):
    """Keep the NPS score (0-10); the comment, if any, is content of its own."""

    activity: ClassVar[str] = "survey.record"
    title: ClassVar[Text] = Text(ru="запись оценки", en="record the score")
    result: ClassVar[type[Value]] = Done
    patient: str
    doctor: str | None
    score: int
    comment: str | None
