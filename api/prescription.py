"""Prescriptions: each form is signed by itself, or refused by the doctor."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from api.acts import ANSWERS, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.signature import PDF, SIGN_EXAMPLE, SignBody, document_to_sign, sign
from api.states import TaskId, WorkflowId
from pathways.view import View

router = APIRouter(tags=["prescription"])


@router.get(
    "/tasks/{workflow}/{task}/prescription/document",
    operation_id="get_prescription_to_sign",
    response_class=Response,
    responses=PDF,
)
async def get_document(who: CallerOf, shared: ServicesOf, workflow: WorkflowId, task: TaskId) -> Response:
    """The exact bytes of the prescription to sign."""
    return await document_to_sign(who, shared, workflow, task)


@router.post(
    "/tasks/{workflow}/{task}/prescription/sign",
    operation_id="sign_prescription",
    response_model=View,
    responses=ANSWERS,
)
async def sign_prescription(
    call: CallOf, workflow: WorkflowId, task: TaskId, body: Annotated[SignBody, Body(examples=[SIGN_EXAMPLE])]
) -> Response:
    """Sign the prescription: it is issued, once."""
    return (await sign(call, workflow, task, body)).response()


@router.post(
    "/tasks/{workflow}/{task}/prescription/refuse",
    operation_id="refuse_prescription",
    response_model=View,
    responses=ANSWERS,
)
async def refuse(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Not issue this prescription after all."""
    return (await perform(call, workflow, task, "refuse")).response()
