"""What every request of this process shares: the wiring, the token verifier, compiled pathways, the streams' hub."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from api.auth.tokens import Bearer, Verifier
from api.limits import Limiter
from api.problems import Problem
from api.streams import Hub
from domain.pathway import Pathway
from records import catalogue, clinics, clock, logins
from records.database import Session
from runtime.hashing import KeyedHash
from wiring import Wiring

KEPT_PATHWAYS = 256


@dataclass
class Services:
    """One process's shared parts."""

    wiring: Wiring
    verifier: Verifier
    hub: Hub
    limiter: Limiter
    hashed: KeyedHash
    own_issuer: str | None = None
    """The embedded issuer's name: its subjects are our person ids."""
    darkroom: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "photos"))
    """Where photos are cleaned: one at a time, for one may take half a gigabyte."""
    _zones: dict[str, ZoneInfo] = field(default_factory=dict)
    _pathways: OrderedDict[str, Pathway] = field(default_factory=OrderedDict)

    async def pathway(self, session: Session, digest: str) -> Pathway:
        """A compiled pathway by digest. It never changes, so it is kept."""
        known = self._pathways.get(digest)
        if known is None:
            found = await catalogue.get(session, digest)
            if found is None:
                raise Problem("no_such_pathway")
            known = self._pathways[digest] = found
            while len(self._pathways) > KEPT_PATHWAYS:
                self._pathways.popitem(last=False)
        self._pathways.move_to_end(digest)
        return known

    async def now(self, session: Session) -> datetime:
        """Domain time."""
        return (await clock.get(session)).now(datetime.now(UTC))

    async def today(self, session: Session) -> date:
        """The day in the session's clinic, in domain time."""
        zone = self._zones.get(session.clinic)
        if zone is None:
            clinic = await clinics.get(session)
            if clinic is None:
                raise Problem("not_of_clinic")
            zone = self._zones[session.clinic] = ZoneInfo(clinic.zone)
        return (await self.now(session)).astimezone(zone).date()

    async def person_of(self, token: Bearer) -> str:
        """The person a token's subject is: our own issuer's subjects are persons, another's are looked up."""
        if token.issuer == self.own_issuer:
            return token.subject
        async with self.wiring.database.bare() as session:
            login = await logins.login_by_subject(session, token.issuer, token.subject)
        if login is None:
            raise Problem("unauthenticated")
        return login.person


def services(request: Request) -> Services:
    """The process's shared parts."""
    found: Services = request.app.state.services
    return found
