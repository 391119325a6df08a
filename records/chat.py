"""The thread of a chat: its messages as the process took them, with the photos each was sent with.

A message is content; that it was said stands in the history. A photo is a draft until a message takes it with it, and
it is taken once.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.base import Json, Moment, Value
from domain.pathway import digest_of
from records.content import ContentChanged
from records.database import Session

MESSAGE, PHOTO = "message", "photo"
"""Kinds of content."""


class SentPhoto(Value):
    """A photo of a message."""

    id: str
    width: int
    height: int


class ChatMessage(Value):
    """A message. ``seq`` counts from 1 and never changes; ``author_name`` is the doctor's."""

    seq: int
    at: Moment
    side: Literal["patient", "doctor"]
    author_role: Literal["patient", "representative", "doctor"]
    author_name: str | None
    text: str
    photos: tuple[SentPhoto, ...]


class StoredPhoto(Value):
    """Where a photo's bytes are."""

    stored: str
    sha256: str
    media_type: str
    width: int
    height: int
    size: int


class PhotoNotToBeSent(Exception):
    """One of the photos is not this author's in this consultation, or was sent before."""


# A run that was set back writes under a new epoch what it had said before: each message counts once.
_THREAD = text("""
    WITH said AS (
        SELECT DISTINCT ON (detail->>'content') detail->>'content' AS content, detail->>'side' AS side, at, epoch,
               revision
        FROM transition
        WHERE clinic_id = :clinic AND consultation_id = :consultation AND code = 'chat.message'
        ORDER BY detail->>'content', epoch, revision
    ), numbered AS (
        SELECT content, side, at, row_number() OVER (ORDER BY epoch, revision) AS seq FROM said
    )
    SELECT n.seq, n.at, n.side, c.id, c.sha256, c.body, c.author = p.person_id AS himself, s.name
    FROM numbered AS n
    JOIN content AS c ON c.clinic_id = :clinic AND c.id = n.content
    JOIN patient AS p ON p.clinic_id = :clinic AND p.id = :patient
    LEFT JOIN staff AS s ON s.clinic_id = :clinic AND s.person_id = c.author
    WHERE n.seq > :after ORDER BY n.seq LIMIT :limit
""")
_PHOTOS = text("""
    SELECT h.message_id AS message, c.id, c.sha256, c.body
    FROM chat_photo AS h JOIN content AS c ON c.clinic_id = h.clinic_id AND c.id = h.photo_id
    WHERE h.clinic_id = :clinic AND h.message_id = ANY(CAST(:messages AS text[])) ORDER BY h.message_id, h.place
""")
_TAKE = text("""
    INSERT INTO chat_photo (clinic_id, photo_id, message_id, place)
    SELECT c.clinic_id, c.id, :message, given.place
    FROM unnest(CAST(:photos AS text[])) WITH ORDINALITY AS given(id, place)
    JOIN content AS c ON c.clinic_id = :clinic AND c.id = given.id
    WHERE c.kind = 'photo' AND c.draft AND c.consultation_id = :consultation AND c.author = :author
    ON CONFLICT (clinic_id, photo_id) DO NOTHING
""")
_GIVE_BACK = text("""
    DELETE FROM chat_photo AS h WHERE h.clinic_id = :clinic AND h.message_id = :message
      AND NOT EXISTS (SELECT FROM content AS m JOIN transition AS t
                        ON t.clinic_id = m.clinic_id AND t.consultation_id = m.consultation_id
                      WHERE m.clinic_id = h.clinic_id AND m.id = h.message_id
                        AND t.code = 'chat.message' AND t.detail->>'content' = m.id)
""")
# Whoever took it sees it at once, the other side when it was said.
_PHOTO = text("""
    SELECT c.sha256, c.body FROM content AS c
    WHERE c.clinic_id = :clinic AND c.id = :photo AND c.kind = 'photo' AND c.consultation_id = :consultation
      AND (c.author = :person
           OR EXISTS (SELECT FROM chat_photo AS h JOIN transition AS t ON t.clinic_id = h.clinic_id
                      WHERE h.clinic_id = c.clinic_id AND h.photo_id = c.id
                        AND t.consultation_id = c.consultation_id
                        AND t.code = 'chat.message' AND t.detail->>'content' = h.message_id))
""")
# Of a message whose refusal nobody was there to hear. A closed consultation's history stands whole in the record.
_UNSAID = text("""
    DELETE FROM chat_photo AS h USING content AS m
    WHERE h.clinic_id = :clinic AND m.clinic_id = h.clinic_id AND m.id = h.message_id AND m.at < :before
      AND EXISTS (SELECT FROM consultation AS c
                  WHERE c.clinic_id = m.clinic_id AND c.workflow = m.workflow AND c.status = 'closed')
      AND NOT EXISTS (SELECT FROM transition AS t
                      WHERE t.clinic_id = m.clinic_id AND t.consultation_id = m.consultation_id
                        AND t.code = 'chat.message' AND t.detail->>'content' = m.id)
""")
# Not superseded by a later one, as an autosave is: each waits for its message until it is too old for any.
_SWEEP = text("""
    DELETE FROM content AS c
    WHERE c.clinic_id = :clinic AND c.kind = 'photo' AND c.draft AND c.at < :before
      AND NOT EXISTS (SELECT FROM chat_photo AS h WHERE h.clinic_id = c.clinic_id AND h.photo_id = c.id)
    RETURNING c.body->>'stored' AS stored
""")


