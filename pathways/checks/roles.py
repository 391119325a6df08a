"""Whose duty something is: a role that has somebody on duty, so that nothing waits for nobody."""

from domain.people import STAFF, Role
from pathways.checks.context import Case
from pathways.findings import declare
from pathways.outline import StepOutline
from pathways.reader import Node

NO_DUTY = declare(
    "CP510",
    "Nobody of this role is on duty",
    why="A guest, an auditor or an outside system has no list of tasks, and all representatives together are nobody's.",
    mend="Name a role of the staff; a decision and a message may be the patient's as well.",
    example="- {id: look, kind: task, who: auditor, choices: [yes, no], within: 1h}",
)

ON_DUTY = STAFF - {Role.AUDITOR, Role.INTEGRATION}


def check(case: Case) -> None:
    """Every role that has to do something."""
    for step in case.outline.walk():
        _step(case, step)
    header, root = case.outline.header, case.outline.root
    if header is None:
        return
    _on_duty(case, header.emergency.call_back, root.at("emergency", "call_back"))
    _on_duty(case, header.emergency.otherwise, root.at("emergency", "else"))
    for name, end in header.ends.items():
        _on_duty(case, end.alarm, root.at("ends", name, "alarm"))


def _step(case: Case, step: StepOutline) -> None:
    if step.said:
        _on_duty(case, step.envelope.alarm, step.mark("alarm"))
        for after, role in step.envelope.escalate.items():
            _on_duty(case, role, step.mark("escalate", after))
    for name in ("who", "to"):
        named = case.setting(step, name)
        if isinstance(named, Role) and named is not Role.PATIENT:
            _on_duty(case, named, step.mark(name))


def _on_duty(case: Case, role: Role | None, node: Node) -> None:
    if role is not None and role not in ON_DUTY:
        known = ", ".join(sorted(ON_DUTY))
        case.report(NO_DUTY, node, f"nobody who is {role.value} is on duty", f"The roles on duty are: {known}.")
