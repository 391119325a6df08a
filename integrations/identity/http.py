"""An identity provider over plain HTTP."""

import httpx

from domain.people import IdentityLevel
from integrations.http import Answer, PartnerHttp
from ports.identity import IdentitySession, Proved
from runtime.settings import Partner


class _Session(Answer):
    session: str
    url: str


class _Proved(Answer):
    level: IdentityLevel | None = None
    refused: str | None = None
    attributes: dict[str, str] = {}


class HttpIdentity:
    """Port `IdentityProvider`."""

    def __init__(self, partner: Partner, client: httpx.AsyncClient) -> None:
        self._http = PartnerHttp(partner, client)

    async def begin(self, key: str, return_url: str) -> IdentitySession:
        """Open a session; the same key is the same session, so a lost answer is asked for again."""
        body = {"return_url": return_url}
        said = await self._http.send("/sessions", body, _Session, key=key, harmless=True)
        return IdentitySession(session=said.session, url=said.url)

    async def proved(self, session: str) -> Proved:
        """What the session proved so far."""
        # The session's id comes from an act's body: it travels as a parameter, where it cannot become a path.
        said = await self._http.ask("/proved", _Proved, {"session": session})
        return Proved(level=said.level, refused=said.refused, attributes=said.attributes)
