"""The relay process: carries facts in, seals the audit, frees what is orphaned, rebuilds the line, sweeps drafts."""

from domain.clock import Clock
from domain.effects.notify import Tell
from records import clock
from runtime.clock import DomainClock
from runtime.settings import Settings
from runtime.telemetry import configure, get_logger
from runtime.temporal import connect
from wiring import Wiring
from workers.activities import doing
from workers.inbox import InboxRelay
from workers.loops import Loop, keep_all
from workers.reconcile import Reconciler
from workers.sealer import Sealer, seals_folder
from workers.stopping import stop_asked
from workers.sweeper import Sweeper

log = get_logger(__name__)


def loops(wiring: Wiring, settings: Settings) -> list[Loop]:
    """Everything the relay does, with its idle pause in seconds."""

    async def read_clock() -> Clock:
        async with wiring.database.bare() as session:
            return await clock.get(session)

    domain_clock = DomainClock(read_clock)
    inbox = InboxRelay(wiring.database, wiring.consultations, doing(wiring, Tell), domain_clock)
    reconciler = Reconciler(wiring.database, wiring.line)
    sealer = Sealer(wiring.database, seals_folder(settings))
    sweeper = Sweeper(wiring.database, domain_clock.now, wiring.storage.delete)
    return [
        Loop("inbox", 0.2, inbox.deliver),
        Loop("flags", 5.0, inbox.ring),
        Loop("stuck", 60.0, inbox.tell_stuck),
        Loop("seal", 1.0, sealer.seal),
        Loop("seats", 5.0, reconciler.free_seats),
        Loop("line", 5.0, reconciler.rebuild_line),
        Loop("sweep", 600.0, sweeper.sweep),
    ]


async def run(settings: Settings) -> None:
    """Run every loop until told to stop."""
    configure(settings, "relay")
    wiring = Wiring(settings, await connect(settings))
    try:
        async with stop_asked() as stop:
            log.info("relay.started")
            await keep_all(loops(wiring, settings), stop)
            log.info("relay.stopping")
    finally:
        await wiring.close()
