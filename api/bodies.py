"""JSON that whoever reads it later can read: what Python's reader takes and no other would is turned away."""

import json
from typing import Annotated

from pydantic import AfterValidator

from domain.base import Json


def sound(value: dict[str, Json]) -> dict[str, Json]:
    """The value, free of NaN, infinities and halves of characters: neither PostgreSQL nor a digest takes those.

    Raises:
        ValueError: It is not.
    """
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return value


Sound = Annotated[dict[str, Json], AfterValidator(sound)]
"""An object of free shape, as a body carries it."""
