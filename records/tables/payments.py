"""The journal of money."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from records.tables.base import NOW, ClinicTable, Timestamp, check, clinic, one_of


class PaymentRow(ClinicTable, table=True):
    """A line of the money journal. Immutable; one for a key."""

    __tablename__: ClassVar[Any] = "payment"
    __table_args__ = (
        clinic(),
        one_of("entry", ("authorised", "declined", "captured", "cancelled")),
        check("amount", "amount >= 0"),
        check("hold", "(entry = 'declined') = (hold IS NULL)"),
        check("receipt", "(entry = 'captured') = (receipt IS NOT NULL)"),
        Index("uq_payment_key", "clinic_id", "key", unique=True),
        # A hold ends once: it is captured or cancelled, never both.
        Index(
            "uq_payment_hold_ends",
            "clinic_id",
            "hold",
            unique=True,
            postgresql_where=text("entry IN ('captured', 'cancelled')"),
        ),
        Index("ix_payment_consultation", "clinic_id", "consultation_id"),
    )

    id: str = Field(primary_key=True)
    key: str
    consultation_id: str
    entry: str
    hold: str | None = None
    amount: int = Field(sa_type=BigInteger)
    receipt: str | None = None
    at: datetime = Field(sa_type=Timestamp)
    recorded_at: datetime = Field(sa_type=Timestamp, sa_column_kwargs={"server_default": NOW})
