"""The thread of a chat, its photos, opinions and invitations, as the record keeps them."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text

from domain.snapshot import Snapshot
from domain.state import ConsultationState, Status, Transition
from records import access_log, audit, chat, consultations, content, invitations, opinions, sweeping
from records.content import ContentChanged
from records.ids import new_id
from records.invitations import Invitation

if TYPE_CHECKING:
    from tests.records.conftest import Ward

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


class Thread:
    """A chat of the mother with her doctor."""

    def __init__(self, ward: "Ward") -> None:
        self.ward = ward
        self.state: ConsultationState = ward.state()
        self.lines: list[Transition] = []

    async def write(self, kind: str, author: str, body: dict[str, Any], *, draft: bool = False) -> str:
        c = self.state.workflow
        async with self.ward.db.clinic(self.ward.clinic) as session:
            return (await content.write(session, kind, c, c, "talk.1.x", author, body, NOW, draft=draft)).id

    async def message(self, author: str, words: str) -> str:
        return await self.write("message", author, {"text": words, "photos": []})

    async def photo(self, author: str) -> str:
        body = chat.StoredPhoto(
            stored=new_id("ph"), sha256="0" * 64, media_type="image/jpeg", width=4, height=3, size=9
        )
        return await self.write("photo", author, body.model_dump(), draft=True)

    async def take(self, message: str, *photos: str, author: str | None = None) -> None:
        async with self.ward.db.clinic(self.ward.clinic) as session:
            await chat.take(session, message, photos, self.state.consultation, author or self.ward.mother)

    def said(self, code: str, actor: str, **detail: str) -> None:
        self.state.revision += 1
        self.lines.append(Transition(revision=self.state.revision, at=NOW, code=code, actor=actor, detail=detail))

    async def project(self, **changes: Any) -> None:
        state = self.state = self.state.model_copy(update=changes)
        async with self.ward.db.clinic(self.ward.clinic) as session:
            await consultations.project(session, Snapshot(state=state, transitions=tuple(self.lines)))
        self.lines = []

    async def read(self, **where: int) -> list[chat.ChatMessage]:
        async with self.ward.db.clinic(self.ward.clinic) as session:
            return await chat.thread(session, self.state.consultation, self.state.patient, **where)

    async def bound(self) -> int:
        async with self.ward.db.clinic(self.ward.clinic) as session:
            return int(await session.scalar(text("SELECT count(*) FROM chat_photo")))


async def test_a_message_counts_once_though_a_run_that_was_set_back_says_it_again(ward: "Ward") -> None:
    thread = Thread(ward)
    ids = [await thread.message(ward.mother, f"{n}") for n in range(3)]
    for id_ in ids[:2]:
        thread.said("chat.message", ward.mother, content=id_, side="patient")
    await thread.project()
    thread.state.revision = 0
    for id_ in ids[1:]:
        thread.said("chat.message", ward.mother, content=id_, side="patient")
    await thread.project(epoch=2)
    assert [(line.seq, line.text) for line in await thread.read()] == [(1, "0"), (2, "1"), (3, "2")]
    assert [line.seq for line in await thread.read(after=1, limit=1)] == [2]


async def test_a_message_that_no_process_took_is_in_no_thread(ward: "Ward") -> None:
    thread = Thread(ward)
    await thread.message(ward.mother, "отказано")
    await thread.project()
    assert await thread.read() == []


async def test_a_thread_changed_around_the_application_is_not_served(
    ward: "Ward", superuser: psycopg.AsyncConnection
) -> None:
    thread = Thread(ward)
    id_ = await thread.message(ward.mother, "было")
    thread.said("chat.message", ward.mother, content=id_, side="patient")
    await thread.project()
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute('UPDATE content SET body = \'{"text": "стало", "photos": []}\' WHERE id = %s', [id_])
    await superuser.execute("SET session_replication_role = DEFAULT")
    with pytest.raises(ContentChanged):
        await thread.read()


async def test_a_photo_goes_with_one_message_and_what_was_said_stays(
    ward: "Ward", superuser: psycopg.AsyncConnection
) -> None:
    thread = Thread(ward)
    photo, others = await thread.photo(ward.mother), await thread.photo(ward.doctor)
    first, second = [await thread.message(ward.mother, f"{n}") for n in range(2)]
    for wrong in ((others,), (photo, others), ("ct-none",), (photo, photo)):
        with pytest.raises(chat.PhotoNotToBeSent):
            await thread.take(first, *wrong)
    assert await thread.bound() == 0, "all or none"
    await thread.take(first, photo)
    with pytest.raises(chat.PhotoNotToBeSent):
        await thread.take(second, photo)
    async with ward.db.clinic(ward.clinic) as session:
        assert await chat.give_back(session, first) == 1, "nobody has heard it yet"
    await thread.take(second, photo)
    thread.said("chat.message", ward.mother, content=second, side="patient")
    await thread.project()
    async with ward.db.clinic(ward.clinic) as session:
        assert await chat.give_back(session, second) == 0
    for statement in ("DELETE FROM chat_photo WHERE photo_id = %s", "DELETE FROM content WHERE id = %s"):
        with pytest.raises(psycopg.IntegrityError):
            await superuser.execute(statement, [photo])


async def test_only_photos_that_were_never_said_are_swept_and_their_bytes_with_them(ward: "Ward") -> None:
    thread = Thread(ward)
    sent, unheard, left, fresh = [await thread.photo(ward.mother) for _ in range(4)]
    said, refused = [await thread.message(ward.mother, f"{n}") for n in range(2)]
    await thread.take(said, sent)
    await thread.take(refused, unheard)
    thread.said("chat.message", ward.mother, content=said, side="patient")
    await thread.project()
    forgotten: list[str] = []

    async def forget(clinic: str, name: str) -> None:
        if clinic == ward.clinic:
            forgotten.append(name)

    async def there() -> list[str]:
        async with ward.db.clinic(ward.clinic) as session:
            known = (sent, unheard, left, fresh, said, refused)
            return [id_ for id_ in known if await content.read(session, id_)]

    async with ward.db.clinic(ward.clinic) as session:
        assert await content.sweep(session, LATER) == 0, "whose bytes lie elsewhere, the sweep of texts leaves alone"
    await sweeping.sweep(ward.db, NOW, forget)
    assert (forgotten, len(await there())) == ([], 6)
    await sweeping.sweep(ward.db, LATER, forget)
    assert (len(forgotten), await there()) == (2, [sent, unheard, said, refused])
    await thread.project(revision=9, status=Status.CLOSED, end="completed", ended_at=NOW)
    await sweeping.sweep(ward.db, LATER, forget)
    assert (len(forgotten), await there()) == (3, [sent, said, refused]), "of a message the closed process never took"


async def test_a_sweep_whose_bytes_cannot_be_removed_keeps_the_row_for_the_next(ward: "Ward") -> None:
    thread = Thread(ward)
    photo = await thread.photo(ward.mother)

    async def away(clinic: str, name: str) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await sweeping.sweep(ward.db, LATER, away)
    async with ward.db.clinic(ward.clinic) as session:
        assert await content.read(session, photo) is not None


async def test_a_question_is_read_with_what_came_of_it(ward: "Ward") -> None:
    thread = Thread(ward)
    first, second, third = [await thread.write("question", ward.doctor, {"text": f"q{n}"}) for n in range(3)]
    answer = await thread.write("opinion", ward.colleague, {"text": "a"})
    for question in (first, second, third):
        thread.said("opinion.asked", ward.doctor, content=question, colleague=ward.colleague)
    thread.said("opinion.given", ward.colleague, question=second, content=answer)
    thread.said("opinion.declined", ward.colleague, question=third)
    await thread.project()
    async with ward.db.clinic(ward.clinic) as session:
        found = await opinions.of_consultation(session, thread.state.consultation)
    assert [(one.question, one.came_of_it, one.answer, one.asked_by_name) for one in found] == [
        ("q0", None, None, "Врач"),
        ("q1", "given", "a", "Врач"),
        ("q2", "declined", None, "Врач"),
    ]


async def test_an_invitation_holds_until_it_is_too_old_or_taken_back(ward: "Ward") -> None:
    made = Invitation(
        id=new_id("iv"), workflow="c-1", step="talk", occurrence=1, guest="relative", invited_by=ward.mother, at=NOW,
        expires_at=NOW + timedelta(hours=24),
    )  # fmt: skip
    async with ward.db.clinic(ward.clinic) as session:
        await invitations.make(session, made, "a" * 64)
        await invitations.make(session, made, "a" * 64)
        assert await invitations.by_token(session, "b" * 64) is None
        found = await invitations.by_token(session, "a" * 64)
        assert found == made
        assert found.holds(NOW)
        assert not found.holds(made.expires_at)
        assert await invitations.revoke(session, made.id, ward.doctor, NOW)
        assert not await invitations.revoke(session, made.id, ward.mother, NOW)
        again = await invitations.get(session, made.id)
        assert again is not None
        assert not again.holds(NOW)


async def test_the_log_of_a_patient_tells_apart_who_came_in_which_hat(ward: "Ward") -> None:
    iv = new_id("iv")
    made = Invitation(
        id=iv, workflow="c-1", step="talk", occurrence=1, guest="interpreter", invited_by=ward.mother, at=NOW,
        expires_at=LATER,
    )  # fmt: skip
    async with ward.db.clinic(ward.clinic) as session:
        await invitations.make(session, made, "c" * 64)
        for person, behalf in ((ward.child, None), (ward.doctor, None), (ward.doctor, ward.child_patient), (iv, None)):
            await audit.write(session, person, "consultation.read", [ward.child_patient], NOW, on_behalf_of=behalf)
        await audit.write(session, ward.doctor, "consultation.read", [ward.mother_patient], NOW)
        page = await access_log.of_patient(session, ward.child_patient)
        others = await access_log.of_patient(session, ward.child_patient, others=True)
    told = [(row.whose, row.name, [role.value for role in row.roles], row.guest) for row in page.items]
    assert told == [
        ("guest", None, [], "interpreter"),
        ("representative", None, [], None),
        ("employee", "Врач", ["doctor"], None),
        ("own", None, [], None),
    ]
    assert [row.whose for row in others.items] == ["guest", "representative", "employee"]
