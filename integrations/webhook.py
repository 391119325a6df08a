"""Webhooks of partners: the signature over the exact bytes first, then a tolerant reading."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import TypeVar

from pydantic import Field, ValidationError

from domain.acts import Fact
from domain.base import Json
from domain.effects import read_reference
from integrations.http import Answer
from ports import Refused
from runtime.settings import Partner

HEADER = "x-signature"
PLAIN = r"^[^\x00-\x1f\x7f]*$"
"""What the record can keep and find again: a NUL in an id would fail the same way at every redelivery."""


class Notice(Answer):
    """What every notice says: the sender's event id, what happened, and our name of the object it happened to."""

    id: str = Field(min_length=1, max_length=200, pattern=PLAIN)
    event: str = Field(max_length=64)
    reference: str = Field(max_length=300, pattern=PLAIN)


N = TypeVar("N", bound=Notice)


def signature(secret: str, body: bytes) -> str:
    """The header's value for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()


def read(partner: Partner, headers: Mapping[str, str], body: bytes, notice: type[N]) -> N:
    """Verify and read one notice.

    Raises:
        Refused: ``bad_signature``, or ``malformed`` for a signed body that is no notice.
    """
    secret = partner.webhook_secret.get_secret_value()
    given = next((value for name, value in headers.items() if name.lower() == HEADER), "")
    # An empty secret would make a signature anyone can compute.
    if not secret or not hmac.compare_digest(given.encode(), signature(secret, body).encode()):
        raise Refused("bad_signature")
    try:
        return notice.model_validate_json(body)
    except ValidationError:
        raise Refused("malformed") from None


def fact(source: str, notice: Notice, body: dict[str, Json]) -> list[tuple[str, Fact]]:
    """The fact for the workflow the notice's object was made for; none when that object is not one of ours."""
    try:
        workflow, step, occurrence = read_reference(notice.reference)
    except ValueError:
        return []
    return [(workflow, Fact(source=source, id=notice.id, step=step, occurrence=occurrence, body=body))]
