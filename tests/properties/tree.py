"""A written pathway as a tree of steps: what is in it, how each ends, which ends are come to."""

from typing import Any

from pathways.core.kind import kinds

Written = dict[str, Any]


def outcomes_of(step: Written) -> tuple[str, tuple[str, ...]]:
    """The good outcome of a written step and the others."""
    match step["kind"]:
        case "task":
            return step["choices"][0], (*step["choices"][1:], "timed_out")
        case "repeat":
            return "done", () if "every" in step else ("exhausted",)
        case "parallel":
            return "done", ("timed_out",)
        case "end":
            return "done", ()
    kind = kinds()[step["kind"]]
    return kind.good, kind.others


def every(steps: list[Written]) -> list[Written]:
    """Every step of a tree."""
    found = []
    for step in steps:
        found.append(step)
        found += every(step.get("steps", []))
        for inner in step.get("branches", {}).values():
            found += every(inner)
    return found


def ends_of(steps: list[Written]) -> set[str]:
    """Every end that is come to."""
    inside = every(steps)
    ends = {way.removeprefix("end ") for step in inside for way in step.get("then", {}).values() if "end " in way}
    ends |= {step["as"] for step in inside if step["kind"] == "end"}
    ends |= {"cancelled", "cancelled_by_us", "emergency"}
    if any(step["kind"] in ("video", "chat") for step in inside):
        ends.add("unsigned")
    if steps and (steps[-1]["kind"] != "end" or "when" in steps[-1]):
        ends.add("completed")
    return ends
