"""The catalogue of pathways: what may be begun; drafts, publishing by a second person, retiring."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from api import publishing
from api.acts import ANSWERS, CallOf
from api.caller import CallerOf, ServicesOf
from api.once import once
from api.problems import Problem
from api.publishing import Changes, Where
from domain.base import Code, Json, Moment, Text, Value
from domain.pathway import Pathway
from domain.people import Actor, Role
from pathways.checks.bound import bound
from records import catalogue, drafts
from records.catalogue import Published
from records.database import Session
from records.drafts import Draft

router = APIRouter(tags=["pathways"])

Name = Annotated[str, Field(pattern=r"^(?:[a-z0-9_-]+/)?[a-z0-9_.-]+\.yaml$", max_length=120)]
PathwayCode = Annotated[str, InPath(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
Version = Annotated[int, InPath(ge=1, le=2_147_483_647)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Status = Literal["draft", "published", "retired"]
WRITERS = (Role.CLINIC_ADMIN, Role.HEAD_DOCTOR)
"""Who sees what is not on offer."""


class Line(Value):
    """A version of a pathway. The fields below ``status`` are for those who write the catalogue."""

    code: Code
    version: int
    title: str
    speciality: Code
    status: Status = "published"
    sha256: str | None = Field(None, description="Of the compiled pathway; of a draft: what publishing it names.")
    author: str | None = None
    at: Moment | None = Field(None, description="When it was put up, published or retired.")
    published_by: str | None = None
    retired_by: str | None = None
    reason: Code | None = None


class PathwayVersion(Value):
    """A published version with what it was written as."""

    line: Line
    pathway: Pathway
    bound: str = Field(description="The longest it may take.")
    files: dict[str, str] = Field(description="The folder it was published with; empty for what is older than drafts.")


class DraftLook(Value):
    """A draft with all there is to see before it is published."""

    code: Code
    version: int
    title: Text
    sha256: Sha256 = Field(description="Of all of this: publishing names it.")
    author: str
    at: Moment
    bound: str = Field(description="The longest it may take.")
    findings: tuple[Where, ...] = Field(description="By today's checker and law; it had none when it was put up.")
    changes: Changes | None = Field(description="Against the latest published version; null where there is none.")
    pathway: Pathway
    files: dict[str, str]


class Folder(BaseModel):
    """A clinic's folder: text by path."""

    files: dict[Name, Annotated[str, Field(max_length=1_000_000)]] = Field(min_length=1, max_length=500)


class Drafts(BaseModel):
    """The drafts a folder made; what stands published just so makes none."""

    drafts: list[Line]


class ToPublish(BaseModel):
    """Which draft was looked at."""

    sha256: Sha256


class ToRetire(BaseModel):
    """Why nothing is to begin with it any more."""

    reason: Code


@router.get("/pathways", operation_id="list_pathways", response_model_exclude_none=True)
async def list_pathways(
    who: CallerOf,
    shared: ServicesOf,
    everything: Annotated[
        bool, Query(alias="all", description="Older versions, drafts and retired ones too: for those who write them.")
    ] = False,
) -> list[Line]:
    """The pathways on offer: the highest version of each that is not retired."""
    if everything and not who.actor.is_(*WRITERS):
        raise Problem("forbidden")
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        if not everything:
            return [
                Line(code=p.code, version=p.version, title=p.title.in_(who.language), speciality=p.speciality)
                for p in await catalogue.offered(session)
            ]
        lines = [of_draft(each, who.language) for each in await drafts.list_all(session)]
        lines += [of_published(each, who.language) for each in await catalogue.list_all(session)]
    return sorted(lines, key=lambda line: (line.code, -line.version, line.status))


@router.get("/pathways/{code}", operation_id="get_pathway")
async def get_pathway(who: CallerOf, shared: ServicesOf, code: PathwayCode) -> Pathway:
    """The version that new consultations begin with, as compiled."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        found = await catalogue.latest(session, code)
    if found is None:
        raise Problem("no_such_pathway")
    return found


@router.get("/pathways/{code}/{version}", operation_id="get_pathway_version")
async def get_version(who: CallerOf, shared: ServicesOf, code: PathwayCode, version: Version) -> PathwayVersion:
    """A published version, retired or not: as compiled, and as it was written."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        line = await catalogue.line(session, code, version)
        pathway = None if line is None else await catalogue.get(session, line.sha256)
        if line is None or pathway is None:
            raise Problem("no_such_pathway")
        files = {} if line.folder is None else (await drafts.folder(session, line.folder)).files
    return PathwayVersion(
        line=of_published(line, who.language), pathway=pathway, bound=str(bound(pathway)), files=files
    )


