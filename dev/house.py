"""The programs of the house: stands, a worker a queue, the relay, the API; each ready when it really serves."""

import sys
from pathlib import Path

import httpx
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from dev.layout import Layout
from dev.process import Child, Program
from dev.stands.base import SECRET, TOKEN
from runtime.temporal import connect

QUEUES = {"flow": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW} | dict.fromkeys(
    ("io", "documents"), TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
)
"""Queue → what proves that its worker polls."""
RESTARTS = 5
HERE = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONUNBUFFERED": "1"}
"""Children find our rooms wherever the parent was started."""


def _python(module: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *words)


async def _answers(url: str) -> bool:
    try:
        # Plain HTTP on loopback: without `verify` the authorities of this machine would be read at every look (22 ms).
        async with httpx.AsyncClient(timeout=5, trust_env=False, verify=False) as client:
            return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False


def stands(layout: Layout, folder: Path) -> list[Program]:
    """The stand-ins of the outside."""

    def program(name: str) -> Program:
        stand = layout.stands[name]

        async def ready(child: Child) -> bool:
            return await _answers(f"{stand.url}/healthz")

        return Program(
            name=f"stand-{name}",
            argv=_python(
                f"dev.stands.{stand.module}", "--port", str(stand.port), "--data", str(folder / "stands" / name),
                "--callback", f"{layout.api_url}/webhooks/{stand.webhook}",
            ),
            env={**HERE, SECRET: stand.secret, TOKEN: stand.token},
            ready=ready,
            restarts=RESTARTS,
        )  # fmt: skip

    return [program(name) for name in layout.stands]


async def _polls(client: Client, queue: str, pid: int) -> bool:
    found = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=QUEUES[queue]
        )
    )
    return any(poller.identity.startswith(f"{pid}@") for poller in found.pollers)


async def workers(layout: Layout, env: dict[str, str]) -> list[Program]:
    """A worker a queue."""
    client = await connect(layout.settings)

    def program(queue: str) -> Program:
        async def ready(child: Child) -> bool:
            return child.running and await _polls(client, queue, child.pid)

        return Program(
            name=f"worker-{queue}", argv=_python("cli", "worker", queue), env=env | HERE, ready=ready, restarts=RESTARTS
        )

    return [program(queue) for queue in QUEUES]


def relay(layout: Layout, env: dict[str, str]) -> Program:
    """The inbox relay, the sealer and the reconciler."""

    async def ready(child: Child) -> bool:
        return child.said("relay.started")

    return Program(name="relay", argv=_python("cli", "relay"), env=env | HERE, ready=ready, restarts=RESTARTS)


def api(layout: Layout, env: dict[str, str]) -> Program:
    """The HTTP API: ready once it, its database, Temporal and a worker are."""

    async def ready(child: Child) -> bool:
        return await _answers(f"{layout.api_url}/readyz")

    return Program(name="api", argv=_python("cli", "api"), env=env | HERE, ready=ready, restarts=RESTARTS)
