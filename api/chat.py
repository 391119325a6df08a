"""Chat: messages in writing with photos. What is written is content; the act says that it was said, and by which side.

A photo is cleaned and kept encrypted before any message has it; what no message takes with it is swept.
"""

import asyncio
import hashlib
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, field_validator

from api.acts import ANSWERS, PROBLEMS, UNKNOWN, CallOf, perform
from api.caller import CallerOf, ServicesOf
from api.once import once, recorded
from api.problems import Problem
from api.states import Case, TaskId, WorkflowId, open_case
from documents.photos import CleanPhoto, UnreadablePhoto, clean_photo
from domain.base import Json
from domain.tasks import Task
from pathways.kinds.chat import Send
from pathways.view import View
from records import chat, content
from records.database import Session

router = APIRouter(tags=["chat"])

LONGEST = 4000
UPLOADS, WINDOW = 60, 600
"""How many photos a person may send in how many seconds: more than anybody needs, less than fills a disk."""
WRITERS = frozenset({"reply", "message"})
"""The tasks of a chat: the doctor's and the patient's."""
PhotoId = Annotated[str, Field(pattern=r"^[a-z0-9-]{3,64}$")]
BINARY: dict[str, Json] = {"schema": {"type": "string", "format": "binary"}}
IMAGES: dict[str, Json] = {
    "requestBody": {
        "required": True,
        "content": dict.fromkeys(("image/jpeg", "image/png", "image/webp"), BINARY),
    }
}
PICTURE: dict[int | str, dict[str, Json]] = {
    200: {"content": {"image/jpeg": BINARY}, "description": "The photo as it was kept; ``ETag`` is its sha256"}
}
CODES = {"not_an_image": "not_an_image", "too_large": "image_too_large", "unsupported": "image_unsupported"}
"""What is wrong with a photo, in the catalogue's words."""


class MessageBody(BaseModel):
    """A message: words, photos sent up before, or both."""

    text: str = Field("", max_length=LONGEST)
    photos: list[PhotoId] = Field([], max_length=20, description="Ids of photos the sender has sent up.")

    @field_validator("photos")
    @classmethod
    def _each_once(cls, value: list[str]) -> list[str]:
        if len(set(value)) != len(value):
            raise ValueError("each photo is sent once")
        return value


class PhotoKept(BaseModel):
    """A photo that waits for its message: upright, without what the camera wrote into it."""

    id: str
    media_type: str
    width: int
    height: int
    size: int


class Upload(BaseModel):
    """What tells a resend of an upload from another one."""

    sha256: str


def chat_task(case: Case, task: str) -> Task:
    """The caller's own task of a chat; whom an escalation rang reads on and does not write.

    Raises:
        Problem: ``no_such_task`` or ``not_yours``.
    """
    found = case.task(task)
    if found.name not in WRITERS:
        raise Problem("no_such_task")
    if not found.owner.admits(case.caller.actor):
        raise Problem("not_yours")
    return found


