"""What doctors asked each other about a consultation, and what was answered."""

from typing import Literal

from sqlalchemy import text

from domain.base import Moment, Value
from records.chat import sound
from records.database import Session


class Opinion(Value):
    """A question and what came of it; ``None`` while nothing did, which an open task tells from never."""

    question_id: str
    question: str
    asked_at: Moment
    asked_by: str
    asked_by_name: str | None
    colleague: str
    colleague_name: str | None
    answer: str | None = None
    answered_at: Moment | None = None
    came_of_it: Literal["given", "declined"] | None = None


# A run that was set back writes under a new epoch what it had said before: each counts once.
_LIST = text("""
    WITH told AS (
        SELECT DISTINCT ON (code, detail->>'content', detail->>'question')
               code, detail->>'content' AS content, detail->>'question' AS question,
               detail->>'colleague' AS colleague, actor, at, epoch, revision
        FROM transition
        WHERE clinic_id = :clinic AND consultation_id = :consultation AND code LIKE 'opinion.%'
        ORDER BY code, detail->>'content', detail->>'question', epoch, revision
    )
    SELECT a.content AS question_id, q.sha256 AS question_sha, q.body AS question, a.at AS asked_at,
           a.actor AS asked_by, asker.name AS asked_by_name, a.colleague, asked.name AS colleague_name,
           w.code AS came, w.at AS answered_at, o.id AS answer_id, o.sha256 AS answer_sha, o.body AS answer
    FROM told AS a
    JOIN content AS q ON q.clinic_id = :clinic AND q.id = a.content
    LEFT JOIN told AS w ON w.question = a.content
    LEFT JOIN content AS o ON o.clinic_id = :clinic AND o.id = w.content
    LEFT JOIN staff AS asker ON asker.clinic_id = :clinic AND asker.person_id = a.actor
    LEFT JOIN staff AS asked ON asked.clinic_id = :clinic AND asked.person_id = a.colleague
    WHERE a.code = 'opinion.asked' ORDER BY a.epoch, a.revision
""")


async def of_consultation(session: Session, consultation: str) -> list[Opinion]:
    """All questions of a consultation, oldest first. One round trip.

    Raises:
        ContentChanged: A stored text is not the one that was written.
    """
    found = []
    for row in await session.rows(_LIST, clinic=session.clinic, consultation=consultation):
        answer = None if row.answer is None else sound(row.answer_id, row.answer, row.answer_sha)["text"]
        found.append(
            Opinion(
                question_id=row.question_id,
                question=sound(row.question_id, row.question, row.question_sha)["text"],
                asked_at=row.asked_at,
                asked_by=row.asked_by,
                asked_by_name=row.asked_by_name,
                colleague=row.colleague,
                colleague_name=row.colleague_name,
                answer=answer,
                answered_at=row.answered_at,
                came_of_it=None if row.came is None else row.came.removeprefix("opinion."),
            )
        )
    return found
