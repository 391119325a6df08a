"""Guards: each raises ``Refusal`` and returns the rows it relied on."""

from collections.abc import Iterable
from datetime import date

from domain.acts import Refusal
from domain.law.rows import DEMANDS, PERMITS, Demand, LawAct, Level, Paper, Permit
from domain.pathway import Care


def consultation_is_lawful(on: date, permits: Iterable[Permit] = PERMITS) -> Permit:
    """A procedure of remote consultations is in force.

    Raises:
        Refusal: ``law``.
    """
    return act_is_lawful(LawAct.CONSULT, Care.ADVICE, on, permits)


def act_is_lawful(act: LawAct, care: Care, on: date, permits: Iterable[Permit] = PERMITS) -> Permit:
    """One act is within the lawful level of care on its day.

    Raises:
        Refusal: ``law`` with the article, the rule and the act; ``expired`` is true where its row has ended.
    """
    rows = [row for row in permits if row.act is act]
    standing = [row for row in rows if row.in_force(on)]
    for row in standing:
        if row.care is not None and row.care.rank <= care.rank:
            return row
    cited = standing or sorted(rows, key=lambda row: row.since)[-1:]
    raise Refusal(
        "law",
        act=act.value,
        article=cited[0].article if cited else "",
        rule=cited[0].id if cited else "",
        care=care.value,
        expired=not standing,
    )


def acts_are_lawful(acts: Iterable[LawAct], care: Care, on: date, permits: Iterable[Permit] = PERMITS) -> list[Permit]:
    """Every act of a protocol is within the lawful level, under a procedure in force.

    Raises:
        Refusal: ``law``, for the first act that is not.
    """
    table = tuple(permits)
    basis = consultation_is_lawful(on, table)
    return [basis, *(act_is_lawful(act, care, on, table) for act in dict.fromkeys(acts))]


def signature_is_enough(paper: Paper, level: Level, on: date, demands: Iterable[Demand] = DEMANDS) -> Demand | None:
    """The signature on a paper is at least of the level the law demands on the day of signing.

    Raises:
        Refusal: ``law`` with the article and the level demanded.
    """
    row = signature_demanded(paper, on, demands)
    if row is not None and row.signature is not None and level.rank < row.signature.rank:
        raise Refusal("law", article=row.article, rule=row.id, level=row.signature.value)
    return row


def signature_demanded(paper: Paper, on: date, demands: Iterable[Demand] = DEMANDS) -> Demand | None:
    """The row that demands a signature on a paper, None where none does (rule 8 of the checker reads it)."""
    rows = [row for row in demands if row.paper is paper and row.signature is not None and row.in_force(on)]
    return max(rows, key=lambda row: row.signature.rank if row.signature else 0, default=None)


def registration_demanded(paper: Paper, on: date, demands: Iterable[Demand] = DEMANDS) -> Demand | None:
    """The row that demands registration of a paper in РЭМД, None where none does."""
    return next((row for row in demands if row.paper is paper and row.registered and row.in_force(on)), None)


def met_the_patient(person: str, met_by: str | None) -> None:
    """Only the doctor who met the patient writes and signs; an escalation widens the view, not the right.

    Raises:
        Refusal: ``not_the_doctor_who_met``.
    """
    if met_by is None or person != met_by:
        raise Refusal("not_the_doctor_who_met")
