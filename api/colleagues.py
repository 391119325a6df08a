"""Colleagues: who a consultation may be given to or asked about, and the named person as the record knows him today."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.acts import PROBLEMS
from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.states import Case, WorkflowId, open_case
from domain.people import Actor, Owner, Role
from pathways.core.context import Context
from pathways.core.who import came_by
from records import duty, people, staff
from records.database import Session

router = APIRouter(tags=["colleagues"])


class Colleague(BaseModel):
    """A doctor of the clinic, as another may choose him."""

    person: str
    name: str
    position: str
    specialities: list[str]
    of_pool: bool
    """Of the pool the consultation's doctor came from: only such a one may take it over."""
    on_duty: bool


async def colleague(session: Session, case: Case, person: str) -> Actor:
    """A doctor who works here today, and is neither the patient himself nor anybody near him.

    Raises:
        Problem: ``no_such_colleague`` or ``own_consultation``.
    """
    found = await employee(session, case, person)
    if not found.is_(Role.DOCTOR):
        raise Problem("no_such_colleague")
    # The core knows patients by their ids alone; only the record knows who they are as people.
    if person in await near(session, case):
        raise Problem("own_consultation")
    return found


async def employee(session: Session, case: Case, person: str) -> Actor:
    """Somebody who works here today, with his roles and pools.

    Raises:
        Problem: ``no_such_colleague``.
    """
    found = await people.actor(session, person, None, case.today)
    if not found.roles:
        raise Problem("no_such_colleague")
    return found


async def near(session: Session, case: Case) -> set[str]:
    """The patient as a person, who may act for him, and who pays."""
    acting = await staff.people_of(session, Owner(patient=case.state.patient), case.today)
    return {*acting, *filter(None, [case.state.payer])}


def pool_of(case: Case) -> str | None:
    """The pool by which the doctor came; None where he came by none, or there is no doctor."""
    step = came_by(Context(case.pathway, case.state, case.now))
    return None if step is None else str(case.pathway.index[step].fields["pool"])


@router.get("/consultations/{workflow}/colleagues", operation_id="list_colleagues", responses=PROBLEMS)
async def list_colleagues(
    who: CallerOf, shared: ServicesOf, workflow: WorkflowId, on_duty: bool = False, of_pool: bool = False
) -> list[Colleague]:
    """The doctors a consultation may be handed to or asked about, by name; those on duty or of its pool alone."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "colleagues.list")
        pool, present = pool_of(case), {one.doctor for one in await duty.all_on(session)}
        out = {case.state.doctor, *await near(session, case)}
        found = [
            Colleague(
                person=one.person,
                name=one.name,
                position=one.position,
                specialities=sorted(one.specialities),
                of_pool=pool is None or pool in one.pools,
                on_duty=one.person in present,
            )
            for one in await staff.at_work(session, case.today)
            if Role.DOCTOR in one.roles and one.person not in out
        ]
    return [one for one in found if (one.on_duty or not on_duty) and (one.of_pool or not of_pool)]
