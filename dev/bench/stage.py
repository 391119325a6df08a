"""Stages: what stands in the record before an act names it."""

from typing import Any

from dev.bench.answers import SHA
from dev.bench.script import Cast

FACTS = {"diagnosis": "I11.9", "prescriptions": 1, "orders": 1, "acts": ["correct_treatment"]}


class EmptyStage:
    """Names only: nothing reads them."""

    async def prop(self, cast: Cast, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """The body's part of a scene."""
        match name:
            case "intake":
                return {"content": "ct-1", "sha256": SHA, "facts": {"severity": 2}}
            case "protocol":
                return {"content": "ct-2", "sha256": SHA, "facts": FACTS}
            case _:
                return {"signature": "sg-1", "sha256": data["sha256"], "level": "qualified"}
