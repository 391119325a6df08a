"""A draft and a published pathway, for tests that need one and are not about publishing."""

from datetime import datetime

from domain.pathway import Pathway
from records import catalogue, clinics, drafts
from records.database import Session
from records.drafts import Draft, Folder, Written

AUTHOR, HEAD = "p-author", "p-head"


async def put_up(session: Session, pathway: Pathway, at: datetime, author: str = AUTHOR) -> Draft:
    """Put a pathway up in the clinic as it is."""
    live = await clinics.get(session)
    assert live is not None
    folder = Folder(files={"pathways/a.yaml": f"version: {pathway.version}"}, live=live)
    (draft,) = await drafts.put_up(session, folder, [Written(pathway=pathway, bound="at most 1 d")], author, at)
    return draft


async def publish(session: Session, pathway: Pathway, at: datetime) -> str:
    """Put a pathway up and publish it; its digest."""
    draft = await put_up(session, pathway, at)
    published, _ = await catalogue.publish(session, draft.code, draft.version, draft.sha256, HEAD, at)
    return published.sha256