async def thread(
    session: Session, consultation: str, patient: str, *, after: int = 0, limit: int = 200
) -> list[ChatMessage]:
    """The messages said after one, oldest first. Two round trips, however many there are.

    Raises:
        ContentChanged: A stored text is not the one that was written.
    """
    rows = await session.rows(
        _THREAD, clinic=session.clinic, consultation=consultation, patient=patient, after=after, limit=limit
    )
    photos = await _photos(session, [row.id for row in rows])
    found = []
    for row in rows:
        body = sound(row.id, row.body, row.sha256)
        doctor = row.side == "doctor"
        found.append(
            ChatMessage(
                seq=row.seq,
                at=row.at,
                side=row.side,
                author_role="doctor" if doctor else "patient" if row.himself else "representative",
                author_name=row.name if doctor else None,
                text=body["text"],
                photos=tuple(photos[row.id]),
            )
        )
    return found


async def _photos(session: Session, messages: Sequence[str]) -> dict[str, list[SentPhoto]]:
    found: dict[str, list[SentPhoto]] = defaultdict(list)
    if messages:
        for row in await session.rows(_PHOTOS, clinic=session.clinic, messages=list(messages)):
            kept = StoredPhoto.model_validate(sound(row.id, row.body, row.sha256))
            found[row.message].append(SentPhoto(id=row.id, width=kept.width, height=kept.height))
    return found


async def take(session: Session, message: str, photos: Sequence[str], consultation: str, author: str) -> None:
    """Send photos with a message, in the order given; the message's content stands already.

    Raises:
        PhotoNotToBeSent: One is not this author's in this consultation, or was sent before, or is swept.
    """
    if not photos:
        return
    try:
        taken = await session.run(
            _TAKE,
            clinic=session.clinic,
            message=message,
            photos=list(photos),
            consultation=consultation,
            author=author,
        )
    except IntegrityError:
        # The sweep was at it: the row was there when we looked and is gone now.
        raise PhotoNotToBeSent from None
    if taken != len(photos):
        raise PhotoNotToBeSent


async def give_back(session: Session, message: str) -> int:
    """Make the photos of a message that was never said drafts again; of one that was said, none."""
    return await session.run(_GIVE_BACK, clinic=session.clinic, message=message)


async def photo(session: Session, photo: str, consultation: str, person: str) -> StoredPhoto | None:
    """A photo that was said in this consultation, or that this person has just taken.

    Raises:
        ContentChanged: Its row is not the one that was written.
    """
    row = await session.row(_PHOTO, clinic=session.clinic, photo=photo, consultation=consultation, person=person)
    return None if row is None else StoredPhoto.model_validate(sound(photo, row.body, row.sha256))


async def sweep_photos(session: Session, before: datetime) -> list[str]:
    """Remove photos of this clinic that are older and were never sent; where their bytes are."""
    await session.run(_UNSAID, clinic=session.clinic, before=before)
    return [row.stored for row in await session.rows(_SWEEP, clinic=session.clinic, before=before)]


def sound(id_: str, body: dict[str, Json], sha256: str) -> dict[str, Json]:
    """A stored body that has its digest.

    Raises:
        ContentChanged: It has not.
    """
    if digest_of(body) != sha256:
        raise ContentChanged(id_)
    return body