@router.get("/consultations/{workflow}/chat", operation_id="read_chat", responses=PROBLEMS)
async def read(
    who: CallerOf,
    shared: ServicesOf,
    workflow: WorkflowId,
    after: Annotated[int, Query(ge=0, description="``seq`` of the last message seen.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
) -> list[chat.ChatMessage]:
    """The messages of a consultation, oldest first. Its stream tells when to ask for more."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "chat.read", clinical=True)
        return await chat.thread(session, case.state.consultation, case.state.patient, after=after, limit=limit)


@router.post(
    "/tasks/{workflow}/{task}/chat/photos",
    operation_id="upload_photo",
    status_code=201,
    response_model=PhotoKept,
    responses=PROBLEMS,
    openapi_extra=IMAGES,
)
async def upload(call: CallOf, request: Request, workflow: WorkflowId, task: TaskId) -> Response:
    """Send a photo up: its bytes as the body, at most 10 MB. A message takes it along; else it is gone in a day."""
    shared, actor = call.shared, call.caller.actor
    if not request.headers.get("content-type", "").startswith("image/"):
        raise Problem("not_an_image")
    data = await request.body()
    wire = Upload(sha256=hashlib.sha256(data).hexdigest())
    async with shared.wiring.database.clinic(actor.clinic) as session:
        known = await recorded(session, call, wire)
        if known is not None:
            return JSONResponse(known.body, known.status, {"Cache-Control": "no-store"})
        case = await open_case(shared, session, call.caller, workflow, "chat.upload", task=task)
        chat_task(case, task)
    await shared.limiter.check("photo", actor.person, UPLOADS, WINDOW)
    clean = await asyncio.get_running_loop().run_in_executor(shared.darkroom, cleaned, data)
    body = described(call.id("ph"), clean)
    # The row first: bytes that no row tells of would be found by no sweep.
    async with shared.wiring.database.clinic(actor.clinic) as session:
        kept = await content.write(
            session,
            chat.PHOTO,
            case.state.consultation,
            workflow,
            task,
            actor.person,
            body.model_dump(mode="json"),
            case.now,
            draft=True,
            id=call.id("ct"),
        )
    await shared.wiring.storage.put(actor.clinic, body.stored, clean.data)
    answer = PhotoKept(id=kept.id, **body.model_dump(exclude={"stored", "sha256"}))

    async def done(_: Session) -> Json:
        return answer.model_dump(mode="json")

    return await once(call, wire, done, status=201)


def cleaned(data: bytes) -> CleanPhoto:
    """The photo without anything but the picture.

    Raises:
        Problem: What is wrong with it.
    """
    try:
        return clean_photo(data)
    except UnreadablePhoto as unreadable:
        raise Problem(CODES[unreadable.code]) from None


def described(stored: str, clean: CleanPhoto) -> chat.StoredPhoto:
    """What the record says of a photo whose bytes are kept under a name."""
    return chat.StoredPhoto(
        stored=stored,
        sha256=hashlib.sha256(clean.data).hexdigest(),
        media_type=clean.media_type,
        width=clean.width,
        height=clean.height,
        size=len(clean.data),
    )


@router.get(
    "/consultations/{workflow}/chat/photos/{photo}",
    operation_id="get_chat_photo",
    response_class=Response,
    responses=PICTURE,
)
async def get_photo(
    who: CallerOf, shared: ServicesOf, workflow: WorkflowId, photo: Annotated[str, Path(pattern=r"^[a-z0-9-]{3,64}$")]
) -> Response:
    """A photo of the chat."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "chat.photo", photo, clinical=True)
        found = await chat.photo(session, photo, case.state.consultation, who.actor.person)
    if found is None:
        raise Problem("not_found")
    try:
        data = await shared.wiring.storage.get(who.actor.clinic, found.stored)
    except FileNotFoundError:
        raise Problem("not_found") from None
    headers = {
        "ETag": f'"{found.sha256}"',
        "Cache-Control": "no-store",
        "Content-Disposition": f'inline; filename="{photo}.jpg"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, 200, headers, found.media_type)


@router.post("/tasks/{workflow}/{task}/chat/send", operation_id="send_message", response_model=View, responses=ANSWERS)
async def send(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[MessageBody, Body(examples=[{"text": "Пятно появилось неделю назад, не чешется."}])],
) -> Response:
    """Say something to the other side. The doctor's first message is the meeting."""
    message = call.id("ct")

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        found = chat_task(case, task)
        most = int(found.data["photos"])
        if len(body.photos) > most:
            raise Problem("too_many_photos", most=most)
        if not body.text.strip() and not body.photos:
            raise Problem("empty_message")
        author = call.caller.actor.person
        kept = await content.write(
            session,
            chat.MESSAGE,
            case.state.consultation,
            workflow,
            task,
            author,
            {"text": body.text, "photos": body.photos},
            case.now,
            id=message,
        )
        try:
            await chat.take(session, kept.id, body.photos, case.state.consultation, author)
        except chat.PhotoNotToBeSent:
            raise Problem("no_such_photo") from None
        return Send(content=kept.id, sha256=kept.sha256, photos=len(body.photos)).model_dump(mode="json")

    try:
        return (await perform(call, workflow, task, "send", body, prepare=prepare)).response()
    except Problem as problem:
        # Refused by the process itself: it was not said, so its photos may go with another message.
        if problem.extra.get("act") == call.hash and problem.code not in UNKNOWN:
            async with call.shared.wiring.database.clinic(call.caller.actor.clinic) as session:
                await chat.give_back(session, message)
        raise


@router.post("/tasks/{workflow}/{task}/chat/finish", operation_id="finish_chat", response_model=View, responses=ANSWERS)
async def finish(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """All is said: the chat is over."""
    return (await perform(call, workflow, task, "finish")).response()


@router.post(
    "/tasks/{workflow}/{task}/chat/needs_in_person",
    operation_id="chat_needs_in_person",
    response_model=View,
    responses=ANSWERS,
)
async def needs_in_person(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Have the patient seen in person: writing is not enough."""
    return (await perform(call, workflow, task, "needs_in_person")).response()


@router.post(
    "/tasks/{workflow}/{task}/chat/needs_video",
    operation_id="chat_needs_video",
    response_model=View,
    responses=ANSWERS,
)
async def needs_video(call: CallOf, workflow: WorkflowId, task: TaskId) -> Response:
    """Go on by video: writing is not enough."""
    return (await perform(call, workflow, task, "needs_video")).response()
