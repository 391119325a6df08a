"""Idempotency keys and the ids made from them. The raw key never leaves the request."""

import re
from typing import Annotated

from fastapi import Header

from api.caller import Caller
from api.problems import Problem
from domain.base import Json
from domain.pathway import digest_of
from runtime.hashing import KeyedHash

_KEY = re.compile(r"[\x21-\x7e]{8,128}")


def idempotency_key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="8-128 printable characters, new for every action; a resend carries the same one.",
            examples=["2b6f0cc9-1c4d-4f6a-9d0e-6a3c1f1d7a55"],
        ),
    ] = None,
) -> str:
    """The request's ``Idempotency-Key``.

    Raises:
        Problem: ``key_needed`` when it is missing or malformed.
    """
    if key is None or not _KEY.fullmatch(key):
        raise Problem("key_needed")
    return key


def request_hash(hashed: KeyedHash, caller: Caller, route: str, ids: tuple[str, ...], key: str) -> str:
    """The keyed hash that names a request: the row of ``requests`` and the update id.

    Of issuer, subject, clinic and patient acted for, route, path ids and the key.
    """
    actor = caller.actor
    who = (caller.bearer.issuer, caller.bearer.subject, actor.clinic, actor.patient or "")
    return hashed.hex("request", *who, route, *ids, key)


def derived(hash_: str, again: int) -> str:
    """The update id of a resend whose former act had expired; the first is the hash itself."""
    return hash_ if again == 0 else f"{hash_}-{again}"


def id_from(hashed: KeyedHash, prefix: str, request: str) -> str:
    """An opaque id made from a request's hash, so that a resend makes the same thing: ``<prefix>-<26 base32>``."""
    return f"{prefix}-{hashed.code('id', prefix, request)}"


def body_digest(body: Json) -> str:
    """The digest that tells a resend from another body under the same key."""
    return digest_of(body)
