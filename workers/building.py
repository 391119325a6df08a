"""How a worker is set up: one place for its queues, its cache and how soon a killed one is noticed."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from domain.names import DOCUMENTS, FLOW
from workers.beat import Heartbeats
from workers.replay import WORKFLOWS
from workers.sandbox import runner

STICKY = timedelta(seconds=3)
"""How long a run waits for the worker that has it cached. An act is given five seconds (``not_after``): with the
usual ten, every act in the moments after a worker was killed would be refused as expired."""

SHUTDOWN = timedelta(seconds=12)
"""A little more than one try of an effect: a stopped worker lets what it began come to its answer."""

AT_ONCE = {FLOW: 40, DOCUMENTS: max(2, os.cpu_count() or 2)}
"""Activities at once: records are bounded by connections, documents by cores."""


def build(client: Client, queue: str, activities: Sequence[Callable[..., Any]], *, cache: int = 1000) -> Worker:
    """The worker of one queue.

    No build pins a run: consultations live for weeks and every one goes on with the newest code (AUTO_UPGRADE where
    worker versioning is in use, which is nothing else than no versioning at all).
    """
    flow = queue == FLOW
    at_once = AT_ONCE.get(queue, 100)
    return Worker(
        client,
        task_queue=queue,
        workflows=list(WORKFLOWS) if flow else [],
        activities=activities,
        activity_executor=ThreadPoolExecutor(at_once, thread_name_prefix=queue),
        workflow_runner=runner(),
        max_cached_workflows=cache,
        max_concurrent_activities=at_once,
        sticky_queue_schedule_to_start_timeout=STICKY,
        graceful_shutdown_timeout=SHUTDOWN,
        interceptors=[Heartbeats()],
    )