@router.post(
    "/pathways/drafts", operation_id="put_up_drafts", status_code=201, response_model=Drafts, responses=ANSWERS
)
async def put_up(
    call: CallOf,
    body: Annotated[Folder, Body(examples=[{"files": {"clinic.yaml": "clinic: cl-demo\n…"}}])],
) -> Response:
    """Check a folder and put its pathways up for another person to publish. A new draft replaces one's own."""
    files = dict(body.files)
    found = await publishing.check(files)

    async def work(session: Session) -> Json:
        made = await publishing.put_up(session, call.caller.actor, files, found)
        return Drafts(drafts=[of_draft(each, call.caller.language) for each in made]).model_dump(mode="json")

    return await once(call, body, work, 201)


@router.get("/pathways/drafts/{code}/{version}", operation_id="get_draft")
async def get_draft(who: CallerOf, shared: ServicesOf, code: PathwayCode, version: Version) -> DraftLook:
    """A draft: compiled, as written, its bound, and what it changes for patients and doctors."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        found = await publishing.look(session, code, version, who.language)
    draft = found.draft
    return DraftLook(
        code=draft.code,
        version=draft.version,
        title=draft.title,
        sha256=draft.sha256,
        author=draft.author,
        at=draft.at,
        bound=draft.bound,
        findings=found.findings,
        changes=found.changes,
        pathway=found.pathway,
        files=found.files,
    )


@router.post(
    "/pathways/drafts/{code}/{version}/withdraw",
    operation_id="withdraw_draft",
    status_code=204,
    response_class=Response,
    responses=ANSWERS,
)
async def withdraw(call: CallOf, code: PathwayCode, version: Version) -> Response:
    """Take one's own draft back; a head doctor takes back anybody's."""

    async def work(session: Session) -> Json:
        await publishing.withdraw(session, call.caller.actor, code, version)

    await once(call, None, work)
    return Response(status_code=204)


@router.post(
    "/pathways/drafts/{code}/{version}/publish",
    operation_id="publish_draft",
    status_code=201,
    response_model=Line,
    responses=ANSWERS,
)
async def publish(call: CallOf, code: PathwayCode, version: Version, body: ToPublish) -> Response:
    """Publish the draft that was looked at, and make its clinic live. Never one's own; it never changes afterwards."""
    actor: Actor = call.caller.actor
    await publishing.recheck(call.shared.wiring.database, actor.clinic, code, version, body.sha256)

    async def work(session: Session) -> Json:
        return told(call, await publishing.publish(session, actor, code, version, body.sha256))

    return await once(call, body, work, 201)


@router.post("/pathways/{code}/{version}/retire", operation_id="retire_pathway", response_model=Line, responses=ANSWERS)
async def retire(call: CallOf, code: PathwayCode, version: Version, body: ToRetire) -> Response:
    """Begin nothing with a version any more; what runs goes on. What is to come back is published as a higher one."""

    async def work(session: Session) -> Json:
        return told(call, await publishing.retire(session, call.caller.actor, code, version, body.reason))

    return await once(call, body, work)


def told(call: CallOf, published: Published) -> Json:
    """A line as an answer."""
    return of_published(published, call.caller.language).model_dump(mode="json")


def of_draft(draft: Draft, language: str) -> Line:
    """The line of a draft."""
    return Line(
        code=draft.code,
        version=draft.version,
        title=draft.title.in_(language),
        speciality=draft.speciality,
        status="draft",
        sha256=draft.sha256,
        author=draft.author,
        at=draft.at,
    )


def of_published(line: Published, language: str) -> Line:
    """The line of a published version."""
    return Line(
        code=line.code,
        version=line.version,
        title=line.title.in_(language),
        speciality=line.speciality,
        status="published" if line.retired_at is None else "retired",
        sha256=line.sha256,
        author=line.author,
        at=line.retired_at or line.published_at,
        published_by=line.published_by,
        retired_by=line.retired_by,
        reason=line.reason,
    )
