"""Duty: a doctor goes on and off, and says that he is there."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.states import audited
from domain.base import Code
from ports import PortError
from records import duty

router = APIRouter(tags=["duty"])


class GoOnDuty(BaseModel):
    """Where, and for how many patients at once."""

    pools: list[Code] = Field(min_length=1, max_length=20, examples=[["therapists"]])
    capacity: int = Field(1, ge=1, le=20)


class OnDuty(BaseModel):
    """Where the doctor is on duty now."""

    duties: list[duty.Duty]


@router.get("/duty", operation_id="get_duty")
async def get(who: CallerOf, shared: ServicesOf) -> OnDuty:
    """Where the caller is on duty."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        return OnDuty(duties=await duty.of_doctor(session, who.actor.person))


@router.put("/duty", operation_id="go_on_duty")
async def on(
    who: CallerOf, shared: ServicesOf, body: Annotated[GoOnDuty, Body(examples=[{"pools": ["therapists"]}])]
) -> OnDuty:
    """Go on duty in some of the doctor's pools; already there, only the capacity changes."""
    if not who.actor.pools.issuperset(body.pools):
        raise Problem("not_of_the_pool")
    async with audited(shared, who, "duty.on", who.actor.person) as session:
        await duty.on(session, who.actor.person, body.pools, await shared.now(session), body.capacity)
        found = await duty.of_doctor(session, who.actor.person)
    await beat(who, shared)
    return OnDuty(duties=found)


@router.delete("/duty", operation_id="go_off_duty", status_code=204)
async def off(who: CallerOf, shared: ServicesOf) -> None:
    """Go off duty everywhere; whom the doctor has, he keeps."""
    async with audited(shared, who, "duty.off", who.actor.person) as session:
        await duty.off(session, who.actor.person, await shared.now(session))


@router.put("/duty/heartbeat", operation_id="heartbeat", status_code=204)
async def heartbeat(who: CallerOf, shared: ServicesOf) -> None:
    """Say that the doctor is there; once in ten seconds is enough. A lost one ends no duty."""
    await beat(who, shared)


async def beat(who: CallerOf, shared: ServicesOf) -> None:
    """A heartbeat; without Redis it is not needed."""
    try:
        await shared.wiring.line.heartbeat(who.actor.clinic, who.actor.person)
    except PortError:
        return
