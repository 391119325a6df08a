"""The sandbox workflows run in: pure rooms pass through, shared by all runs; the shell alone is loaded for each."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from domain import effects
from pathways.core.kind import kinds

PASSED = ("domain", "pathways", "pydantic", "pydantic_core", "annotated_types", "cel_expr_python", "zoneinfo", "tzdata")
"""Immutable or pure: measured, reloading forty pydantic models a run costs half the throughput."""


def runner() -> SandboxedWorkflowRunner:
    """The runner. Kinds and effects are scanned now: a run must not be the first to read the folder."""
    kinds()
    effects.load()
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED))
