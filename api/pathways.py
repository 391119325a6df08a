"""The catalogue of pathways: what may be begun; for administrators the whole, and publishing a folder."""

import asyncio
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Body, Response
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from api.acts import ANSWERS, CallOf
from api.caller import CallerOf, ServicesOf
from api.once import once
from api.problems import Problem
from api.states import write_audit
from domain.base import Code, Json
from domain.pathway import Pathway
from pathways.compile import Compiled, compile_folder
from records import catalogue
from records.database import Session

router = APIRouter(tags=["pathways"])

Name = Annotated[str, Field(pattern=r"^(?:[a-z0-9_-]+/)?[a-z0-9_.-]+\.yaml$", max_length=120)]


class Offered(BaseModel):
    """A pathway that may be begun."""

    code: Code
    version: int
    title: str
    speciality: Code


class Folder(BaseModel):
    """A clinic's folder: text by path."""

    files: dict[Name, Annotated[str, Field(max_length=1_000_000)]] = Field(min_length=1, max_length=500)


class Published(BaseModel):
    """What was published."""

    published: list[str] = Field(description="``code@version`` of each pathway.")


@router.get("/pathways", operation_id="list_pathways")
async def list_pathways(who: CallerOf, shared: ServicesOf) -> list[Offered]:
    """The latest version of every pathway of the clinic."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        published = await catalogue.list_all(session)
    latest = {line.code: line for line in reversed(published)}
    return [
        Offered(
            code=line.code,
            version=line.version,
            title=line.title.in_(who.language),
            speciality=line.speciality,
        )
        for line in sorted(latest.values(), key=lambda line: line.code)
    ]


@router.get("/pathways/{code}", operation_id="get_pathway")
async def get_pathway(
    who: CallerOf, shared: ServicesOf, code: Annotated[str, InPath(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
) -> Pathway:
    """The latest version of a pathway, as compiled."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        found = await catalogue.latest(session, code)
    if found is None:
        raise Problem("no_such_pathway")
    return found


def compiled(files: dict[str, str]) -> Compiled:
    """Check and compile a folder that came as text."""
    with tempfile.TemporaryDirectory(prefix="carepath-") as name:
        root = Path(name)
        for path, text in files.items():
            place = root / PurePosixPath(path)
            place.parent.mkdir(exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return compile_folder(root)


def written(files: Iterable[str], found: str) -> str:
    """A file as the sender named it; a finding names it by where it lay while it was checked."""
    return next((name for name in files if PurePosixPath(found).match(name)), PurePosixPath(found).name)


@router.post("/pathways", operation_id="publish_pathways", status_code=201, response_model=Published, responses=ANSWERS)
async def publish(
    call: CallOf,
    body: Annotated[Folder, Body(examples=[{"files": {"clinic.yaml": "clinic: demo\n…"}}])],
) -> Response:
    """Check, compile and publish the pathways of a folder. A published version never changes."""
    found = await asyncio.to_thread(compiled, dict(body.files))
    if found.findings:
        errors = [
            {
                "at": f"{written(body.files, finding.file)}:{finding.line}:{finding.column}",
                "code": finding.code,
                "what": finding.what,
                "mend": finding.mend,
            }
            for finding in found.findings
        ]
        raise Problem("broken_folder", errors=errors)

    async def work(session: Session) -> dict[str, Json]:
        actor = call.caller.actor
        for pathway in found.pathways:
            try:
                await catalogue.publish(session, pathway, actor.person, datetime.now(UTC))
            except catalogue.VersionTaken:
                raise Problem("version_taken", pathway=pathway.code) from None
        await write_audit(session, call.caller, "pathways.publish", *(p.code for p in found.pathways))
        return {"published": [f"{pathway.code}@{pathway.version}" for pathway in found.pathways]}

    return await once(call, body, work, 201)
