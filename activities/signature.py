"""Registration of signed documents in РЭМД."""

from activities.errors import does, ours, word
from domain.base import Json
from domain.effects import Effect
from domain.effects.signature import FindRegistration, RegisterDocument, RegistrationFound, Submitted, local_uid
from ports import Refused
from ports.registry import Registration, Registry
from records import clinics, documents, signatures
from records.database import Database
from records.documents import Document

KINDS = {"protocol": "290", "prescription": "148", "referral": "185", "lab_order": "185"}
"""Kinds of electronic documents (НСИ 1.2.643.5.1.13.13.11.1520)."""
ROLE = "DOCTOR"
"""The signer's role (НСИ 1.2.643.5.1.13.13.99.2.368)."""


class Registrations:
    """Effects of signature."""

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database = database
        self._registry = registry

    @does(RegisterDocument)
    async def register(self, effect: RegisterDocument) -> Submitted:
        """Send metadata and signature; a request whose answer was lost counts as sent."""
        key = key_of(effect, effect.part)
        async with self._database.clinic(effect.clinic) as session:
            clinic = ours(await clinics.get(session), "no_such_clinic")
            document = ours(await documents.get(session, effect.document), "no_such_document")
            signed = ours(await signatures.get(session, effect.signature), "no_such_signature")
        if (signed.document, signed.sha256) != (document.id, document.sha256):
            raise Refused("wrong_signature")
        if await self._registry.find(key) is not None:
            return Submitted(request=key)
        metadata = metadata_of(document, clinic.oid, effect.part)
        return Submitted(request=await self._registry.register(key, effect.reference, metadata, signed.cms))

    @does(FindRegistration)
    async def find(self, effect: FindRegistration) -> RegistrationFound:
        """Registered, whichever try it was; else what became of the last one.

        What was said of an earlier one was answered already: people mended it and sent the document again.
        """
        asked = [await self._registry.find(key_of(effect, str(number))) for number in range(effect.tries, 0, -1)]
        known = [found for found in asked if found is not None and found.status == "registered"]
        decided: Registration | None = known[0] if known else asked[0]
        if decided is None:
            return RegistrationFound(status="pending")
        return RegistrationFound(status=decided.status, number=decided.number, errors=tuple(map(word, decided.errors)))


def key_of(effect: Effect, part: str) -> str:
    """The key under which one try is sent."""
    return f"{effect.consultation}:{effect.step or '_'}:{effect.occurrence}:{RegisterDocument.activity}:{part}"


def metadata_of(document: Document, oid: str, part: str) -> dict[str, Json]:
    """What the registry is told. A corrected document has a new ``local_uid``, the set's id stays."""
    return {
        "local_uid": local_uid(document.id, part),
        "set_id": document.id,
        "document_number": document.id,
        "kind": KINDS[document.paper],
        "organization": oid,
        "created_at": document.at.isoformat(),
        "sha256": document.sha256,
        "size": document.size,
        "signer": {"local_id": document.doctor, "role": ROLE},
    }
