"""The table of rules, as data. What permits an act, and what a paper demands, from which day to which."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from domain.base import Code, Value
from domain.pathway import Care


class LawAct(StrEnum):
    """What a doctor does, as the law tells acts apart. A protocol's facts name them."""

    HISTORY = "history"
    """Complaints, history, prevention, observation, judging the effect of a treatment."""
    ADVISE = "advise"
    """General recommendations."""
    REFER = "refer"
    """Deciding that an in-person visit is needed."""
    ORDER_TESTS = "order_tests"
    DIAGNOSE = "diagnose"
    """Naming a diagnosis: lawful only as one this doctor set in person."""
    CORRECT_TREATMENT = "correct_treatment"
    PRESCRIBE = "prescribe"
    START_TREATMENT = "start_treatment"
    """A first treatment: never at a distance."""
    MONITOR = "monitor"
    CONSULT = "consult"
    """Holding a remote consultation at all."""


class Paper(StrEnum):
    """Documents with demands of their own."""

    PROTOCOL = "protocol"
    PRESCRIPTION = "prescription"
    REFERRAL = "referral"
    LAB_ORDER = "lab_order"


class Level(StrEnum):
    """Kinds of electronic signature under 63-ФЗ, weakest first: ПЭП, УНЭП, УКЭП."""

    SIMPLE = "simple"
    UNQUALIFIED = "unqualified"
    QUALIFIED = "qualified"

    @property
    def rank(self) -> int:
        """The place in the order simple < unqualified < qualified."""
        return list(Level).index(self)


class Row(Value):
    """One rule in force from ``since`` to ``until`` (inclusive; None: no end is known).

    ``status`` says whether we are sure of it; a row ``for_a_lawyer`` is applied, and listed for review.
    """

    id: Code
    article: str
    since: date
    until: date | None = None
    status: Literal["confirmed", "for_a_lawyer"]
    source: str

    def in_force(self, on: date) -> bool:
        """Whether the row holds on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


class Permit(Row):
    """``act`` is lawful from the level ``care`` up; None: never at a distance."""

    act: LawAct
    care: Care | None


class Demand(Row):
    """What a paper must have: a signature of a level, or registration in РЭМД."""

    paper: Paper
    signature: Level | None = None
    registered: bool = False


_323 = date(2018, 1, 1)
"""The day 242-ФЗ brought art. 36.2 into 323-ФЗ."""
_FZ = "323-ФЗ ст. 36.2"

PERMITS: tuple[Permit, ...] = (
    Permit(
        id="order-965n",
        act=LawAct.CONSULT,
        care=Care.ADVICE,
        article="Приказ 965н от 30.11.2017",
        since=_323,
        until=date(2025, 8, 31),
        status="confirmed",
        source="replaced by 193н: delo-press.ru, scilead.ru",
    ),
    Permit(
        id="order-193n",
        act=LawAct.CONSULT,
        care=Care.ADVICE,
        article="Приказ 193н от 11.04.2025",
        since=date(2025, 9, 1),
        status="confirmed",
        source="bz.medvestnik.ru, delo-press.ru, scilead.ru",
    ),
    Permit(
        id="fz323-36.2-2-1-history",
        act=LawAct.HISTORY,
        care=Care.ADVICE,
        article=f"{_FZ} ч. 2 п. 1",
        since=_323,
        status="confirmed",
        source="text of the law",
    ),
    Permit(
        id="fz323-36.2-2-1-advise",
        act=LawAct.ADVISE,
        care=Care.ADVICE,
        article=f"{_FZ} ч. 2 п. 1",
        since=_323,
        status="confirmed",
        source="text of the law",
    ),
    Permit(
        id="fz323-36.2-2-2-refer",
        act=LawAct.REFER,
        care=Care.ADVICE,
        article=f"{_FZ} ч. 2 п. 2",
        since=_323,
        status="confirmed",
        source="text of the law",
    ),
    Permit(
        id="fz323-36.2-2-tests",
        act=LawAct.ORDER_TESTS,
        care=Care.ADVICE,
        article=f"{_FZ} ч. 2",
        since=_323,
        status="for_a_lawyer",
        source="read as a preliminary examination before the in-person visit",
    ),
    Permit(
        id="fz323-36.2-3-diagnose",
        act=LawAct.DIAGNOSE,
        care=Care.FOLLOW_UP,
        article=f"{_FZ} ч. 3",
        since=_323,
        status="confirmed",
        source="text of the law",
    ),
    Permit(
        id="fz323-36.2-3-correct",
        act=LawAct.CORRECT_TREATMENT,
        care=Care.FOLLOW_UP,
        article=f"{_FZ} ч. 3",
        since=_323,
        status="confirmed",
        source="text of the law",
    ),
    Permit(
        id="fz323-36.2-3-prescribe",
        act=LawAct.PRESCRIBE,
        care=Care.FOLLOW_UP,
        article=f"{_FZ} ч. 3",
        since=_323,
        status="for_a_lawyer",
        source="read from ч. 3: a prescription at a distance is a correction of treatment",
    ),
    Permit(
        id="fz323-36.2-3-start",
        act=LawAct.START_TREATMENT,
        care=None,
        article=f"{_FZ} ч. 3",
        since=_323,
        status="confirmed",
        source="text of the law",
    ),
    Permit(
        id="fz323-36.2-4-monitor",
        act=LawAct.MONITOR,
        care=Care.MONITORING,
        article=f"{_FZ} ч. 4",
        since=_323,
        status="confirmed",
        source="text of the law",
    ),
)

DEMANDS: tuple[Demand, ...] = (
    Demand(
        id="fz323-36.2-7-protocol",
        paper=Paper.PROTOCOL,
        signature=Level.QUALIFIED,
        article=f"{_FZ} ч. 7",
        since=_323,
        status="confirmed",
        source="text of the law",
    ),
    Demand(
        id="order-1094n-prescription",
        paper=Paper.PRESCRIPTION,
        signature=Level.QUALIFIED,
        article="Приказ 1094н от 24.11.2021",
        since=date(2022, 3, 1),
        status="confirmed",
        source="iitrust.ru, consultant.ru: the worker's УКЭП, УНЭП is not enough",
    ),
    Demand(
        id="order-947n-protocol",
        paper=Paper.PROTOCOL,
        registered=True,
        article="Приказ 947н от 07.09.2020",
        since=date(2021, 2, 1),
        status="for_a_lawyer",
        source="delo-press.ru",
    ),
    Demand(
        id="order-947n-prescription",
        paper=Paper.PRESCRIPTION,
        registered=True,
        article="Приказ 947н от 07.09.2020",
        since=date(2021, 2, 1),
        status="for_a_lawyer",
        source="НСИ 1.2.643.5.1.13.13.11.1520, kind 148",
    ),
)


def expiring(on: date, days: int = 60) -> list[Row]:
    """Rows that end within some days: the alarm before they close what they permit."""
    last = on + timedelta(days=days)
    rows: tuple[Row, ...] = (*PERMITS, *DEMANDS)
    return [row for row in rows if row.until is not None and on <= row.until <= last]
