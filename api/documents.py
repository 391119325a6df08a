"""Papers of a consultation: what there is, and the PDF."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from api.caller import CallerOf, ServicesOf
from api.problems import Problem
from api.signature import PDF, bytes_of, pdf
from api.states import Case, WorkflowId, must_be_confirmed, open_case
from records import documents, signatures
from records.database import Session

router = APIRouter(tags=["documents"])


class PaperLine(BaseModel):
    """A paper, and whether it is signed."""

    id: str
    paper: str
    item: int
    sha256: str
    size: int
    at: datetime
    signed: bool


async def shown(session: Session, case: Case) -> list[PaperLine]:
    """The papers the caller may see: the patient gets what is signed, who treats him everything."""
    patient = case.caller.actor.patient is not None
    found = []
    for document in await documents.list_for(session, case.state.consultation):
        signed = bool(await signatures.of_document(session, document.id))
        if signed or not patient:
            found.append(
                PaperLine(
                    id=document.id,
                    paper=document.paper,
                    item=document.item,
                    sha256=document.sha256,
                    size=document.size,
                    at=document.at,
                    signed=signed,
                )
            )
    return found


@router.get("/consultations/{workflow}/documents", operation_id="list_documents")
async def list_documents(who: CallerOf, shared: ServicesOf, workflow: WorkflowId) -> list[PaperLine]:
    """The papers of a consultation, oldest first."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "documents.list", clinical=True)
        must_be_confirmed(who)
        return await shown(session, case)


@router.get(
    "/consultations/{workflow}/documents/{document}",
    operation_id="download_document",
    response_class=Response,
    responses=PDF,
)
async def download(
    who: CallerOf,
    shared: ServicesOf,
    workflow: WorkflowId,
    document: Annotated[str, Path(pattern=r"^[a-z0-9-]{3,64}$")],
) -> Response:
    """The PDF of a paper: exactly the bytes that were signed."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "document.read", document, clinical=True)
        must_be_confirmed(who)
        if document not in [paper.id for paper in await shown(session, case)]:
            raise Problem("not_found")
        return pdf(*await bytes_of(shared, session, document))
