"""Compiled pathways as they lie in the record: JSON, and the digest it was first written under."""

import json
from functools import lru_cache

from domain.pathway import Pathway, digest_of


class PathwayChanged(RuntimeError):
    """A stored pathway does not have its digest: somebody reached around the application."""


@lru_cache(maxsize=256)
def read(sha256: str, compiled: str) -> Pathway:
    """A stored pathway; its digest stays the one it was stored under.

    Raises:
        PathwayChanged: The text is another one.
    """
    if digest_of(json.loads(compiled)) != sha256:
        raise PathwayChanged(sha256)
    pathway = Pathway.model_validate_json(compiled)
    # A release that gives the language a new field writes the same version at greater length: it keeps its name.
    vars(pathway)["digest"] = sha256
    return pathway


def stored(pathway: Pathway) -> tuple[str, str]:
    """The digest and the JSON a pathway is stored as."""
    # Computed anew: a copy made by ``model_copy`` carries the cached digest of what it was copied from.
    compiled = pathway.model_dump(mode="json")
    return digest_of(compiled), json.dumps(compiled, ensure_ascii=False)
