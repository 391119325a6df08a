"""A signed form is put into force."""

from activities.errors import does, ours
from activities.numbering import paper_number
from domain.effects.prescription import Issued, IssuePrescription
from ports import Refused
from records import documents, prescriptions, signatures
from records.database import Database


class Prescriptions:
    """Effects of prescription."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @does(IssuePrescription)
    async def issue(self, effect: IssuePrescription) -> Issued:
        """Issue once: only this form, of this patient, signed by this doctor."""
        async with self._database.clinic(effect.clinic) as session:
            form = ours(await documents.get(session, effect.document), "no_such_document")
            signed = ours(await signatures.get(session, effect.signature), "no_such_signature")
            if (form.paper, form.patient, form.item) != ("prescription", effect.patient, effect.item):
                raise Refused("wrong_document")
            if (signed.document, signed.person, signed.sha256) != (form.id, effect.doctor, form.sha256):
                raise Refused("wrong_signature")
            issued = await prescriptions.issue(
                session,
                paper_number(session, form.key),
                effect.consultation,
                effect.step or "_",
                effect.occurrence,
                effect.item,
                effect.patient,
                effect.doctor,
                effect.document,
                effect.signature,
                effect.at,
            )
        issued = ours(issued, "number_taken")
        return Issued(prescription=issued.id, number=issued.number)
