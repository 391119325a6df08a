"""The sandbox workflows run in: pure rooms pass through, shared by all runs; the shell alone is loaded for each."""

from typing import Any

from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from domain import effects
from pathways.core.kind import kinds

PASSED = (
    "domain", "pathways", "pydantic", "pydantic_core", "annotated_types", "cel_expr_python", "zoneinfo", "tzdata",
    # Tables of the shell, constants only.
    "workflows.options", "workflows.words",
)  # fmt: skip
"""Immutable or pure: measured, reloading forty pydantic models a run costs half the throughput."""

NOWHERE = StorageDriverStoreContext(target=None)


class Runner(SandboxedWorkflowRunner):
    """The sandbox without its way of telling a converter, for every payload, which activity or child it belongs to.

    Each such answer enters the sandbox anew, three to five times a payload: measured, a third of a worker's CPU. Our
    converter and codec take no such context, and no payload is stored elsewhere; a test holds both.
    """

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A sandboxed run that has no context to tell."""
        instance = super().create_instance(det)
        instance.get_serialization_context = _no_context  # type: ignore[method-assign]
        instance.get_external_store_context = _nowhere  # type: ignore[method-assign]
        return instance


def _no_context(command_info: Any) -> None:
    return None


def _nowhere(command_info: Any) -> StorageDriverStoreContext:
    return NOWHERE


def runner() -> SandboxedWorkflowRunner:
    """The runner. Kinds and effects are scanned now: a run must not be the first to read the folder."""
    kinds()
    effects.load()
    return Runner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED))
