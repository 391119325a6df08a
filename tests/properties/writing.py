"""A pathway as its author would write it: one line a step, structures opened under it."""

import json
import re
from typing import Any

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+ .:-]*")
WORDS = frozenset({"true", "false", "null", "True", "False", "Null"})
NUMBER = re.compile(r"[-+]?[0-9.]+")


def written(pathway: dict[str, Any]) -> str:
    """The text of a pathway's file."""
    lines = [f"{key}: {flow(value)}" for key, value in pathway.items() if key not in ("ends", "steps")]
    lines.append("ends:")
    lines += [f"  {name}: {flow(end)}" for name, end in pathway["ends"].items()]
    lines.append("steps:")
    for step in pathway["steps"]:
        lines += block(step, 2)
    return "\n".join(lines) + "\n"


def block(step: dict[str, Any], indent: int) -> list[str]:
    """A step, at some depth."""
    space = " " * indent
    if "steps" not in step and "branches" not in step:
        return [f"{space}- {flow(step)}"]
    head = {key: value for key, value in step.items() if key not in ("steps", "branches")}
    lines = [f"{space}{'- ' if n == 0 else '  '}{key}: {flow(value)}" for n, (key, value) in enumerate(head.items())]
    if "steps" in step:
        lines.append(f"{space}  steps:")
        for inside in step["steps"]:
            lines += block(inside, indent + 4)
    else:
        lines.append(f"{space}  branches:")
        for name, inner in step["branches"].items():
            lines.append(f"{space}    {name}:")
            for inside in inner:
                lines += block(inside, indent + 6)
    return lines


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    if PLAIN.fullmatch(value) and ": " not in value and value not in WORDS and not NUMBER.fullmatch(value):
        return value
    return "'" + value.replace("'", "''") + "'"
