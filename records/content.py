"""Content: what people write (answers, protocols, comments), as immutable versions named by id and digest.

An act names a version; a version that no act names is a draft and is swept. Nothing here ever changes.
"""

import json
from datetime import datetime

from sqlalchemy import text

from domain.base import Code, Json, Moment, Value
from domain.pathway import digest_of
from records.database import Session
from records.ids import new_id
from records.rows import maybe, value


class ContentVersion(Value):
    """A version without its text: what travels in acts."""

    id: str
    kind: Code
    draft: bool
    consultation: str
    workflow: str
    task: str | None
    author: str
    sha256: str
    at: Moment


class Content(ContentVersion):
    """A version with its text."""

    body: dict[str, Json]


class ContentChanged(RuntimeError):
    """Stored content does not have its digest: somebody reached around the application."""


_COLUMNS = "id, kind, draft, consultation_id AS consultation, workflow, task, author, sha256, at"
_WRITE = text(f"""
    INSERT INTO content (clinic_id, id, kind, draft, consultation_id, workflow, task, author, sha256, body, at)
    VALUES (:clinic, :id, :kind, :draft, :consultation, :workflow, :task, :author, :sha256,
            CAST(:body AS json), :at)
    ON CONFLICT (clinic_id, id) DO NOTHING
    RETURNING {_COLUMNS}
""")
_READ = text(f"SELECT {_COLUMNS}, body FROM content WHERE clinic_id = :clinic AND id = :id")
_LATEST_DRAFT = text(f"""
    SELECT {_COLUMNS}, body FROM content
    WHERE clinic_id = :clinic AND workflow = :workflow AND task = :task AND author = :author AND draft
    ORDER BY at DESC, id DESC LIMIT 1
""")
_OF_TASK = text(f"""
    SELECT {_COLUMNS} FROM content
    WHERE clinic_id = :clinic AND workflow = :workflow AND task = :task AND NOT draft ORDER BY at, id
""")
_HANDED = text(f"""
    SELECT {_COLUMNS}, body FROM content
    WHERE clinic_id = :clinic AND workflow = :workflow AND task = :task AND author <> :author AND draft
    ORDER BY at DESC, id DESC LIMIT 1
""")
# Named is what a document, an order or a score was made from, and what the process or its history still mentions.
# Photos are drafts too, but never superseded, and they have bytes elsewhere (``records.chat``).
_SWEEP = text("""
    DELETE FROM content AS v
    WHERE v.clinic_id = :clinic AND v.draft AND v.kind <> 'photo' AND v.at < :before
      AND (EXISTS (SELECT FROM content AS later
                   WHERE later.clinic_id = v.clinic_id AND later.workflow = v.workflow AND later.task = v.task
                     AND later.author = v.author AND later.at > v.at)
           OR NOT EXISTS (SELECT FROM task AS t
                          WHERE t.clinic_id = v.clinic_id AND t.workflow = v.workflow AND t.id = v.task))
      AND NOT EXISTS (SELECT FROM document AS d WHERE d.clinic_id = v.clinic_id AND d.content_id = v.id)
      AND NOT EXISTS (SELECT FROM lab_order AS o WHERE o.clinic_id = v.clinic_id AND o.content_id = v.id)
      AND NOT EXISTS (SELECT FROM score AS s WHERE s.clinic_id = v.clinic_id AND s.comment_id = v.id)
      AND NOT EXISTS (SELECT FROM consultation AS c
                      WHERE c.clinic_id = v.clinic_id AND c.consultation_id = v.consultation_id
                        AND strpos(c.state::text, v.id) > 0)
      AND NOT EXISTS (SELECT FROM transition AS h
                      WHERE h.clinic_id = v.clinic_id AND h.consultation_id = v.consultation_id
                        AND strpos(h.detail::text, v.id) > 0)
""")


async def write(
    session: Session,
    kind: str,
    consultation: str,
    workflow: str,
    task: str | None,
    author: str,
    body: dict[str, Json],
    at: datetime,
    *,
    draft: bool = False,
    id: str | None = None,
) -> ContentVersion:
    """Write a version. ``draft``: an autosave, found again by ``latest_draft`` until the sweep.

    With an ``id`` of the caller's (derived from the request's key) a resend writes nothing twice.

    Raises:
        ContentChanged: The id is taken by another text.
    """
    id_ = id or new_id("ct")
    sha256 = digest_of(body)
    row = await session.row(
        _WRITE,
        clinic=session.clinic,
        id=id_,
        kind=kind,
        draft=draft,
        consultation=consultation,
        workflow=workflow,
        task=task,
        author=author,
        sha256=sha256,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        at=at,
    )
    if row is not None:
        return value(ContentVersion, row)
    known = await read(session, id_)
    if known is None or known.sha256 != sha256:
        raise ContentChanged(id_)
    return ContentVersion.model_validate(known.model_dump(exclude={"body"}))


async def read(session: Session, id: str, sha256: str | None = None) -> Content | None:
    """A version; its digest is checked against its text and, where given, against the one an act named.

    Raises:
        ContentChanged: The text is not the one that was written, or not the one that was named.
    """
    found = maybe(Content, await session.row(_READ, clinic=session.clinic, id=id))
    if found is not None and (digest_of(found.body) != found.sha256 or sha256 not in (None, found.sha256)):
        raise ContentChanged(id)
    return found


async def latest_draft(session: Session, workflow: str, task: str, author: str) -> Content | None:
    """The author's last autosave of a task."""
    return maybe(
        Content,
        await session.row(_LATEST_DRAFT, clinic=session.clinic, workflow=workflow, task=task, author=author),
    )


async def handed_draft(session: Session, workflow: str, task: str, author: str) -> Content | None:
    """The last autosave of a task by another than this author: whose duty it was before it was handed to him.

    Raises:
        ContentChanged: The text is not the one that was written.
    """
    values = {"clinic": session.clinic, "workflow": workflow, "task": task, "author": author}
    found = maybe(Content, await session.row(_HANDED, **values))
    if found is not None and digest_of(found.body) != found.sha256:
        raise ContentChanged(found.id)
    return found


async def of_task(session: Session, workflow: str, task: str) -> list[ContentVersion]:
    """The versions submitted in a task, oldest first."""
    rows = await session.rows(_OF_TASK, clinic=session.clinic, workflow=workflow, task=task)
    return [value(ContentVersion, row) for row in rows]


async def sweep(session: Session, before: datetime) -> int:
    """Remove drafts of this clinic that are older, superseded or past their task, and named nowhere; how many."""
    return await session.run(_SWEEP, clinic=session.clinic, before=before)
