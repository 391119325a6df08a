"""Who the patient is: the level on record, or one proved at a provider and compared with the record."""

from datetime import date, datetime

from activities.errors import does, ours, word
from domain.effects.identity import CheckIdentity, IdentityFound, IdentityProved, ProveIdentity
from domain.people import IdentityLevel
from ports.identity import IdentityProvider, Proved
from records import people
from records.database import Database, Session
from records.people import Patient

LEAST = 2
"""Attributes that must be compared, and agree, before a proof counts; the birth date always among them."""


class Identity:
    """Effects of identity."""

    def __init__(self, database: Database, identity: IdentityProvider) -> None:
        self._database = database
        self._identity = identity

    @does(CheckIdentity)
    async def check(self, effect: CheckIdentity) -> IdentityFound:
        """Read the level on record."""
        async with self._database.clinic(effect.clinic) as session:
            return IdentityFound(level=await people.identity_level(session, effect.patient))

    @does(ProveIdentity)
    async def prove(self, effect: ProveIdentity) -> IdentityProved:
        """Ask the provider about the session; keep the level it proves of the person the record knows.

        What a registrar saw stands in the record already: the provider is not asked.
        """
        if effect.method == "registrar":
            async with self._database.clinic(effect.clinic) as session:
                level = await people.identity_level(session, effect.patient)
            return IdentityProved(level=level, refused=None if level is IdentityLevel.CONFIRMED else "not_seen")
        proved = await self._identity.proved(effect.session)
        async with self._database.clinic(effect.clinic) as session:
            refused = await self._refusal(session, effect, proved)
            # A proof of less than what stands on record lowers nothing.
            if refused is None and proved.level is IdentityLevel.CONFIRMED:
                await people.confirm_identity(
                    session, effect.patient, effect.person, effect.method, effect.session, effect.at
                )
            return IdentityProved(level=await people.identity_level(session, effect.patient), refused=refused)

    async def _refusal(self, session: Session, effect: ProveIdentity, proved: Proved) -> str | None:
        if proved.refused is not None:
            return word(proved.refused)
        if proved.level is None:
            return "not_finished"
        patient = ours(await people.patient(session, effect.patient), "no_such_patient")
        himself = patient if patient.person == effect.person else await own(session, effect)
        if himself is None:
            return "no_own_record"
        return None if agrees(himself, proved.attributes) else "mismatch"


async def own(session: Session, effect: ProveIdentity) -> Patient | None:
    """The patient a representative is himself: his proof is about him, not about whom he represents."""
    for known in await people.patients_of(session, effect.person, effect.at.date()):
        if known.representation is None:
            return await people.patient(session, known.patient)
    return None


def agrees(patient: Patient, attributes: dict[str, str]) -> bool:
    """Whether what was proved is this person: every attribute both sides know agrees, and those are enough."""
    names = {"surname": patient.family_name, "name": patient.given_name, "patronymic": patient.patronymic}
    compared = [folded(own) == folded(attributes[name]) for name, own in names.items() if own and attributes.get(name)]
    born = day_of(attributes.get("birth_date", ""))
    return born == patient.birth_date and len(compared) + 1 >= LEAST and all(compared)


def folded(name: str) -> str:
    """A name as it is compared: case, ё and blanks around do not tell two people apart."""
    return " ".join(name.casefold().replace("ё", "е").split())


def day_of(text: str) -> date | None:
    """A day as providers write it: ``1960-02-17`` or ``17.02.1960``."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None
