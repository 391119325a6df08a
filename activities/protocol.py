"""Papers: from a content version to a document of the record, whose exact bytes are what people sign."""

from hashlib import sha256

from pydantic import ValidationError

from activities.errors import does, ours
from activities.heads import Heads, heads_of
from documents.papers import AnyPaper, LabOrderPaper, PrescriptionPaper, ProtocolPaper, ReferralPaper
from documents.press import Press
from domain.effects.protocol import RenderDocument, Rendered
from domain.protocol import ProtocolContent
from ports import Refused
from ports.storage import Storage
from records import consultations, content, documents
from records.database import Database, Session

GROWN_UP = 18


class Papers:
    """Effects of papers."""

    def __init__(self, database: Database, storage: Storage, press: Press) -> None:
        self._database = database
        self._storage = storage
        self._press = press

    @does(RenderDocument)
    async def render(self, effect: RenderDocument) -> Rendered:
        """Print, keep encrypted, write down: once a key.

        The stored object is named by its digest: a try that died in between, and may have seen the record otherwise,
        leaves an object nobody names and never lends its bytes to another digest.
        """
        async with self._database.clinic(effect.clinic) as session:
            known = await documents.by_key(session, effect.key)
            if known is not None:
                return Rendered(document=known.id, sha256=known.sha256)
            paper = await self._paper(session, effect)
        printed = await self._press.print(paper)
        digest = sha256(printed).hexdigest()
        stored = f"documents/{effect.key}/{digest}"
        await self._storage.put(effect.clinic, stored, printed)
        async with self._database.clinic(effect.clinic) as session:
            kept = await documents.add(
                session,
                effect.key,
                effect.paper,
                effect.consultation,
                effect.patient,
                effect.doctor,
                effect.content,
                digest,
                len(printed),
                stored,
                effect.at,
                effect.item,
            )
        return Rendered(document=kept.id, sha256=kept.sha256)

    async def _paper(self, session: Session, effect: RenderDocument) -> AnyPaper:
        written = ours(await content.read(session, effect.content, effect.sha256), "no_such_content")
        if written.consultation != effect.consultation:
            raise Refused("foreign_content")
        try:
            protocol = ProtocolContent.model_validate(written.body)
        except ValidationError:
            raise Refused("malformed_content") from None
        heads = await heads_of(session, effect.patient, effect.doctor)
        number = paper_number(session, effect.clinic, effect.key)
        state = await consultations.state(session, effect.consultation)
        return paper_of(effect, protocol, heads, number, ProtocolTimes.of(state))
