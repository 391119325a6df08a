"""Replaying recorded histories with the code that is about to serve them."""

from collections.abc import Iterable

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.worker import Replayer

from workers.sandbox import runner
from workflows.consultation import ConsultationWorkflow
from workflows.step import StepWorkflow

WORKFLOWS = (ConsultationWorkflow, StepWorkflow)


async def replay(converter: DataConverter, histories: Iterable[WorkflowHistory]) -> int:
    """Replay histories; how many there were.

    Raises:
        temporalio.workflow.NondeterminismError: The code would have done something else.
    """
    replayer = Replayer(workflows=list(WORKFLOWS), data_converter=converter, workflow_runner=runner())
    count = 0
    for history in histories:
        await replayer.replay_workflow(history)
        count += 1
    return count
