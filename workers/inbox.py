"""The inbox relay: what machines reported goes to its workflow, and is marked only after the server took it.

Killed between row and signal, the row is due again; killed between signal and mark, the fact is sent twice and the
workflow has seen its id. What stays undeliverable becomes a notice to the clinic's administrator.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

from domain.effects.notify import Tell, Told
from domain.people import Owner, Role
from ports.consultations import ClosedConsultation, Consultations, NoSuchConsultation, NotConfirmed
from records import inbox
from records.database import Database
from runtime.clock import DomainClock, real_now
from runtime.telemetry import get_logger

HARMLESS_AFTER_THE_END = frozenset({"video", "payments", "identity", "clock"})
"""Sources whose word about a closed consultation moves nothing. A late result or rejection is never harmless."""
FLAGS = "intake"
"""The source of red flags: they are marked only when their workflow itself has taken them."""
FLAG_PATIENCE = timedelta(seconds=30)
"""How long a red flag may wait for its workflow before a person is rung without it."""

Tells = Callable[[Tell], Awaitable[Told]]
"""Sends a message to an owner's people, once a key: the activity that does ``Tell``."""

log = get_logger(__name__)


class InboxRelay:
    """Hands letters over, rings for red flags nobody took, tells of what is stuck."""

    def __init__(
        self, database: Database, consultations: Consultations, tell: Tells, domain_clock: DomainClock
    ) -> None:
        self._database = database
        self._consultations = consultations
        self._tells = tell
        self._clock = domain_clock

    async def deliver(self) -> bool:
        """One round: take what is due and hand it over; facts of one workflow in their order."""
        async with self._database.system() as session:
            letters = await inbox.undelivered(session, real_now())
        by_workflow = defaultdict(list)
        for letter in letters:
            by_workflow[letter.workflow].append(letter)
        await asyncio.gather(*map(self._in_order, by_workflow.values()))
        return bool(letters)

    async def _in_order(self, letters: list[inbox.Letter]) -> None:
        for letter in letters:
            if not await self._hand_over(letter):
                return
            async with self._database.system() as session:
                await inbox.mark(session, letter.id, real_now())

    async def _hand_over(self, letter: inbox.Letter) -> bool:
        try:
            await self._consultations.fact(letter.workflow, letter.fact)
            return letter.fact.source != FLAGS or await self._heard(letter)
        except ClosedConsultation:
            return letter.fact.source in HARMLESS_AFTER_THE_END
        except NoSuchConsultation:
            # A start may still be on its way; the row comes again, ever later, and then to a person.
            log.warning("inbox.unknown_workflow", letter=letter.id, tries=letter.tries)
            return False

    async def _heard(self, letter: inbox.Letter) -> bool:
        # A server keeps a signal for a workflow that no worker runs: then nobody has been rung yet.
        try:
            state = await self._consultations.state(letter.workflow)
        except NotConfirmed:
            log.warning("inbox.flag_unheard", letter=letter.id, tries=letter.tries)
            return False
        return letter.fact.name in state.seen

    async def ring(self) -> bool:
        """Ring the role for every red flag whose signal was not taken in time, whatever else is down."""
        async with self._database.system() as session:
            flags = await inbox.to_ring(session, real_now() - FLAG_PATIENCE)
        # Told first, noted after: told twice under one key is told once, noted and not told is nobody rung.
        raise_first(await each(map(self._ring, flags)))
        return False

    async def _ring(self, flag: inbox.Flag) -> None:
        to = Owner(role=flag.ring)
        await self._tell(flag.clinic, flag.workflow, f"flag.{flag.id}", to, "call_back_now", urgent=True)
        async with self._database.system() as session:
            await inbox.rung(session, flag.id, real_now())

    async def tell_stuck(self) -> bool:
        """Tell the clinic's administrator of letters nobody takes, page by page: each of them has its person."""
        failures: list[BaseException] = []
        after = 0
        while letters := await self._stuck(after):
            failures += await each(map(self._tell_of, letters))
            after = letters[-1].id
        raise_first(failures)
        return False

    async def _stuck(self, after: int) -> list[inbox.Letter]:
        async with self._database.system() as session:
            return await inbox.stuck(session, after)

    async def _tell_of(self, letter: inbox.Letter) -> None:
        log.error("inbox.stuck", letter=letter.id, tries=letter.tries, source=letter.fact.source)
        if letter.clinic is not None:
            to = Owner(role=Role.CLINIC_ADMIN)
            await self._tell(letter.clinic, letter.workflow, f"inbox.{letter.id}", to, "consultation_needs_you")

    async def _tell(self, clinic: str, workflow: str, part: str, to: Owner, text: str, *, urgent: bool = False) -> None:
        await self._tells(
            Tell(
                clinic=clinic,
                consultation=workflow.split(".", 1)[0],
                workflow=workflow,
                part=part,
                at=await self._clock.now(),
                to=to,
                text=text,
                urgent=urgent,
            )
        )


async def each(work: Iterable[Awaitable[None]]) -> list[BaseException]:
    """Do all of it: one that cannot be told holds up no other. What failed."""
    return [done for done in await asyncio.gather(*work, return_exceptions=True) if done is not None]


def raise_first(failures: list[BaseException]) -> None:
    """Raise the first failure, now that all were tried."""
    for failure in failures:
        raise failure
