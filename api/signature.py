"""Signing: the exact bytes to sign, and the signature made over them, checked before the act."""

import asyncio
import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, Field

from api.acts import ANSWERS, Call, CallOf, Result, perform
from api.caller import Caller, CallerOf, ServicesOf
from api.problems import Problem
from api.services import Services
from api.states import Case, TaskId, WorkflowId, open_case
from domain.base import Json
from domain.law.guards import signature_is_enough
from domain.law.rows import Level, Paper
from domain.tasks import Task
from pathways.kinds._common import Sign
from pathways.view import View
from ports import Refused
from ports.signing import SignatureChecked
from records import documents, signatures
from records.database import Session

router = APIRouter(tags=["signature"])

PDF: dict[int | str, dict[str, Json]] = {
    200: {
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        "description": "The exact bytes; ``ETag`` is their sha256",
    }
}
CODES = {"expired": "certificate_expired"}
"""The checker's words that mean something else among acts."""


class SignBody(BaseModel):
    """A detached CMS signature over the document's exact bytes."""

    signature: str = Field(max_length=200_000, description="Detached CMS (CAdES-BES), base64.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Digest of the bytes signed.")


SIGN_EXAMPLE = {"signature": "MIIBAgYJKoZIhvcNAQcC", "sha256": "9f86d081" * 8}


def signing_task(case: Case, task: str) -> Task:
    """A task that asks for a signature.

    Raises:
        Problem: ``no_such_task``.
    """
    found = case.task(task)
    if "document" not in found.data or "sha256" not in found.data:
        raise Problem("no_such_task")
    return found


async def bytes_of(shared: Services, session: Session, document: str) -> tuple[documents.Document, bytes]:
    """A document with its bytes.

    Raises:
        Problem: ``not_found``.
    """
    found = await documents.get(session, document)
    if found is None:
        raise Problem("not_found")
    try:
        return found, await shared.wiring.storage.get(session.clinic, found.stored)
    except FileNotFoundError:
        raise Problem("not_found") from None


def pdf(document: documents.Document, data: bytes) -> Response:
    """The bytes as an answer."""
    headers = {
        "ETag": f'"{document.sha256}"',
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{document.id}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, 200, headers, "application/pdf")


async def document_to_sign(who: Caller, shared: Services, workflow: str, task: str) -> Response:
    """The bytes of a signing task's document, for who must sign it."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "document.read", task=task)
        found = signing_task(case, task)
        if not found.owner.admits(who.actor):
            raise Problem("not_yours")
        return pdf(*await bytes_of(shared, session, str(found.data["document"])))


async def sign(call: Call, workflow: str, task: str, body: SignBody) -> Result:
    """Check a signature, keep it, and carry the act that names it."""

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        found = signing_task(case, task)
        if not found.owner.admits(call.caller.actor):
            raise Problem("not_yours")
        if found.data["sha256"] != body.sha256:
            raise Problem("wrong_document")
        document, data = await bytes_of(call.shared, session, str(found.data["document"]))
        cms = decoded(body.signature)
        checked = await asyncio.to_thread(check, call.shared, data, cms)
        if checked.person != call.caller.actor.person:
            raise Problem("not_signer")
        must_be_enough(case, found, document, checked)
        kept = await signatures.add(
            session,
            document.id,
            document.sha256,
            checked.person,
            checked.level,
            cms,
            case.now,
            certificate=checked.certificate,
            valid_until=checked.valid_until,
        )
        return Sign(signature=kept.id, sha256=document.sha256, level=Level(kept.level)).model_dump(mode="json")

    return await perform(call, workflow, task, "sign", body, prepare=prepare)


def must_be_enough(case: Case, task: Task, document: documents.Document, checked: SignatureChecked) -> None:
    """Of a person's signatures of a document the first stands: one that the act would refuse must not become it.

    Raises:
        Problem: ``level_too_low``.
        Refusal: ``law``.
    """
    level = Level(checked.level)
    demanded = task.data.get("level")
    if demanded is not None and level.rank < Level(demanded).rank:
        raise Problem("level_too_low", level=demanded)
    signature_is_enough(Paper(document.paper), level, case.today)


def check(shared: Services, data: bytes, cms: bytes) -> SignatureChecked:
    """Check a signature by the port. Certificates live in real time.

    Raises:
        Problem: What is wrong with it.
    """
    try:
        return shared.wiring.signing.check(data, cms, datetime.now(UTC))
    except Refused as refused:
        raise Problem(CODES.get(refused.code, refused.code)) from None


def decoded(text: str) -> bytes:
    """The bytes of base64.

    Raises:
        Problem: ``malformed``.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem("malformed") from None


@router.get(
    "/tasks/{workflow}/{task}/signature/document",
    operation_id="get_document_to_sign",
    response_class=Response,
    responses=PDF,
)
async def get_document(who: CallerOf, shared: ServicesOf, workflow: WorkflowId, task: TaskId) -> Response:
    """The exact bytes to sign."""
    return await document_to_sign(who, shared, workflow, task)


@router.post(
    "/tasks/{workflow}/{task}/signature/sign",
    operation_id="sign_document",
    response_model=View,
    responses=ANSWERS,
)
async def sign_document(
    call: CallOf, workflow: WorkflowId, task: TaskId, body: Annotated[SignBody, Body(examples=[SIGN_EXAMPLE])]
) -> Response:
    """Sign the document with one's own key; the key never comes here."""
    return (await sign(call, workflow, task, body)).response()
