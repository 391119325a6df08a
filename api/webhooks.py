"""Notices of machines: verify, keep in the inbox, answer. A relay hands them to their workflows."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from api.caller import ServicesOf
from api.problems import Problem
from api.services import Services
from domain.acts import Fact
from ports import Refused
from records import inbox
from wiring import Wiring

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

Read = Callable[[dict[str, str], bytes], list[tuple[str, Fact]]]

PORTS: dict[str, Callable[[Wiring], Read]] = {
    "video": lambda wiring: wiring.video.facts,
    "registry": lambda wiring: wiring.registry.facts,
}
"""Ports that send notices, by name; laboratories have their own route."""


class Taken(BaseModel):
    """How many facts were new; a notice sent twice is taken once."""

    taken: int


async def take(request: Request, shared: Services, sender: str, read: Read) -> Taken:
    """Keep a notice's facts, raw and encrypted, before it is answered.

    Event ids are the sender's own: two laboratories may both have an ``e-1``, and neither may use up another's.
    """
    raw = await request.body()
    try:
        facts = read(dict(request.headers), raw)
    except Refused as refused:
        raise Problem("bad_webhook" if refused.code == "bad_signature" else "not_well_formed") from None
    now = datetime.now(UTC)
    async with shared.wiring.database.bare() as session:
        new = [
            await inbox.put(session, workflow, fact.model_copy(update={"id": f"{sender}:{fact.id}"}), raw, now)
            for workflow, fact in facts
        ]
    return Taken(taken=sum(new))


@router.post("/labs/{partner}", operation_id="receive_lab_webhook")
async def receive_lab(
    request: Request, shared: ServicesOf, partner: Annotated[str, Path(pattern=r"^[a-z0-9_-]{1,64}$")]
) -> Taken:
    """A laboratory's notice."""
    lab = shared.wiring.labs.get(partner)
    if lab is None:
        raise Problem("not_found")
    return await take(request, shared, f"labs/{partner}", lab.facts)


@router.post("/{port}", operation_id="receive_webhook")
async def receive(request: Request, shared: ServicesOf, port: Annotated[str, Path(pattern=r"^[a-z]{1,32}$")]) -> Taken:
    """A notice of one of the outside systems."""
    reader = PORTS.get(port)
    if reader is None:
        raise Problem("not_found")
    return await take(request, shared, port, reader(shared.wiring))
