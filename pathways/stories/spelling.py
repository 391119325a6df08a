"""How a story writes people and moments."""

import re
from datetime import datetime, time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

Who = Literal[
    "patient",
    "representative",
    "doctor",
    "colleague",
    "nurse",
    "registrar",
    "call_centre",
    "shift_supervisor",
    "head_doctor",
    "cashier",
    "clinic_admin",
]
"""The people of a story, one of each. ``doctor`` is the one who saw the patient in person; ``colleague`` is another
doctor of the same pools; ``representative`` acts for the patient and pays where the pathway says so."""

Side = Literal["doctor", "colleague", "patient", "representative", "guest"]
"""Who enters a video room; ``doctor`` and ``colleague`` come as its doctor, a representative as the patient."""


def _moment(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    if isinstance(value, str) and MOMENT.fullmatch(value):
        try:
            return datetime.strptime(value, "%Y-%m-%d %H:%M")
        except ValueError:
            pass
    raise ValueError("a moment is written like 2026-03-02 09:40, in the clinic's time")


LocalMoment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "pattern": f"^{MOMENT.pattern}$"})
]
"""A moment on the clinic's clocks, without a zone."""


def _until(value: Any) -> Any:
    if value in ("deadline", "due"):
        return value
    if isinstance(value, str) and HOUR.fullmatch(value):
        return time.fromisoformat(value)
    try:
        return _moment(value)
    except ValueError:
        raise ValueError("write deadline, due, an hour like 10:00 or a moment like 2026-03-02 09:40") from None


WrittenUntil = Annotated[
    Literal["deadline", "due"] | datetime | time,
    BeforeValidator(_until),
    WithJsonSchema({"type": "string", "pattern": f"^(deadline|due|{HOUR.pattern}|{MOMENT.pattern})$"}),
]
"""Up to when time passes."""
