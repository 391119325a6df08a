"""Papers: from a content version to a document of the record, whose exact bytes are what people sign."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from activities.errors import does, ours
from activities.heads import Heads, heads_of
from activities.numbering import paper_number
from documents.papers import AnyPaper, LabOrderPaper, PrescriptionPaper, ProtocolPaper, ReferralPaper
from documents.press import Press
from domain.effects.protocol import RenderDocument, Rendered
from domain.protocol import ProtocolContent
from domain.state import ConsultationState
from ports import Refused
from ports.storage import Storage
from records import consultations, content, documents
from records.database import Database, Session
from records.documents import Document

GROWN_UP = 18

Times = tuple[datetime | None, datetime | None]
"""When the meeting began and ended."""


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
                return rendered(known, effect)
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
        return rendered(kept, effect)

    async def _paper(self, session: Session, effect: RenderDocument) -> AnyPaper:
        written = ours(await content.read(session, effect.content, effect.sha256), "no_such_content")
        if written.consultation != effect.consultation:
            raise Refused("foreign_content")
        try:
            protocol = ProtocolContent.model_validate(written.body)
        except ValidationError:
            raise Refused("malformed_content") from None
        heads = await heads_of(session, effect.patient, effect.doctor)
        state = await consultations.state(session, effect.consultation)
        return paper_of(effect, protocol, heads, paper_number(session, effect.key), held(state))


def rendered(document: Document, effect: RenderDocument) -> Rendered:
    """The answer, if the document is what this effect asks for.

    Raises:
        Refused: The key made another paper.
    """
    if (document.paper, document.content, document.item) != (effect.paper, effect.content, effect.item):
        raise Refused("key_reused")
    return Rendered(document=document.id, sha256=document.sha256)


def paper_of(effect: RenderDocument, protocol: ProtocolContent, heads: Heads, number: str, times: Times) -> AnyPaper:
    """The paper an effect asks for.

    Raises:
        Refused: The protocol has no such item.
    """
    common = {
        "number": number,
        "made_at": effect.at,
        "zone": heads.zone,
        "clinic": heads.clinic,
        "patient": heads.patient,
        "doctor": heads.doctor,
        "content": protocol,
    }
    match effect.paper:
        case "protocol":
            return ProtocolPaper(held_from=times[0], held_until=times[1], **common)
        case "lab_order":
            there(protocol.orders, 0)
            return LabOrderPaper(**common)
        case "referral":
            there(protocol.referrals, effect.item)
            return ReferralPaper(item=effect.item, **common)
        case "prescription":
            there(protocol.prescriptions, effect.item)
            young = years(heads.patient.birth_date, effect.at.astimezone(ZoneInfo(heads.zone)).date()) < GROWN_UP
            return PrescriptionPaper(item=effect.item, child=young, **common)


def there(items: tuple[Any, ...], item: int) -> None:
    """An item of the protocol exists.

    Raises:
        Refused: It does not.
    """
    if not 0 <= item < len(items):
        raise Refused("no_such_item")


def held(state: ConsultationState | None) -> Times:
    """When doctor and patient met, and how long they were together, as far as the record knows."""
    if state is None or state.met_at is None:
        return None, None
    seconds = sum(int(outputs.get("seconds") or 0) for outputs in state.outputs.values())
    return state.met_at, state.met_at + timedelta(seconds=seconds) if seconds else None


def years(born: date, on: date) -> int:
    """Full years of age."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
