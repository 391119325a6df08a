"""Which photos were sent, and in which message."""

from typing import Any, ClassVar

from sqlalchemy import Index
from sqlmodel import Field

from records.tables.base import ClinicTable, check, clinic_key


class ChatPhotoRow(ClinicTable, table=True):
    """A photo's place in the one message it was sent in. Its key keeps the sweep from what stands here."""

    __tablename__: ClassVar[Any] = "chat_photo"
    __table_args__ = (
        clinic_key("content", "photo_id"),
        clinic_key("content", "message_id"),
        check("counted", "place >= 1"),
        Index("uq_chat_photo_place", "clinic_id", "message_id", "place", unique=True),
    )

    photo_id: str = Field(primary_key=True)
    message_id: str
    place: int
