"""One worker process a queue: ``flow`` runs workflows and writes records, ``io`` the outside, ``documents`` CPU."""

from domain.names import QUEUES
from runtime.settings import Settings
from runtime.telemetry import configure, get_logger
from runtime.temporal import connect
from wiring import Wiring
from workers.activities import all_activities
from workers.building import build
from workers.stopping import stop_asked

log = get_logger(__name__)


async def run(settings: Settings, queue: str) -> None:
    """Serve one queue until told to stop.

    Raises:
        ValueError: There is no such queue.
    """
    if queue not in QUEUES:
        raise ValueError(f"no queue is called {queue}")
    configure(settings, f"worker-{queue}")
    client = await connect(settings)
    wiring = Wiring(settings, client)
    try:
        async with stop_asked() as stop, build(client, queue, all_activities(wiring)[queue]):
            log.info("worker.started", queue=queue)
            await stop.wait()
            log.info("worker.stopping", queue=queue)
    finally:
        await wiring.close()
