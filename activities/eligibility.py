"""The gate's question: which in-person visits are proved."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from activities.errors import does, ours
from domain.effects.eligibility import EvidenceFound, FindEvidence, Proof
from ports import PortError, Refused
from ports.mis import Mis, Visit
from records import evidence, people
from records.database import Database, Session


class Eligibility:
    """Effects of eligibility."""

    def __init__(self, database: Database, mis: Mis) -> None:
        self._database = database
        self._mis = mis

    @does(FindEvidence)
    async def find(self, effect: FindEvidence) -> EvidenceFound:
        """The record's proofs and the MIS's; what the MIS tells is kept as dated, versioned evidence.

        A silent MIS is asked again while there is patience, unless the record already proves a visit.
        """
        async with self._database.clinic(effect.clinic) as session:
            patient = ours(await people.patient(session, effect.patient), "no_such_patient")
            since = earliest(effect, patient.zone)
            known = await evidence.find(session, effect.patient, effect.speciality, since)
        try:
            visits = await self._mis.visits(patient.number, effect.speciality, since)
        except Refused:
            # It does not know the patient, or us: no proof either way. A registrar decides on papers.
            return EvidenceFound(outcome="met" if known else "unknown", proofs=known)
        except PortError:
            if not known:
                raise
            return EvidenceFound(outcome="met", proofs=known)
        async with self._database.clinic(effect.clinic) as session:
            proofs = [proof_of(session, effect.clinic, visit) for visit in visits]
            await evidence.add(session, effect.patient, effect.speciality, proofs, None, effect.at)
            known = await evidence.find(session, effect.patient, effect.speciality, since)
        return EvidenceFound(outcome="met" if known else "not_met", proofs=known)


def earliest(effect: FindEvidence, zone: str) -> date:
    """The first day that counts, where the patient is."""
    return effect.at.astimezone(ZoneInfo(zone)).date() - timedelta(days=effect.not_older_than_days)


def proof_of(session: Session, clinic: str, visit: Visit) -> Proof:
    """A visit of the MIS as evidence: the same visit is the same piece of evidence, each time it is told."""
    id_ = f"ev-{session.vault.hash.code('evidence', clinic, visit.id)}"
    return Proof(evidence=id_, doctor=visit.doctor, diagnosis=visit.diagnosis, on=visit.on, source="mis")
