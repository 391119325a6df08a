"""A checked outline as the value that goes into a consultation, with everything it uses pinned."""

from domain.calendar import Calendar
from domain.pathway import EmergencyPlan, Pathway, People
from pathways.checks.context import Papers
from pathways.clinic import Clinic
from pathways.grammar import Header
from pathways.outline import Outline


def frozen(written: Outline, header: Header, clinic: Clinic, papers: Papers) -> Pathway:
    """A checked outline as the value that goes into a consultation, with its papers pinned.

    Raises:
        KeyError: It uses a paper that is broken.
    """
    used: dict[str, set[str]] = {"form": set(), "consent": set(), "text": set(), "service": set()}
    for step in written.walk():
        for word in ("form", "text", "service"):
            value = getattr(step.fields, word, None)
            if isinstance(value, str):
                used[word].add(value)
        used["consent"] |= {document.id for document in getattr(step.fields, "documents", ())}
    used["text"] |= {end.offer for end in header.ends.values() if end.offer is not None}
    return Pathway(
        code=header.pathway,
        version=header.version,
        title=header.title,
        speciality=header.speciality,
        care=header.care,
        people=People(
            patient_age=header.people.patient,
            payer=header.people.payer,
            doctor=header.people.doctor,
            invited=header.people.invited,
        ),
        emergency=EmergencyPlan(
            call_back=header.emergency.call_back,
            within=header.emergency.within,
            otherwise=header.emergency.otherwise,
        ),
        ends=header.ends,
        steps=tuple(step.compiled() for step in written.steps),
        forms={name: papers.forms[name] for name in sorted(used["form"])},
        consents={name: papers.consents[name] for name in sorted(used["consent"])},
        texts={name: papers.texts[name] for name in sorted(used["text"])},
        services={name: clinic.service(name) for name in sorted(used["service"])},
        calendar=clinic.calendar,
        calendars=_calendars(written, clinic),
    )


def _calendars(written: Outline, clinic: Clinic) -> dict[str, Calendar]:
    """Working time of the pools a pathway names, where it is not the clinic's own."""
    named = sorted({pool for step in written.walk() if isinstance(pool := getattr(step.fields, "pool", None), str)})
    return {name: clinic.pools[name].calendar for name in named if clinic.pools[name].calendar != clinic.calendar}
